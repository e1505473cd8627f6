// SPDX-License-Identifier: Apache-2.0

/// The address and secret of a portal's inbound webhook.
///
/// The secret goes into the addresses of requests and nowhere else: descriptions, mirrors and faults leave it out.
package struct WebhookAddress: Sendable, Hashable {
    /// The portal's host in lower case, followed by `:PORT` when the port is not the scheme's own; it names the portal.
    package let host: String
    /// Whether the host is this machine: 127.0.0.0/8, `::1` or `localhost`.
    package let isLoopback: Bool
    /// Whether requests are protected by TLS; plain HTTP is accepted for loopback hosts only.
    package let usesTLS: Bool
    /// The portal's user in whose name the webhook acts.
    package let userID: String
    /// The host without port and without the brackets of an IPv6 address.
    package let hostName: String
    private let secret: String

    /// Reads `https://HOST/rest/USER_ID/SECRET/`, with or without the last slash.
    ///
    /// - Throws: ``AddressFault``, which never contains the secret.
    package init(_ text: String) throws(AddressFault) {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .strangeCharacter }
        let (usesTLS, rest) = try Self.scheme(of: text)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let path = rest.dropFirst(authority.count)
        guard !authority.contains("@") else { throw .userInfo }
        let (name, isBracketed, port) = try Self.hostAndPort(authority)
        let isLoopback = Self.isLoopback(name)
        guard usesTLS || isLoopback else { throw .plainHTTP(host: name) }
        (self.userID, self.secret) = try Self.credentials(path)
        self.usesTLS = usesTLS
        self.isLoopback = isLoopback
        self.hostName = name
        let suffix = port.flatMap { $0 == (usesTLS ? 443 : 80) ? nil : ":\($0)" } ?? ""
        self.host = (isBracketed ? "[\(name)]" : name) + suffix
    }

    /// The full address of one method; it contains the secret and must not be shown.
    func url(method: String) -> String {
        "\(usesTLS ? "https" : "http")://\(host)/rest/\(userID)/\(secret)/\(method)"
    }

    /// Replaces the secret in a text that came from elsewhere.
    package func redacting(_ text: String) -> String {
        guard text.contains(secret) else { return text }
        var result = ""
        var rest = Substring(text)
        while let found = rest.firstRange(of: secret) {
            result += rest[..<found.lowerBound] + "…"
            rest = rest[found.upperBound...]
        }
        return result + rest
    }
}

extension WebhookAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(usesTLS ? "https" : "http")://\(host)/rest/\(userID)/…" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}

extension WebhookAddress {
    private static func scheme(of text: String) throws(AddressFault) -> (usesTLS: Bool, rest: Substring) {
        let start = text.prefix(8).lowercased()
        if start == "https://" { return (true, text.dropFirst(8)) }
        if start.hasPrefix("http://") { return (false, text.dropFirst(7)) }
        throw .noScheme
    }

    private static func hostAndPort(
        _ authority: Substring
    ) throws(AddressFault) -> (name: String, isBracketed: Bool, port: Int?) {
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

    private static func credentials(_ path: Substring) throws(AddressFault) -> (userID: String, secret: String) {
        guard !path.contains("?"), !path.contains("#") else { throw .queryOrFragment }
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0] == "rest", parts[1].allSatisfy(\.isNumber), !parts[1].isEmpty,
            !parts[2].isEmpty, parts[2].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" })
        else { throw .badPath }
        guard parts.count == 3 || (parts.count == 4 && parts[3].isEmpty) else { throw .methodAppended }
        return (String(parts[1]), String(parts[2]))
    }
}
