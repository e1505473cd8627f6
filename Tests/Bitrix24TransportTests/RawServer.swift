// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// What the server does with one connection, step by step.
enum ServerStep: Sendable {
    /// Waits until a request's head and so many bytes of its body have arrived.
    case awaitRequest(bodyBytes: Int)
    /// Waits until the first bytes of a request have arrived, whatever they are.
    case awaitAnything
    /// Sends the text as it stands.
    case send(String)
    /// Sends so many bytes of filling.
    case sendFilling(Int)
    /// Waits.
    case pause(Duration)
    /// Closes the connection in order.
    case close
    /// Drops the connection with a reset.
    case reset
    /// Reads and drops everything for ever.
    case stall
}

/// A server that speaks bytes, so that every broken way of answering can be played.
///
/// It serves the scripts in the order in which connections arrive; the last script serves all further ones.
final class RawServer: Sendable {
    let port: Int
    private let channel: any Channel
    private let log: ConnectionLog

    final class ConnectionLog: Sendable {
        private let texts = Mutex<[String]>([])
        func open() -> Int {
            texts.withLock {
                $0.append(""); return $0.count - 1
            }
        }
        func append(_ text: String, to index: Int) { texts.withLock { $0[index] += text } }
        var all: [String] { texts.withLock { $0 } }
    }

    /// What each connection received.
    var received: [String] { log.all }

    private init(channel: any Channel, log: ConnectionLog) {
        self.channel = channel
        self.port = channel.localAddress?.port ?? 0
        self.log = log
    }

    /// - Parameter tls: Speaks TLS with this configuration instead of plain text.
    static func start(_ scripts: [[ServerStep]], tls: TLSConfiguration? = nil) async throws -> RawServer {
        let log = ConnectionLog()
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                let index = log.open()
                let script = scripts[min(index, scripts.count - 1)]
                return channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        ScriptHandler(script: script, index: index, log: log))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return RawServer(channel: channel, log: log)
    }

    func stop() async throws {
        try await channel.close()
    }

    /// A complete reply.
    static func reply(
        status: String = "200 OK", headers: [String] = [], body: String = #"{"result":true}"#
    ) -> ServerStep {
        .send(
            (["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)", "Content-Type: application/json"] + headers)
                .joined(separator: "\r\n") + "\r\n\r\n" + body)
    }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var steps: ArraySlice<ServerStep>
    private var unread = ""
    private var isPaused = false
    private let index: Int
    private let log: RawServer.ConnectionLog

    init(script: [ServerStep], index: Int, log: RawServer.ConnectionLog) {
        self.steps = script[...]
        self.index = index
        self.log = log
    }

    func channelActive(context: ChannelHandlerContext) { proceed(context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let text = String(buffer: unwrapInboundIn(data))
        unread += text
        log.append(text, to: index)
        proceed(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func proceed(_ context: ChannelHandlerContext) {
        while !isPaused, let step = steps.first {
            guard perform(step, context) else { return }
            steps = steps.dropFirst()
        }
    }

    /// Performs a step, or returns `false` when it must wait for more input.
    private func perform(_ step: ServerStep, _ context: ChannelHandlerContext) -> Bool {
        switch step {
        case .awaitAnything:
            guard !unread.isEmpty else { return false }
            unread = ""
        case .awaitRequest(let bodyBytes):
            guard let end = unread.firstRange(of: "\r\n\r\n"),
                unread[end.upperBound...].utf8.count >= bodyBytes
            else { return false }
            unread = ""
        case .send(let text):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        case .sendFilling(let count):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(repeating: 0x20, count: count)), promise: nil)
        case .pause(let duration):
            isPaused = true
            let loopBound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: .nanoseconds(Int64(duration / .nanoseconds(1)))) {
                let (handler, context) = loopBound.value
                handler.isPaused = false
                handler.proceed(context)
            }
        case .close:
            context.close(promise: nil)
        case .reset:
            let loopBound = NIOLoopBound(context, eventLoop: context.eventLoop)
            // A lingering time of zero turns the close into a reset.
            let options = context.channel as? any SocketOptionProvider
            let lingering = options?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            (lingering ?? context.eventLoop.makeSucceededVoidFuture())
                .whenComplete { _ in loopBound.value.close(promise: nil) }
        case .stall:
            return false
        }
        return true
    }
}
