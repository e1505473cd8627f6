// SPDX-License-Identifier: Apache-2.0

import Bitrix24

/// The address and secret of a portal's inbound webhook.
///
/// The secret goes into the addresses of requests and nowhere else: descriptions, mirrors and faults leave it out.
package struct WebhookAddress: Sendable, Hashable {
    /// Whom requests go to; plain HTTP is accepted for loopback hosts only.
    package let origin: HTTPOrigin
    /// The portal's user in whose name the webhook acts.
    package let userID: String
    private let secret: String

    /// The portal's host in lower case, followed by `:PORT` when the port is not the scheme's own; it names the portal.
    package var host: String { origin.host }
    /// Whether the host is this machine: 127.0.0.0/8, `::1` or `localhost`.
    package var isLoopback: Bool { origin.isLoopback }

    /// Reads `https://HOST/rest/USER_ID/SECRET/`, with or without the last slash.
    ///
    /// - Throws: ``AddressFault``, which never contains the secret.
    package init(_ text: String) throws(AddressFault) {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .strangeCharacter }
        let (usesTLS, rest) = try Self.scheme(of: text)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let path = rest.dropFirst(authority.count)
        do throws(OriginFault) {
            origin = try HTTPOrigin(authority: authority, usesTLS: usesTLS)
        } catch {
            throw AddressFault(error)
        }
        (userID, secret) = try Self.credentials(path)
    }

    /// The full address of one method; it contains the secret and must not be shown.
    func url(method: String) -> String {
        "\(origin.text)/rest/\(userID)/\(secret)/\(method)"
    }

    /// Replaces the secret in a text that came from elsewhere.
    package func redacting(_ text: String) -> String {
        Secret(secret).redacting(text)
    }

    /// Replaces the secret in a reply: a gateway may repeat the address that it was asked for.
    func redacting(_ answer: HTTPAnswer) -> HTTPAnswer { Secret(secret).redacting(answer) }
}

extension WebhookAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address with an ellipsis in place of the secret.
    package var description: String { "\(origin.text)/rest/\(userID)/…" }
    /// The same as ``description``.
    package var debugDescription: String { description }
    /// A mirror that shows ``description`` alone.
    package var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}

extension WebhookAddress {
    private static func scheme(of text: String) throws(AddressFault) -> (usesTLS: Bool, rest: Substring) {
        let start = text.prefix(8).lowercased()
        if start == "https://" { return (true, text.dropFirst(8)) }
        if start.hasPrefix("http://") { return (false, text.dropFirst(7)) }
        throw .noScheme
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

extension AddressFault {
    init(_ fault: OriginFault) {
        self =
            switch fault {
            case .strangeCharacter: .strangeCharacter
            case .noScheme: .noScheme
            case .plainHTTP(let host): .plainHTTP(host: host)
            case .badHost: .badHost
            case .badPort: .badPort
            case .userInfo: .userInfo
            case .pathFollows: .badPath
            }
    }
}
