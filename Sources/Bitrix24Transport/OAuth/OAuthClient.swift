// SPDX-License-Identifier: Apache-2.0

/// A local application as the authorization server knows it, and the portal that it belongs to.
package struct OAuthClient: Sendable, Hashable {
    /// The authorization servers that the documents name, the usual one first. Portals of some regions name the
    /// other one when they send a browser back.
    package static let knownServers = ["https://oauth.bitrix.info", "https://oauth.bitrix24.tech"]

    /// One of the ``knownServers`` by its host; `nil` for every other host.
    package static func knownServer(_ host: String?) -> HTTPOrigin? {
        guard let host, let text = knownServers.first(where: { $0 == "https://\(host.lowercased())" }) else {
            return nil
        }
        // The known servers are addresses.
        return try? HTTPOrigin(text)
    }

    /// The portal, as the configuration names it.
    package var portal: HTTPOrigin
    /// The application's code, such as `local.0123456789abcdef.01234567`; it is no secret.
    package var clientID: String
    /// The application's key; it goes to the authorization server and nowhere else, not even to the portal.
    package var clientSecret: Secret
    /// The authorization server.
    package var server: HTTPOrigin

    /// Makes a client.
    package init(portal: HTTPOrigin, clientID: String, clientSecret: Secret, server: HTTPOrigin) {
        self.portal = portal
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.server = server
    }

    /// The address that a person opens to let the application in.
    ///
    /// - Parameter state: Comes back with the code and shows that the answer belongs to this question.
    package func authorizationAddress(state: String) -> String {
        let query = FormText([("client_id", clientID), ("response_type", "code"), ("state", state)])
        return "\(portal.text)/oauth/authorize/?\(query.text)"
    }
}

/// Pairs of a query or a form, percent-encoded.
struct FormText {
    private(set) var text: String

    init(_ pairs: [(name: String, value: String)]) {
        text = pairs.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { out, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                out += byte < 16 ? "%0\(hex)" : "%\(hex)"
            }
        }
    }
}
