// SPDX-License-Identifier: Apache-2.0

internal import Digests

/// The text that goes to the portal with a person's browser and comes back with the code.
///
/// It shows that the code answers a question of ours, and not one that somebody else put into the person's browser. It is
/// signed with the client secret, so that a later process can check it too.
package struct LoginState: Sendable, Hashable {
    /// The text: the time, 16 random bytes, and the signature of both, in hexadecimal digits joined by dots.
    package let text: String

    /// How long a question can be answered, in seconds.
    package static let lifetime: Int64 = 900

    /// Makes a state.
    ///
    /// - Parameter now: Seconds since 1970.
    package init(client: OAuthClient, now: Int64) {
        var generator = SystemRandomNumberGenerator()
        let random = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let body = "\(String(now, radix: 16)).\(Self.hexadecimal(random))"
        text = "\(body).\(Self.signature(of: body, client))"
    }

    /// Whether a text is a state that this application made within its lifetime.
    package static func isOurs(_ text: String, client: OAuthClient, now: Int64) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let made = Int64(parts[0], radix: 16) else { return false }
        return signature(of: "\(parts[0]).\(parts[1])", client) == parts[2]
            && (made - 60...made + lifetime).contains(now)
    }

    private static func signature(of body: String, _ client: OAuthClient) -> String {
        let key = Array(client.clientSecret.exposed.utf8)
        return hexadecimal(Array(HMAC.code(for: Array("\(client.clientID) \(body)".utf8), key: key).prefix(16)))
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
