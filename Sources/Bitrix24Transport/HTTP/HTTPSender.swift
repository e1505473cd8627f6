// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
package import Bitrix24
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// The network: messages over HTTP/1.1, each sent once.
///
/// Redirects are not followed (a redirected POST would arrive as an empty GET), connections are not tried twice, one
/// deadline spans connecting, sending and the whole reply, and nothing is logged, since every message contains a secret.
package struct HTTPSender: HTTPCarrier {
    private let userAgent: String
    private let replyLimit: Int
    private let box: ClientBox

    /// Prepares the sender; no connection is made before the first message.
    ///
    /// - Throws: ``TransportSetupFault`` when the file of certificates cannot be used.
    package init(options: HTTPTransport.Options = HTTPTransport.Options()) throws(TransportSetupFault) {
        userAgent = options.userAgent
        replyLimit = options.replyLimit
        box = ClientBox(
            HTTPClient(
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                configuration: try HTTPTransport.configuration(options)))
    }

    /// Sends one message and waits for the whole reply.
    ///
    /// What a failure says is without the address, the token and the body.
    package func send(_ message: HTTPMessage) async -> PortalExchange {
        let start = ContinuousClock.now
        let gate = BodyGate(message.body)
        do {
            return .answered(try await exchange(message, body: gate, start: start))
        } catch {
            let failure = TransportFailure(error)
            return gate.close() ? .neverSent(failure) : .unknown(failure, elapsed: start.duration(to: .now))
        }
    }

    /// Closes all connections; messages sent afterwards are answered with ``PortalExchange/neverSent(_:)``.
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
        _ message: HTTPMessage, body: BodyGate, start: ContinuousClock.Instant
    ) async throws -> HTTPAnswer {
        let http = prepared(message, body: body)
        return try await withThrowingTaskGroup(of: HTTPAnswer?.self) { group in
            group.addTask { try await answer(to: http, start: start) }
            group.addTask {
                try await Task.sleep(until: start + message.timeout, tolerance: .milliseconds(50), clock: .continuous)
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

    private func prepared(_ message: HTTPMessage, body: BodyGate) -> HTTPClientRequest {
        var http = HTTPClientRequest(url: message.url)
        http.method = .POST
        http.headers.add(name: "User-Agent", value: userAgent)
        http.headers.add(name: "Accept", value: "application/json")
        http.headers.add(name: "Content-Type", value: message.kind.mediaType)
        if let bearer = message.bearer { http.headers.add(name: "Authorization", value: "Bearer \(bearer.exposed)") }
        http.body = .stream(body, length: .known(Int64(message.body.count)))
        return http
    }
}
