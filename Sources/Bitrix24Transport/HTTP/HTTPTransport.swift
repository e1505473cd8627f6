// SPDX-License-Identifier: Apache-2.0

package import Bitrix24

/// Requests to one portal's inbound webhook.
///
/// The secret stands in the address of every request; see ``HTTPSender`` for how they travel.
package struct HTTPTransport: PortalTransport {
    /// Settings of the connection; the defaults suit the cloud.
    package struct Options: Sendable {
        /// The proxy, if the portal is reached through one.
        package var proxy: ProxyAddress?
        /// A file of PEM certificates that are trusted besides the system's.
        package var caFile: String?
        /// How long connecting, with its TLS handshake, may take.
        package var connectTimeout: Duration = .seconds(10)
        /// The program's name and version, as in `cdr24/1.0`.
        package var userAgent = "cdr24"
        /// The longest accepted reply in bytes; fifty rows of statistics are about 50 KB.
        package var replyLimit = 16 << 20

        /// The defaults.
        package init() {}
    }

    private let address: WebhookAddress
    private let sender: HTTPSender

    /// Prepares the transport; no connection is made before the first request.
    ///
    /// - Throws: ``TransportSetupFault`` when the file of certificates cannot be used.
    package init(address: WebhookAddress, options: Options = Options()) throws(TransportSetupFault) {
        self.address = address
        sender = try HTTPSender(options: options)
    }

    /// Sends one request to the webhook; what a failure says is without the secret.
    package func send(_ request: PortalRequest) async -> PortalExchange {
        let message = HTTPMessage(
            url: address.url(method: request.method), body: request.body, timeout: request.timeout)
        switch await sender.send(message) {
        case .answered(let answer): return .answered(address.redacting(answer))
        case .neverSent(let failure): return .neverSent(safe(failure))
        case .unknown(let failure, let elapsed): return .unknown(safe(failure), elapsed: elapsed)
        }
    }

    /// Closes all connections; requests sent afterwards are answered with ``PortalExchange/neverSent(_:)``.
    package func shutdown() async { await sender.shutdown() }

    private func safe(_ failure: TransportFailure) -> TransportFailure {
        TransportFailure(failure.kind, detail: address.redacting(failure.detail))
    }
}

extension HTTPTransport: CustomStringConvertible, CustomReflectable {
    /// The address without its secret.
    package var description: String { "transport to \(address)" }
    /// A mirror that shows the address without its secret.
    package var customMirror: Mirror { Mirror(self, children: ["address": address]) }
}
