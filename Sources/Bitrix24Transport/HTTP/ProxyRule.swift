// SPDX-License-Identifier: Apache-2.0

/// A proxy through which the portal is reached.
package struct ProxyAddress: Sendable, Hashable {
    /// How the proxy is spoken to.
    package enum Kind: Sendable, Hashable {
        /// HTTP with CONNECT.
        case http
        /// SOCKS 5.
        case socks5
    }

    /// How the proxy is spoken to.
    package var kind: Kind
    /// The proxy's host in lower case, without port and brackets.
    package var host: String
    /// The proxy's port, 1 to 65535.
    package var port: Int
    let user: String?
    let password: String?

    /// Reads `http://[USER:PASSWORD@]HOST[:PORT]` or `socks5://HOST[:PORT]`; without a scheme HTTP is meant.
    ///
    /// The default ports are 8080 and 1080. Percent-encoding in the user name and the password is undone.
    /// - Throws: ``ProxyFault``, which never contains the password.
    package init(_ text: String) throws(ProxyFault) {
        var rest = Substring(text)
        var kind = Kind.http
        if let mark = text.firstRange(of: "://") {
            switch text[..<mark.lowerBound].lowercased() {
            case "http": kind = .http
            case "socks5", "socks5h", "socks": kind = .socks5
            case let other: throw .unsupportedScheme(other)
            }
            rest = text[mark.upperBound...]
        }
        if let slash = rest.firstIndex(of: "/") {
            guard rest[slash...] == "/" else { throw .notAnAddress }
            rest = rest[..<slash]
        }
        var credentials: (user: String, password: String)?
        if let at = rest.lastIndex(of: "@") {
            let pair = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            credentials = (Self.decoded(pair[0]), pair.count > 1 ? Self.decoded(pair[1]) : "")
            rest = rest[rest.index(after: at)...]
        }
        guard kind == .http || credentials == nil else { throw .credentialsWithSOCKS }
        var port = kind == .http ? 8080 : 1080
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
            guard let number = Int(rest[rest.index(after: colon)...]), (1...65535).contains(number) else {
                throw .notAnAddress
            }
            port = number
            rest = rest[..<colon]
        }
        let host = rest.hasPrefix("[") && rest.hasSuffix("]") ? rest.dropFirst().dropLast() : rest
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !host.contains("/") else {
            throw .notAnAddress
        }
        self.kind = kind
        self.host = host.lowercased()
        self.port = port
        self.user = credentials?.user
        self.password = credentials?.password
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension ProxyAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address with an ellipsis in place of user name and password.
    package var description: String {
        "\(kind == .http ? "http" : "socks5")://\(user == nil ? "" : "…@")\(host):\(port)"
    }
    /// The same as ``description``.
    package var debugDescription: String { description }
    /// A mirror that shows ``description`` alone.
    package var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}

/// What is wrong with the address of a proxy.
package enum ProxyFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The scheme is none that is spoken.
    case unsupportedScheme(String)
    /// The text is no address of a host.
    case notAnAddress
    /// A user name was given for a SOCKS proxy.
    case credentialsWithSOCKS

    /// What is wrong and what is expected, as a clause without a full stop.
    package var description: String {
        switch self {
        case .unsupportedScheme(let scheme):
            "the proxy address starts with \(scheme)://; expected http://HOST:PORT or socks5://HOST:PORT"
        case .notAnAddress: "invalid proxy address; expected http://HOST:PORT or socks5://HOST:PORT"
        case .credentialsWithSOCKS: "SOCKS proxies with a user name are not supported; remove the user name"
        }
    }
}

/// Decides which proxy, if any, leads to a server.
package enum ProxyRule {
    /// The configured proxy, else `HTTPS_PROXY` for a server that is reached by TLS; none for hosts in `NO_PROXY`.
    ///
    /// Lower-case names of the variables win, as with other programs. `NO_PROXY` is a list separated by commas of host
    /// names, each of which also means its subdomains, IP addresses, or `*`; a port after a colon limits an entry.
    package static func proxy(
        for origin: HTTPOrigin, configured: String?, environment: [String: String]
    ) throws(ProxyFault) -> ProxyAddress? {
        let exceptions = environment["no_proxy"] ?? environment["NO_PROXY"] ?? ""
        guard !isExcepted(origin, exceptions) else { return nil }
        if let configured { return try ProxyAddress(configured) }
        guard origin.usesTLS, let text = environment["https_proxy"] ?? environment["HTTPS_PROXY"], !text.isEmpty else {
            return nil
        }
        return try ProxyAddress(text)
    }

    private static func isExcepted(_ origin: HTTPOrigin, _ list: String) -> Bool {
        list.split(whereSeparator: { $0 == "," || $0 == " " }).contains { entry in
            if entry == "*" { return true }
            var entry = entry.lowercased()
            if entry.hasPrefix("*.") { entry.removeFirst(2) }
            if entry.hasPrefix(".") { entry.removeFirst() }
            if entry == origin.host || entry == origin.hostName { return true }
            return origin.hostName.hasSuffix("." + entry)
        }
    }
}
