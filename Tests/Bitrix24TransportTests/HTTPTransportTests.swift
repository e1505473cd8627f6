// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import Bitrix24Transport

@Suite(.serialized, .timeLimit(.minutes(5)))
struct HTTPTransportTests {
    private static let secret = "s3cr3tw0rd"
    private static let body = Array(#"{"cmd":{"a":"profile"}}"#.utf8)

    private func address(port: Int) throws -> WebhookAddress {
        try WebhookAddress("http://127.0.0.1:\(port)/rest/1/\(Self.secret)/")
    }

    private func request(_ timeout: Duration = .seconds(5), body: [UInt8] = body) -> PortalRequest {
        PortalRequest(method: "batch", body: body, timeout: timeout)
    }

    /// Plays the scripts to one transport that sends so many requests one after the other.
    private func exchanges(
        _ scripts: [[ServerStep]], requests: [PortalRequest], options: HTTPTransport.Options = .init(),
        untilClosed: Bool = false
    ) async throws -> (found: [PortalExchange], received: [String]) {
        let server = try await RawServer.start(scripts)
        let transport = try HTTPTransport(address: address(port: server.port), options: options)
        var found: [PortalExchange] = []
        for request in requests {
            found.append(await transport.send(request))
            if untilClosed { try await waitUntilClosed(port: server.port) }
            // The client learns a moment after the reply, or the close, that a connection is free, or gone.
            if requests.count > 1 { try await Task.sleep(for: .milliseconds(500)) }
        }
        await transport.shutdown()
        try await server.stop()
        for exchange in found { expectNoSecret(in: exchange) }
        return (found, server.received)
    }

    /// Waits until this process has no connection to a port any more, by the kernel's table.
    private func waitUntilClosed(port: Int) async throws {
        let remote = "0100007F:" + String(port + 0x1_0000, radix: 16, uppercase: true).suffix(4)
        // Established, or closed by the other end only.
        let states: Set<Substring> = ["01", "08"]
        while true {
            // The kernel gives a page at a time, and `String(contentsOfFile:)` ends at the first of them.
            let rows = try FileHandle(forReadingAtPath: "/proc/self/net/tcp")?.readToEnd()
            let table = String(decoding: try #require(rows), as: UTF8.self)
            let isOpen = table.split(separator: "\n").contains { row in
                let fields = row.split(separator: " ")
                return fields.count > 3 && fields[2] == remote && states.contains(fields[3])
            }
            if !isOpen { return }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func exchange(_ script: [ServerStep], timeout: Duration = .seconds(5)) async throws -> PortalExchange {
        try await exchanges([script], requests: [request(timeout)]).found[0]
    }

    private func expectNoSecret(in exchange: PortalExchange) {
        var printed = "\(exchange)" + String(reflecting: exchange)
        dump(exchange, to: &printed)
        #expect(!printed.contains(Self.secret))
    }

    private func expectUnknown(_ exchange: PortalExchange, _ kinds: Set<TransportFailure.Kind>) {
        guard case .unknown(let failure, let elapsed) = exchange else {
            Issue.record("not unknown: \(exchange)")
            return
        }
        #expect(kinds.contains(failure.kind), "\(failure)")
        #expect(elapsed > .zero)
    }

    private func expectNeverSent(_ exchange: PortalExchange, _ kinds: Set<TransportFailure.Kind>) {
        guard case .neverSent(let failure) = exchange else {
            Issue.record("not proved unsent: \(exchange)")
            return
        }
        #expect(kinds.contains(failure.kind), "\(failure)")
    }

    @Test func `a reply arrives whole`() async throws {
        let (found, received) = try await exchanges(
            [[.awaitRequest(bodyBytes: Self.body.count), RawServer.reply(body: "{\"result\":\"é\"}")]],
            requests: [request()])
        guard case .answered(let answer) = found[0] else {
            Issue.record("\(found)")
            return
        }
        #expect(answer.status == 200)
        #expect(String(decoding: answer.body, as: UTF8.self) == "{\"result\":\"é\"}")
        let head = received[0].lowercased()
        #expect(received[0].hasPrefix("POST /rest/1/\(Self.secret)/batch HTTP/1.1\r\n"))
        #expect(head.contains("\r\ncontent-length: \(Self.body.count)\r\n"))
        #expect(head.contains("\r\ncontent-type: application/json"))
        #expect(head.contains("\r\naccept: application/json\r\n"))
        #expect(head.contains("\r\nuser-agent: cdr24\r\n"))
        #expect(!head.contains("transfer-encoding"))
        #expect(received[0].hasSuffix("\r\n\r\n" + String(decoding: Self.body, as: UTF8.self)))
    }

    @Test(arguments: [400, 401, 403, 429, 500, 502, 503])
    func `an error status is a reply like any other`(_ status: Int) async throws {
        let found = try await exchange([
            .awaitRequest(bodyBytes: 1), RawServer.reply(status: "\(status) X", body: "<html>"),
        ])
        guard case .answered(let answer) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(answer.status == status)
    }

    @Test func `one connection carries one request after the other`() async throws {
        let serve: [ServerStep] = [.awaitRequest(bodyBytes: Self.body.count), RawServer.reply()]
        let (found, received) = try await exchanges([serve + serve], requests: [request(), request()])
        #expect(found.allSatisfy { if case .answered = $0 { true } else { false } })
        #expect(received.count == 1)
    }

    @Test func `a refused connection proves that nothing was sent`() async throws {
        let server = try await RawServer.start([[]])
        let address = try address(port: server.port)
        try await server.stop()
        let transport = try HTTPTransport(address: address)
        expectNeverSent(await transport.send(request()), [.connectionRefused])
        await transport.shutdown()
    }

    @Test func `an unknown host proves that nothing was sent`() async throws {
        let transport = try HTTPTransport(
            address: WebhookAddress("https://no-such-host.invalid/rest/1/\(Self.secret)/"))
        let found = await transport.send(request())
        expectNeverSent(found, [.hostUnknown])
        expectNoSecret(in: found)
        await transport.shutdown()
    }

    @Test func `a failed TLS handshake proves that nothing was sent`() async throws {
        let server = try await RawServer.start([[.awaitAnything, .send("HTTP/1.1 400 Bad Request\r\n\r\n"), .close]])
        let transport = try HTTPTransport(
            address: WebhookAddress("https://127.0.0.1:\(server.port)/rest/1/\(Self.secret)/"))
        let found = await transport.send(request())
        expectNeverSent(found, [.tls, .connectionClosed])
        expectNoSecret(in: found)
        #expect(!server.received[0].contains(Self.secret))
        await transport.shutdown()
        try await server.stop()
    }

    @Test func `a handshake that never ends proves that nothing was sent`() async throws {
        let server = try await RawServer.start([[.stall]])
        var options = HTTPTransport.Options()
        options.connectTimeout = .milliseconds(300)
        let transport = try HTTPTransport(
            address: WebhookAddress("https://127.0.0.1:\(server.port)/rest/1/\(Self.secret)/"), options: options)
        expectNeverSent(await transport.send(request()), [.connectTimeout])
        await transport.shutdown()
        let hasty = try HTTPTransport(
            address: WebhookAddress("https://127.0.0.1:\(server.port)/rest/1/\(Self.secret)/"))
        let start = ContinuousClock.now
        expectNeverSent(await hasty.send(request(.milliseconds(100))), [.deadline])
        // Less than the ten seconds that a connection may take by itself.
        #expect(start.duration(to: .now) < .seconds(8))
        await hasty.shutdown()
        #expect(start.duration(to: .now) < .seconds(9))
        try await server.stop()
    }

    @Test func `a reset before the body is read leaves the outcome unknown`() async throws {
        expectUnknown(try await exchange([.awaitAnything, .reset]), [.connectionClosed])
    }

    @Test func `a reset after the body is read leaves the outcome unknown`() async throws {
        expectUnknown(
            try await exchange([.awaitRequest(bodyBytes: Self.body.count), .reset]), [.connectionClosed])
    }

    @Test func `a close without a reply leaves the outcome unknown`() async throws {
        expectUnknown(
            try await exchange([.awaitRequest(bodyBytes: Self.body.count), .close]), [.connectionClosed])
    }

    @Test func `a reply that is cut off leaves the outcome unknown`() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"result\""
        expectUnknown(
            try await exchange([.awaitRequest(bodyBytes: 1), .send(head), .close]), [.connectionClosed])
        expectUnknown(
            try await exchange([.awaitRequest(bodyBytes: 1), .send("HTTP/1.1 200 OK\r\nConten"), .close]),
            [.connectionClosed])
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"res"
        expectUnknown(
            try await exchange([.awaitRequest(bodyBytes: 1), .send(chunked), .close]), [.connectionClosed])
    }

    @Test func `a reply that is not HTTP leaves the outcome unknown`() async throws {
        expectUnknown(
            try await exchange([.awaitRequest(bodyBytes: 1), .send("220 mail ready\r\n"), .close]),
            [.notHTTP, .connectionClosed])
    }

    @Test func `an over-long reply leaves the outcome unknown`() async throws {
        var options = HTTPTransport.Options()
        options.replyLimit = 1 << 20
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 8388608\r\n\r\n"
        let (found, _) = try await exchanges(
            [[.awaitRequest(bodyBytes: 1), .send(head), .sendFilling(8 << 20), .stall]], requests: [request()],
            options: options)
        expectUnknown(found[0], [.replyTooLong])
    }

    @Test func `a reply of a megabyte is taken`() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n"
        let found = try await exchange([.awaitRequest(bodyBytes: 1), .send(head), .sendFilling(1 << 20)])
        guard case .answered(let answer) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(answer.body.count == 1 << 20)
    }

    @Test func `one deadline spans the head and the body of the reply`() async throws {
        let start = ContinuousClock.now
        expectUnknown(
            try await exchange([.awaitRequest(bodyBytes: 1), .stall], timeout: .milliseconds(300)), [.deadline])
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n["
        expectUnknown(
            try await exchange(
                [.awaitRequest(bodyBytes: 1), .pause(.milliseconds(150)), .send(head), .stall],
                timeout: .milliseconds(300)), [.deadline])
        #expect(start.duration(to: .now) < .seconds(20))
    }

    @Test func `a slow reply within the time is taken`() async throws {
        let found = try await exchange([
            .awaitRequest(bodyBytes: 1), .pause(.milliseconds(300)), RawServer.reply(),
        ])
        guard case .answered(let answer) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(answer.elapsed >= .milliseconds(290))
    }

    @Test func `a redirect is reported and not followed`() async throws {
        let target = "https://new.example.test/rest/1/\(Self.secret)/batch"
        let (found, received) = try await exchanges(
            [[.awaitRequest(bodyBytes: 1), RawServer.reply(status: "302 Found", headers: ["Location: \(target)"])]],
            requests: [request()])
        guard case .answered(let answer) = found[0] else {
            Issue.record("\(found)")
            return
        }
        #expect(answer.status == 302)
        #expect(answer.location == target)
        #expect(received.count == 1)
    }

    @Test func `a connection that the server closed between two requests is replaced`() async throws {
        let script: [ServerStep] = [.awaitRequest(bodyBytes: Self.body.count), RawServer.reply(), .close]
        let (found, received) = try await exchanges(
            [script], requests: [request(), request(), request()], untilClosed: true)
        #expect(found.allSatisfy { if case .answered = $0 { true } else { false } }, "\(found)")
        #expect(received.count == 3)
    }

    @Test func `a large body that the server does not read is unknown once it was handed out`() async throws {
        let large = [UInt8](repeating: 0x20, count: 32 << 20)
        let (found, _) = try await exchanges(
            [[.awaitAnything, .reset]], requests: [request(.seconds(5), body: large)])
        expectUnknown(found[0], [.connectionClosed])
    }

    @Test func `a cancelled request ends at once`() async throws {
        let server = try await RawServer.start([[.awaitRequest(bodyBytes: Self.body.count), .stall]])
        let transport = try HTTPTransport(address: address(port: server.port))
        // Longer than a busy machine needs to get the request to the server.
        let request = request(.seconds(120))
        let task = Task { await transport.send(request) }
        for _ in 0..<6_000 where !server.received.contains(where: { !$0.isEmpty }) {
            try await Task.sleep(for: .milliseconds(10))
        }
        task.cancel()
        expectUnknown(await task.value, [.cancelled])
        await transport.shutdown()
        try await server.stop()
    }

    @Test func `nothing is sent after the shutdown`() async throws {
        let server = try await RawServer.start([[.stall]])
        let transport = try HTTPTransport(address: address(port: server.port))
        await transport.shutdown()
        await transport.shutdown()
        expectNeverSent(await transport.send(request()), [.shutDown, .cancelled, .other])
        #expect(server.received.isEmpty)
        try await server.stop()
    }

    @Test func `a proxy is asked to connect and sees no secret in its own part`() async throws {
        let proxy = try await RawServer.start([
            [
                .awaitRequest(bodyBytes: 0), .send("HTTP/1.1 200 Connection established\r\n\r\n"),
                .awaitRequest(bodyBytes: Self.body.count), RawServer.reply(),
            ]
        ])
        var options = HTTPTransport.Options()
        options.proxy = try ProxyAddress("http://us%40er:p%3Ass@127.0.0.1:\(proxy.port)")
        let transport = try HTTPTransport(address: address(port: 9), options: options)
        guard case .answered(let answer) = await transport.send(request()) else {
            Issue.record("not answered")
            return
        }
        #expect(answer.status == 200)
        let connect = proxy.received[0].prefix { $0 != "\r\n" }
        #expect(connect == "CONNECT 127.0.0.1:9 HTTP/1.1")
        #expect(proxy.received[0].contains("dXNAZXI6cDpzcw=="))
        await transport.shutdown()
        try await proxy.stop()
    }

    @Test(arguments: ["403 Forbidden", "407 Proxy Authentication Required", "502 Bad Gateway"])
    func `a proxy that does not connect proves that nothing was sent`(_ status: String) async throws {
        let proxy = try await RawServer.start([
            [.awaitRequest(bodyBytes: 0), .send("HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n"), .close]
        ])
        var options = HTTPTransport.Options()
        options.proxy = try ProxyAddress("127.0.0.1:\(proxy.port)")
        let transport = try HTTPTransport(address: address(port: 9), options: options)
        let found = await transport.send(request())
        expectNeverSent(found, [.proxy])
        expectNoSecret(in: found)
        await transport.shutdown()
        try await proxy.stop()
    }

    @Test func `a silent connection is given up by the system after twenty seconds`() async throws {
        let server = try await RawServer.start([[.stall]])
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: server.port).get()
        try await HTTPTransport.watchForSilence(channel).get()
        let userTimeout = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: 18))
        #expect(try await channel.getOption(userTimeout).get() == 20_000)
        #expect(try await channel.getOption(ChannelOptions.socketOption(.so_keepalive)).get() == 1)
        try await channel.close()
        try await server.stop()
    }

    @Test func `a private authority is trusted when its file is named, and only then`() async throws {
        let tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(PrivateAuthority.certificate.utf8))
                .map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(PrivateAuthority.key.utf8), format: .pem)))
        let server = try await RawServer.start(
            [[.awaitRequest(bodyBytes: Self.body.count), RawServer.reply()]], tls: tls)
        let address = try WebhookAddress("https://localhost:\(server.port)/rest/1/\(Self.secret)/")
        let distrustful = try HTTPTransport(address: address)
        expectNeverSent(await distrustful.send(request()), [.tls])
        await distrustful.shutdown()
        let trusting = try await PrivateAuthority.withCertificateFile { path in
            var options = HTTPTransport.Options()
            options.caFile = path
            return try HTTPTransport(address: address, options: options)
        }
        let found = await trusting.send(request())
        guard case .answered = found else {
            Issue.record("\(found)")
            return
        }
        await trusting.shutdown()
        try await server.stop()
    }

    @Test func `a file of certificates must be one`() throws {
        var options = HTTPTransport.Options()
        options.caFile = #filePath
        let address = try address(port: 9)
        #expect(throws: TransportSetupFault.caFile(path: #filePath)) {
            try HTTPTransport(address: address, options: options)
        }
    }

    @Test(arguments: ["404 Not Found", "200 OK"])
    func `a gateway that repeats the address repeats no secret`(_ status: String) async throws {
        let path = "/rest/1/\(Self.secret)/batch"
        let body = #"{"error":"X","error_description":"Cannot POST \#(path)","at":"\#(Self.secret)"}"#
        let (found, _) = try await exchanges(
            [[.awaitRequest(bodyBytes: 1), RawServer.reply(status: status, body: body)]], requests: [request()])
        guard case .answered(let answer) = found[0] else {
            Issue.record("\(found)")
            return
        }
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(text == body.replacing(Self.secret, with: "**********"))
    }
}
