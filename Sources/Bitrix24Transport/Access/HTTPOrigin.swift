// SPDX-License-Identifier: Apache-2.0

/// The scheme, host and port of an address: whom a connection is made to.
package struct HTTPOrigin: Sendable, Hashable {
    /// Whether requests are protected by TLS.
    package let usesTLS: Bool
    /// The host in lower case, without port and without the brackets of an IPv6 address.
    package let hostName: String
    /// The host in lower case, followed by `:PORT` when the port is not the scheme's own.
    package let host: String
    /// Whether the host is this machine: 127.0.0.0/8, `::1` or `localhost`.
    package let isLoopback: Bool

    /// Reads `HOST` or `HOST:PORT`, the part of an address between `//` and the next slash.
    ///
    /// - Parameters:
    ///   - authority: The text; an IPv6 address stands in brackets, a dot at the end of a name is dropped.
    ///   - usesTLS: Whether the scheme is https. `nil` means: https, but http for this machine.
    /// - Throws: ``OriginFault``, whose cases name what is wrong and repeat at most the host.
    package init(authority: some StringProtocol, usesTLS: Bool?) throws(OriginFault) {
        guard authority.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .strangeCharacter }
        guard !authority.contains("@") else { throw .userInfo }
        let (name, isBracketed, port) = try Self.nameAndPort(Substring(authority))
        let isLoopback = Self.isLoopback(name)
        let usesTLS = usesTLS ?? !isLoopback
        guard usesTLS || isLoopback else { throw .plainHTTP(host: name) }
        let suffix = port.flatMap { $0 == (usesTLS ? 443 : 80) ? nil : ":\($0)" } ?? ""
        self.isLoopback = isLoopback
        self.usesTLS = usesTLS
        hostName = name
        host = (isBracketed ? "[\(name)]" : name) + suffix
    }

    /// Reads `https://HOST[:PORT]`, with or without a slash at its end; without a scheme https is meant, and http for
    /// this machine.
    ///
    /// - Throws: ``OriginFault``; a path, a query or a fragment is one.
    package init(_ text: String) throws(OriginFault) {
        var rest = Substring(text)
        var usesTLS: Bool?
        if let mark = text.firstRange(of: "://") {
            switch text[..<mark.lowerBound].lowercased() {
            case "https": usesTLS = true
            case "http": usesTLS = false
            default: throw .noScheme
            }
            rest = text[mark.upperBound...]
        }
        if rest.last == "/" { rest = rest.dropLast() }
        guard !rest.contains(where: { "/?#".contains($0) }) else { throw .pathFollows }
        try self.init(authority: rest, usesTLS: usesTLS)
    }

    /// The scheme and host, as `https://HOST`.
    package var text: String { "\(usesTLS ? "https" : "http")://\(host)" }
}

extension HTTPOrigin: CustomStringConvertible {
    /// The scheme and host, as `https://HOST`.
    package var description: String { text }
}

/// What is wrong with the host of an address.
package enum OriginFault: Error, Hashable, Sendable {
    /// The text contains a space, a control character or a character outside ASCII.
    case strangeCharacter
    /// A scheme other than http and https stands before the host.
    case noScheme
    /// Plain HTTP was asked for and the host is not this machine: secrets would travel in the open.
    case plainHTTP(host: String)
    /// The host is missing or is not a host name or an IP address.
    case badHost
    /// The port is not a number from 1 to 65535.
    case badPort
    /// A user name or a password stands before the host.
    case userInfo
    /// A path, a query or a fragment follows where only a host is expected.
    case pathFollows
}

extension OriginFault: CustomStringConvertible {
    /// What is wrong, to follow the name of the setting and a colon.
    package var description: String {
        switch self {
        case .strangeCharacter:
            "it contains a space or an invalid character; write an international host name in its xn-- form"
        case .noScheme: "expected a host, or https://HOST"
        case .plainHTTP(let host):
            "http:// would send secrets to \(host) unencrypted; use https:// (http:// is accepted only for this machine)"
        case .badHost: "it is not a host name; expected a name such as company.bitrix24.com"
        case .badPort: "the port is not a number from 1 to 65535"
        case .userInfo: "it contains a user name; write only the host"
        case .pathFollows: "expected only a host, such as company.bitrix24.com"
        }
    }
}

extension HTTPOrigin {
    private static func nameAndPort(
        _ authority: Substring
    ) throws(OriginFault) -> (name: String, isBracketed: Bool, port: Int?) {
        var name: Substring
        var after: Substring
        let isBracketed = authority.first == "["
        if isBracketed {
            guard let end = authority.firstIndex(of: "]") else { throw .badHost }
            name = authority[authority.index(after: authority.startIndex)..<end]
            after = authority[authority.index(after: end)...]
            guard name.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { throw .badHost }
        } else {
            name = authority.prefix { $0 != ":" }
            after = authority.dropFirst(name.count)
            if name.last == "." { name = name.dropLast() }
            guard name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." || $0 == "_" }),
                !name.hasPrefix("."), !name.hasPrefix("-"), !name.contains("..")
            else { throw .badHost }
        }
        guard !name.isEmpty else { throw .badHost }
        guard !after.isEmpty else { return (name.lowercased(), isBracketed, nil) }
        guard after.first == ":", let port = Int(after.dropFirst()), (1...65535).contains(port),
            after.dropFirst().allSatisfy(\.isNumber)
        else { throw .badPort }
        return (name.lowercased(), isBracketed, port)
    }

    private static func isLoopback(_ name: String) -> Bool {
        if name == "localhost" || name == "::1" { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
