// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// A small web server on this machine to which the portal sends a person's browser.
///
/// It listens on 127.0.0.1 alone and shows the person a page with the outcome.
package struct RedirectListener: Sendable {
    /// Why the port cannot be listened on.
    package struct Fault: Error, Sendable, CustomStringConvertible {
        /// The port.
        package var port: Int
        /// What the system said.
        package var reason: String

        /// What is wrong and what to do.
        package var description: String {
            "cannot listen on 127.0.0.1:\(port): \(reason); choose another port, also in the portal"
        }
    }

    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    private let server: NIOAsyncChannel<Connection, Never>

    /// The port that is listened on.
    package let port: Int

    /// Begins to listen.
    ///
    /// - Parameter port: The port; 0 takes a free one.
    /// - Throws: ``Fault`` when the port is in use or may not be listened on.
    package init(port: Int) async throws(Fault) {
        do {
            server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                        return try Connection(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw Fault(port: port, reason: "\(error)")
        }
        self.port = server.channel.localAddress?.port ?? port
    }

    /// Waits for the browser.
    ///
    /// - Parameter judge: Told the query of each address; answers with the page's text and, once it is content, a
    ///   value, which ends the listening after the page is sent.
    /// - Returns: The value; `nil` when the task was cancelled.
    package func answer<Value: Sendable>(
        _ judge: @escaping @Sendable (_ query: String) async -> (text: String, value: Value?)
    ) async -> Value? {
        let (values, found) = AsyncStream.makeStream(of: Value.self)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // What ends the listening is the cancellation below.
                try? await server.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { open in
                        for try await connection in connections {
                            // Browsers also open connections that they do not use: each has a task of its own.
                            open.addTask {
                                // A connection that breaks is the browser's affair: the next one is waited for.
                                if let value = try? await Self.serve(connection, judge) { found.yield(value) }
                            }
                        }
                    }
                }
                found.finish()
            }
            let value = await values.first { _ in true }
            group.cancelAll()
            return value
        }
    }

    private static func serve<Value: Sendable>(
        _ connection: Connection, _ judge: @Sendable (String) async -> (text: String, value: Value?)
    ) async throws -> Value? {
        try await connection.executeThenClose { inbound, outbound in
            for try await case .head(let head) in inbound {
                let uri = head.uri
                guard let mark = uri.firstIndex(of: "?"), head.method == .GET else {
                    // Browsers ask for an icon, too.
                    try await outbound.write(contentsOf: page(.notFound, "There is nothing here."))
                    return nil
                }
                let (text, value) = await judge(String(uri[uri.index(after: mark)...]))
                try await outbound.write(contentsOf: page(value == nil ? .badRequest : .ok, text))
                return value
            }
            return nil
        }
    }

    private static func page(_ status: HTTPResponseStatus, _ text: String) -> [HTTPServerResponsePart] {
        let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        let html = """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>cdr24</title></head>
            <body style="font: 16px/1.5 system-ui, sans-serif; margin: 3em"><p id="message">\(escaped)</p></body></html>

            """
        var headers = HTTPHeaders()
        headers.add(name: "Content-Type", value: "text/html; charset=utf-8")
        headers.add(name: "Content-Length", value: String(html.utf8.count))
        headers.add(name: "Connection", value: "close")
        headers.add(name: "Referrer-Policy", value: "no-referrer")
        return [
            .head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)),
            .body(.byteBuffer(ByteBuffer(string: html))), .end(nil),
        ]
    }
}
