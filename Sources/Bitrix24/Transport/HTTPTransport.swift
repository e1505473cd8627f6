// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// The network: requests to one portal over HTTP/1.1.
///
/// Redirects are not followed (a redirected POST would arrive as an empty GET), connections are not tried twice, one
/// deadline spans connecting, sending and the whole reply, and nothing is logged, since every address contains the
/// webhook's secret.
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

        package init() {}
    }

    private let address: WebhookAddress
    private let userAgent: String
    private let replyLimit: Int
    private let box: ClientBox

    /// Prepares the transport; no connection is made before the first request.
    ///
    /// - Throws: ``TransportSetupFault`` when the file of certificates cannot be used.
    package init(address: WebhookAddress, options: Options = Options()) throws(TransportSetupFault) {
        self.address = address
        self.userAgent = options.userAgent
        self.replyLimit = options.replyLimit
        self.box = ClientBox(
            HTTPClient(
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                configuration: try Self.configuration(options)))
    }

    package func send(_ request: PortalRequest) async -> PortalExchange {
        let start = ContinuousClock.now
        let gate = BodyGate(request.body)
        do {
            return .answered(try await exchange(request, body: gate, start: start))
        } catch {
            let failure = TransportFailure(error)
            let safe = TransportFailure(failure.kind, detail: address.redacting(failure.detail))
            return gate.close() ? .neverSent(safe) : .unknown(safe, elapsed: start.duration(to: .now))
        }
    }

    /// Closes all connections; requests sent afterwards are answered with ``PortalExchange/neverSent(_:)``.
    ///
    /// It returns after a second at the latest: a connection that is still being made would hold it up for longer.
    package func shutdown() async {
        let client = box.client
        let (end, signal) = AsyncStream.makeStream(of: Void.self)
        // A second shutdown is the only error that can occur, and it is harmless.
        client.shutdown { _ in signal.finish() }
        let limit = client.eventLoopGroup.any().scheduleTask(in: .seconds(1)) { signal.finish() }
        for await _ in end {}
        limit.cancel()
    }

    /// Races the exchange with its deadline: the client's own deadline ends with the head of the reply.
    private func exchange(
        _ request: PortalRequest, body: BodyGate, start: ContinuousClock.Instant
    ) async throws -> HTTPAnswer {
        let http = prepared(request, body: body)
        return try await withThrowingTaskGroup(of: HTTPAnswer?.self) { group in
            group.addTask { try await answer(to: http, start: start) }
            group.addTask {
                try await Task.sleep(until: start + request.timeout, tolerance: .milliseconds(50), clock: .continuous)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let answer = first else { throw DeadlineReached() }
            return answer
        }
    }

    private func answer(to request: HTTPClientRequest, start: ContinuousClock.Instant) async throws -> HTTPAnswer {
        let response = try await box.client.execute(request, deadline: .distantFuture)
        var body: [UInt8] = []
        for try await part in response.body {
            guard body.count + part.readableBytes <= replyLimit else { throw ReplyTooLong(limit: replyLimit) }
            body.append(contentsOf: part.readableBytesView)
        }
        // A cancelled body may end early without an error.
        try Task.checkCancellation()
        return HTTPAnswer(
            status: Int(response.status.code), body: body, location: response.headers.first(name: "Location"),
            elapsed: start.duration(to: .now))
    }

    private func prepared(_ request: PortalRequest, body: BodyGate) -> HTTPClientRequest {
        var http = HTTPClientRequest(url: address.url(method: request.method))
        http.method = .POST
        http.headers.add(name: "User-Agent", value: userAgent)
        http.headers.add(name: "Accept", value: "application/json")
        http.headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
        http.body = .stream(body, length: .known(Int64(request.body.count)))
        return http
    }
}

extension HTTPTransport: CustomStringConvertible, CustomReflectable {
    package var description: String { "transport to \(address)" }
    package var customMirror: Mirror { Mirror(self, children: ["address": address]) }
}
