// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Clocks
import Foundation
import Synchronization
import Testing

@testable import Bitrix24Transport

/// Requests, tokens and the portal together: a portal and an authorization server that stand in for the network.
@Suite struct TokenVaultTests {
    private typealias Sample = OAuthSample

    /// An authorization server and a portal that know which tokens are good.
    private final class World: TokenServer, HTTPCarrier {
        struct State {
            var number = 1
            /// Access tokens that the portal takes.
            var good: Set<String> = ["access-\(Sample.planted)-1"]
            var questions: [TokenQuestion] = []
            var sent: [(url: String, token: String)] = []
            /// What becomes of the next questions, before they are simply granted.
            var answers: [(TokenAnswer, isExecuted: Bool)] = []
            var inFlight = 0
            var mostInFlight = 0
            var host = "company.test"
        }
        let state = Mutex(State())

        func ask(_ question: TokenQuestion) async -> TokenAnswer {
            state.withLock {
                $0.questions.append(question)
                $0.inFlight += 1
                $0.mostInFlight = max($0.mostInFlight, $0.inFlight)
            }
            for _ in 0..<20 { await Task.yield() }
            return state.withLock { state in
                state.inFlight -= 1
                let scripted = state.answers.isEmpty ? nil : state.answers.removeFirst()
                if let scripted, !scripted.isExecuted { return scripted.0 }
                state.number += 1
                let grant = Sample.grant(state.number, portal: state.host)
                state.good = [grant.access.exposed]
                return scripted?.0 ?? .granted(grant)
            }
        }

        func send(_ message: HTTPMessage) async -> PortalExchange {
            await Task.yield()
            return state.withLock { state in
                let token = message.bearer?.exposed ?? ""
                state.sent.append((message.url, token))
                if !message.url.hasPrefix("https://\(state.host)/") { return Self.answer(302, "") }
                guard state.good.contains(token) else { return Self.answer(401, #"{"error":"expired_token"}"#) }
                return Self.answer(200, #"{"result":true}"#)
            }
        }

        static func answer(_ status: Int, _ body: String) -> PortalExchange {
            .answered(HTTPAnswer(status: status, body: Array(body.utf8), elapsed: .zero))
        }

        func expire() { state.withLock { $0.good = [] } }
        var questions: Int { state.withLock { $0.questions.count } }
        var sent: Int { state.withLock { $0.sent.count } }
    }

    private struct Scene {
        let world = World()
        let clock = HandClock()
        let file: TokenFile
        private let time: TimeSource

        /// - Parameter locks: The clock by which the lock is waited for; the tokens' ends keep to the one moved by hand.
        init(_ folder: URL, locks: TimeSource? = nil) throws {
            file = TokenFile(path: folder.appendingPathComponent("tokens.json").path)
            var time = clock.source
            if let locks {
                time.monotonic = locks.monotonic
                time.sleep = locks.sleep
            }
            self.time = time
            try file.replace(Sample.tokens(1))
        }

        /// What one process has.
        func transport() throws -> AuthorizedTransport {
            let vault = TokenVault(
                client: Sample.client, tokens: try file.read(), file: file, server: world, time: time)
            return AuthorizedTransport(vault: vault, carrier: world)
        }
    }

    private static let request = PortalRequest(method: "batch", body: [], timeout: .seconds(60))
    private static let fine = World.answer(200, #"{"result":true}"#)

    @Test func `a request carries the token in its header, and never in its address`() async throws {
        try await TokenFileTests.folder { folder in
            let scene = try Scene(folder)
            #expect(try await scene.transport().send(Self.request) == Self.fine)
            let sent = scene.world.state.withLock { $0.sent }
            #expect(sent.map(\.url) == ["https://company.test/rest/batch"])
            #expect(sent.map(\.token) == ["access-\(Sample.planted)-1"])
            #expect(scene.world.questions == 0)
        }
    }

    @Test func `an expired token is renewed, saved, and the request sent once more`() async throws {
        try await TokenFileTests.folder { folder in
            let scene = try Scene(folder)
            scene.world.expire()
            let transport = try scene.transport()
            #expect(await transport.send(Self.request) == Self.fine)
            #expect(scene.world.sent == 2)
            #expect(scene.world.state.withLock { $0.questions } == [.refresh(Sample.refresh(1))])
            #expect(try scene.file.read().access == Sample.access(2))
            #expect(await transport.send(Self.request) == Self.fine)
            #expect(scene.world.questions == 1)
        }
    }

    @Test func `a token whose end is near is renewed before the request`() async throws {
        try await TokenFileTests.folder { folder in
            let scene = try Scene(folder)
            scene.clock.now = 3_545
            #expect(try await scene.transport().send(Self.request) == Self.fine)
            #expect(scene.world.sent == 1)
            #expect(scene.world.questions == 1)
            #expect(try scene.file.read().expiresAt == 3_545 + 3_600)
        }
    }

    @Test func `many requests at once lead to one renewal`() async throws {
        try await TokenFileTests.folder { folder in
            let scene = try Scene(folder)
            let transport = try scene.transport()
            for round in 1...20 {
                scene.world.expire()
                await withTaskGroup(of: PortalExchange.self) { group in
                    for _ in 0..<8 { group.addTask { await transport.send(Self.request) } }
                    for await found in group { #expect(found == Self.fine) }
                }
                #expect(scene.world.questions == round)
            }
            #expect(scene.world.state.withLock { $0.mostInFlight } == 1)
        }
    }

    @Test func `processes that share the file renew one after the other, and only once`() async throws {
        try await TokenFileTests.folder { folder in
            // A wait that takes no time would be over before the holder of the lock gets a turn.
            let scene = try Scene(folder, locks: .system)
            let transports = try (0..<6).map { _ in try scene.transport() }
            for round in 1...10 {
                scene.world.expire()
                await withTaskGroup(of: PortalExchange.self) { group in
                    for transport in transports { group.addTask { await transport.send(Self.request) } }
                    for await found in group { #expect(found == Self.fine) }
                }
                #expect(scene.world.questions == round)
            }
            #expect(scene.world.state.withLock { $0.mostInFlight } == 1)
        }
    }

    @Test func `a request that is cancelled does not end the renewal`() async throws {
        try await TokenFileTests.folder { folder in
            let scene = try Scene(folder)
            scene.world.expire()
            let transport = try scene.transport()
            let impatient = Task { await transport.send(Self.request) }
            while scene.world.questions == 0 { await Task.yield() }
            impatient.cancel()
            _ = await impatient.value
            #expect(try scene.file.read().access == Sample.access(2))
        }
    }

    @Test func `a lost answer costs nothing`() async throws {
        try await TokenFileTests.folder { folder in
            let scene = try Scene(folder)
            scene.world.expire()
            let lost = TransportFailure(.authorizationServer, detail: "oauth.test: cut")
            scene.world.state.withLock { $0.answers = [(.lost(lost), isExecuted: true)] }
            #expect(try await scene.transport().send(Self.request) == Self.fine)
            #expect(
                scene.world.state.withLock { $0.questions } == Array(repeating: .refresh(Sample.refresh(1)), count: 2))
            #expect(try scene.file.read().access == Sample.access(3))
        }
    }

    @Test func `a server that is not there is a portal that is not there, until it is back`() async throws {
        try await TokenFileTests.folder { folder in
            let scene = try Scene(folder)
            scene.world.expire()
            let gone = TransportFailure(.authorizationServer, detail: "oauth.test: HTTP 502")
            scene.world.state.withLock { $0.answers = [(.unavailable(gone), isExecuted: false)] }
            let transport = try scene.transport()
            #expect(await transport.send(Self.request) == .neverSent(gone))
            #expect(await transport.send(Self.request) == Self.fine)
        }
    }

    @Test func `lost access is said to every request, and the server is asked once`() async throws {
        try await TokenFileTests.folder { folder in
            let scene = try Scene(folder)
            scene.world.expire()
            scene.world.state.withLock { $0.answers = [(.refused(.init(code: "invalid_grant")), isExecuted: false)] }
            let transport = try scene.transport()
            for _ in 0..<3 {
                guard case .neverSent(let failure) = await transport.send(Self.request) else {
                    Issue.record("sent")
                    return
                }
                #expect(failure.kind == .accessLost)
            }
            #expect(scene.world.questions == 1)
        }
    }

    @Test func `a portal that calls every token expired is asked four times, and its answer handed on`() async throws {
        try await TokenFileTests.folder { folder in
            let scene = try Scene(folder)
            let stubborn = Stubborn()
            let vault = TokenVault(
                client: Sample.client, tokens: Sample.tokens(1), file: scene.file, server: scene.world,
                time: scene.clock.source)
            let found = await AuthorizedTransport(vault: vault, carrier: stubborn).send(Self.request)
            #expect(found == World.answer(401, #"{"error":"expired_token"}"#))
            #expect(stubborn.count.withLock { $0 } == 4)
        }
    }

    @Test(arguments: [1, 2, 3])
    func `tokens that end as soon as they are renewed cost further renewals, not the run`(_ refusals: Int) async throws
    {
        try await TokenFileTests.folder { folder in
            let scene = try Scene(folder)
            let vault = TokenVault(
                client: Sample.client, tokens: Sample.tokens(1), file: scene.file, server: scene.world,
                time: scene.clock.source)
            let found = await AuthorizedTransport(vault: vault, carrier: Stubborn(refusals)).send(Self.request)
            #expect(found == Self.fine)
            #expect(scene.world.questions == refusals)
        }
    }

    private final class Stubborn: HTTPCarrier {
        let count = Mutex(0)
        private let refusals: Int

        /// - Parameter refusals: How many requests are refused, before one is answered.
        init(_ refusals: Int = .max) { self.refusals = refusals }

        func send(_ message: HTTPMessage) async -> PortalExchange {
            let number = count.withLock {
                $0 += 1
                return $0
            }
            return number <= refusals ? World.answer(401, #"{"error":"expired_token"}"#) : fine
        }
    }

    @Test(arguments: [
        (401, #"{"error":"expired_token"}"#, 1), (401, #"{"error":"invalid_token"}"#, 1),
        (401, #"{"error":"NO_AUTH_FOUND"}"#, 1), (403, #"{"error":"insufficient_scope"}"#, 0),
        (401, #"{"error":"INVALID_CREDENTIALS"}"#, 0), (401, "<html>", 0), (200, #"{"error":"expired_token"}"#, 0),
        (500, #"{"error":"expired_token"}"#, 0), (401, #"{"error":"authorization_error"}"#, 0),
    ])
    func `which answers are about the token`(_ status: Int, _ body: String, _ renewals: Int) async throws {
        let answer = HTTPAnswer(status: status, body: Array(body.utf8), elapsed: .zero)
        #expect(AccessTrouble(answer) == (renewals == 1 ? .token : nil))
    }

    @Test func `new tokens that cannot be saved are not used`() async throws {
        try await TokenFileTests.folder { folder in
            let scene = try Scene(folder)
            scene.world.expire()
            // A directory where the new file would be made.
            try FileManager.default.createDirectory(atPath: scene.file.path + ".new", withIntermediateDirectories: true)
            let transport = try scene.transport()
            guard case .neverSent(let failure) = await transport.send(Self.request) else {
                Issue.record("sent")
                return
            }
            #expect(failure.kind == .tokensNotSaved)
            #expect(scene.world.questions == 0)
            try FileManager.default.removeItem(atPath: scene.file.path + ".new")
            #expect(await transport.send(Self.request) == Self.fine)
        }
    }

    @Test func `a renamed portal is followed where the authorization server knows its new address`() async throws {
        try await TokenFileTests.folder { folder in
            let scene = try Scene(folder)
            scene.world.state.withLock { $0.host = "new.test" }
            let transport = try scene.transport()
            #expect(await transport.send(Self.request) == Self.fine)
            #expect(
                scene.world.state.withLock { $0.sent.map(\.url) } == [
                    "https://company.test/rest/batch", "https://new.test/rest/batch",
                ])
            #expect(try scene.file.read().endpoint.text == "https://new.test/rest/")
            #expect(try scene.file.read().portal == "company.test")
            #expect(await transport.send(Self.request) == Self.fine)
            #expect(scene.world.questions == 1)
        }
    }

    @Test func `no way of printing shows a secret`() async throws {
        try await TokenFileTests.folder { folder in
            let scene = try Scene(folder)
            let transport = try scene.transport()
            let message = HTTPMessage(
                url: "https://company.test/rest/\(Sample.planted)", bearer: Sample.access(1),
                body: Array(Sample.planted.utf8), timeout: .zero)
            let values: [any Sendable] = [
                Sample.client, Sample.tokens(1), Sample.grant(1), TokenQuestion.refresh(Sample.refresh(1)),
                TokenAnswer.granted(Sample.grant(1)), message, transport,
                TokenKeeper(client: Sample.client, tokens: Sample.tokens(1)),
                TokenKeeper.Step.save(Sample.tokens(1)), TokenKeeper.Action.send(Sample.tokens(1)),
                HTTPTokenServer(client: Sample.client, carrier: scene.world), scene.file,
                [Optional(Sample.access(1))],
            ]
            for value in values { #expect(!Sample.printed(value).contains(Sample.planted), "\(type(of: value))") }
            #expect(Secret("abc").redacting("1 abc 2 abc") == "1 … 2 …")
            #expect(Secret("").redacting("abc") == "abc")
        }
    }
}
