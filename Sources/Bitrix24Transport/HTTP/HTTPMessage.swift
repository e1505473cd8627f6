// SPDX-License-Identifier: Apache-2.0

package import Bitrix24

/// What carries a POST to any address and brings its reply: the network, or a stand-in for it.
package protocol HTTPCarrier: Sendable {
    /// Sends one message and waits for the whole reply; it never throws and never sends a message twice.
    func send(_ message: HTTPMessage) async -> PortalExchange
}

/// One POST, with everything that it takes.
///
/// Descriptions and mirrors show the host alone: the address, the header or the body contains a secret.
package struct HTTPMessage: Sendable {
    /// How the body is written.
    package enum BodyKind: Sendable {
        /// JSON in UTF-8.
        case json
        /// `name=value` pairs, percent-encoded.
        case form
        /// Plain text in UTF-8.
        case text
    }

    /// The whole address.
    package var url: String
    /// The access token, sent in the `Authorization` header; `nil` where the address or the body says who asks.
    package var bearer: Secret?
    /// How the body is written.
    package var kind: BodyKind
    /// The body.
    package var body: [UInt8]
    /// How long to wait for the end of the reply, counted from the start of the sending.
    package var timeout: Duration

    /// Makes a message.
    package init(url: String, bearer: Secret? = nil, kind: BodyKind = .json, body: [UInt8], timeout: Duration) {
        self.url = url
        self.bearer = bearer
        self.kind = kind
        self.body = body
        self.timeout = timeout
    }
}

extension HTTPMessage: CustomStringConvertible, CustomReflectable {
    /// The size and the host.
    package var description: String {
        let host = url.firstRange(of: "://").map { url[$0.upperBound...].prefix { $0 != "/" } } ?? ""
        return "POST of \(body.count) bytes to \(host)"
    }
    /// A mirror that shows ``description`` alone.
    package var customMirror: Mirror { Mirror(self, children: ["message": description]) }
}

extension HTTPMessage.BodyKind {
    /// What the header says of the body.
    var mediaType: String {
        switch self {
        case .json: "application/json; charset=utf-8"
        case .form: "application/x-www-form-urlencoded"
        case .text: "text/plain; charset=utf-8"
        }
    }
}
