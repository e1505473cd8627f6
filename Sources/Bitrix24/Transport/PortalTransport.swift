// SPDX-License-Identifier: Apache-2.0

/// What carries requests to a portal: the network, or a stand-in for it.
package protocol PortalTransport: Sendable {
    /// Sends one request and waits for its whole reply; it never throws and never sends a request twice.
    func send(_ request: PortalRequest) async -> PortalExchange
}

/// One request to the portal, without its address.
package struct PortalRequest: Sendable, Hashable {
    /// The method, as it stands at the end of the address.
    package var method: String
    /// The JSON body.
    package var body: [UInt8]
    /// How long to wait for the end of the reply, counted from the start of the sending.
    package var timeout: Duration

    package init(method: String, body: [UInt8], timeout: Duration) {
        self.method = method
        self.body = body
        self.timeout = timeout
    }
}

/// What is known after a request.
package enum PortalExchange: Sendable, Equatable {
    /// The whole reply arrived; whether it comes from the portal is for the reader to judge.
    case answered(HTTPAnswer)
    /// No byte of the body left this machine, so nothing can have been executed.
    case neverSent(TransportFailure)
    /// The body, or a part of it, may have arrived: what the portal did with it is not known.
    case unknown(TransportFailure, elapsed: Duration)
}

/// A complete HTTP reply.
package struct HTTPAnswer: Sendable, Equatable {
    /// The HTTP status.
    package var status: Int
    /// The body.
    package var body: [UInt8]
    /// The `Location` header of a redirect; it may contain a secret and must not be shown.
    package var location: String?
    /// How long the exchange took, from before the connection was asked for to the last byte of the reply.
    package var elapsed: Duration

    package init(status: Int, body: [UInt8], location: String? = nil, elapsed: Duration) {
        self.status = status
        self.body = body
        self.location = location
        self.elapsed = elapsed
    }
}

extension HTTPAnswer: CustomStringConvertible, CustomReflectable {
    package var description: String { "HTTP \(status), \(body.count) bytes" }
    package var customMirror: Mirror { Mirror(self, children: ["answer": description]) }
}
