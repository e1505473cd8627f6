// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PortalSimulator

@Suite struct FaultTests {
    static func portal(_ fault: String, _ configure: (inout PortalOptions) -> Void = { _ in }) throws -> TestPortal {
        let scripted = try #require(FaultPlan.Scripted(text: fault))
        return try TestPortal { options in
            options.faults.scripted = [scripted]
            configure(&options)
        }
    }

    static let single: [(String, Int, PortalReply.Delivery, Bool)] = [
        ("drop-before@1", 0, .dropped, false), ("drop-after@1", 0, .dropped, true),
        ("error-after=500@1", 500, .whole, true),
        ("error-after=503@1", 503, .whole, true), ("html-after@1", 502, .whole, true),
        ("html-after=504@1", 504, .whole, true),
        ("garbage@1", 200, .whole, true), ("rate-limit@1", 503, .whole, false),
        ("operating-limit@1", 429, .whole, false),
        ("redirect@1", 302, .whole, false), ("expired-token@1", 401, .whole, false),
        ("unavailable@1", 502, .whole, false),
        ("dismiss=7@1", 400, .whole, false), ("kill=0@1", 200, .whole, true), ("restart@1", 0, .dropped, false),
        ("stall=5@1", 200, .whole, true), ("stall=60@1", 504, .whole, false), ("stall-after=5@1", 200, .whole, true),
        ("stall-after=90@1", 504, .whole, true),
    ]

    @Test(arguments: single)
    func oneRequestSuffersAndTheNextDoesNot(
        _ fault: String, _ status: Int, _ delivery: PortalReply.Delivery, _ isDone: Bool
    ) async throws {
        let test = try Self.portal(fault)
        let answer = await test.register()
        #expect(answer.status == status)
        #expect(answer.reply.delivery == delivery)
        #expect(await test.counter("registers") == (isDone ? 1 : 0))
        #expect(await test.counter("faults") == 1)
        #expect(await test.register(["USER_ID": 8]).status == 200)
    }

    @Test func aTruncatedReplyLosesItsSecondHalf() async throws {
        let answer = try await Self.portal("truncate@1").register()
        #expect(answer.reply.delivery == .truncated(answer.reply.body.count / 2))
        #expect(answer.status == 200)
    }

    @Test func textThatIsNoJSON() async throws {
        #expect(try await Self.portal("garbage@1").register().json == nil)
        let page = try await Self.portal("html-after=504@1").register()
        #expect(page.reply.headers["Content-Type"] == "text/html")
        #expect(page.text.contains("504 Gateway Time-out"))
    }

    @Test func aServerThatDiesInABatchKeepsWhatItHadDone() async throws {
        let test = try Self.portal("kill=3@1")
        let answer = await test.batch(RequestCapTests.pairs(10))
        #expect(answer.reply.delivery == .dropped)
        #expect(await test.counter("registers") == 2)
        #expect(await test.counter("finishes") == 1)
        #expect(await test.counter("overCap") == 0)
    }

    @Test func aUserDismissedBetweenRegisterAndFinish() async throws {
        let test = try Self.portal("dismiss=7@finish:1")
        let call = await test.register().result["CALL_ID"]
        #expect(await test.finish(call).description == "User is not found or is not active")
        #expect(await test.finish(call, ["USER_ID": 8]).status == 200)
    }

    @Test func faultsCanCountTheRequestsOfOneMethodOnly() async throws {
        let test = try Self.portal("drop-after@externalcall.finish:2")
        for _ in 0..<3 { await test.call("scope") }
        let one = await test.register().result["CALL_ID"]
        let two = await test.register().result["CALL_ID"]
        #expect(await test.finish(one).status == 200)
        let batch = await test.batch([
            "f": .string("telephony.externalCall.finish?USER_ID=7&CALL_ID=\(two.asText)")
        ])
        #expect(batch.reply.delivery == .dropped)
        #expect(await test.counter("finishes") == 2)
    }

    @Test func aRangeOfRequestsCanBeHit() async throws {
        let test = try Self.portal("rate-limit@2..4")
        var statuses: [Int] = []
        for _ in 0..<6 { statuses.append(await test.call("scope").status) }
        #expect(statuses == [200, 503, 503, 503, 200, 200])
    }

    @Test func chanceIsTheSameForTheSameSeed() async throws {
        func run(seed: UInt64) async throws -> [Int] {
            let test = try TestPortal {
                $0.faults.random = [.init(.rateLimit, rate: 0.2), .init(.unavailable, rate: 0.1)]
                $0.faults.seed = seed
            }
            var statuses: [Int] = []
            for _ in 0..<200 { statuses.append(await test.call("scope").status) }
            return statuses
        }
        let first = try await run(seed: 7)
        #expect(try await run(seed: 7) == first)
        #expect(try await run(seed: 8) != first)
        #expect((25...60).contains(first.count { $0 == 503 }))
        #expect((8...35).contains(first.count { $0 == 502 }))
    }

    @Test func aResetCountsAndThrowsTheDiceFromTheBeginning() async throws {
        let test = try TestPortal {
            $0.faults.scripted = [.init(.dropAfter, at: 1, method: "scope")]
            $0.faults.random = [.init(.unavailable, rate: 0.3)]
        }
        func statuses() async -> [Int] {
            var statuses: [Int] = []
            for _ in 0..<40 { statuses.append(await test.call("scope").status) }
            return statuses
        }
        let first = await statuses()
        #expect(first[0] == 0)
        await test.portal.reset()
        #expect(await statuses() == first)
    }

    @Test func statisticsStartToLag() async throws {
        let test = try Self.portal("statistics-delay=10@3")
        await test.wholeCall()
        #expect(await test.rows(.empty)["total"] == 0)
        test.advance(11)
        #expect(await test.rows(.empty)["total"] == 1)
    }

    @Test func anExpiredTokenStaysExpired() async throws {
        let test = try Self.portal("expired-token@1")
        let request = PortalRequest.json("/rest/scope", "{\"auth\":\"access-1\"}")
        #expect(await test.send(request).error == "expired_token")
        #expect(await test.send(request).error == "expired_token")
    }

    @Test func aHeldRequestWaitsForItsRelease() async throws {
        let test = try TestPortal(clock: MachineClock()) {
            $0.faults.scripted = [.init(.stall(seconds: nil), at: 1), .init(.stallAfter(seconds: nil), at: 2)]
        }
        async let before = test.register()
        while await test.audit["held"] != .list([1]) { await Task.yield() }
        #expect(await test.counter("registers") == 0)
        async let after = test.register(["USER_ID": 8])
        while await test.audit["held"] != .list([1, 2]) { await Task.yield() }
        #expect(await test.counter("registers") == 1)
        _ = await test.portal.control(#"{"release":1}"#)
        #expect(await before.status == 200)
        _ = await test.portal.control(#"{"releaseAll":true}"#)
        #expect(await after.status == 200)
        #expect(await test.counter("registers") == 2)
    }

    @Test func aRestartLosesRunningWorkAndKeepsTheData() async throws {
        let test = try TestPortal(clock: MachineClock()) {
            $0.costs["telephony.externalcall.finish"] = MethodCost(latency: 0.3, operating: 0)
        }
        let one = await test.wholeCall(["EXTERNAL_CALL_ID": "kept"])
        #expect(one.status == 200)
        let call = await test.register().result["CALL_ID"]
        async let lost = test.finish(call)
        while await test.audit["inFlight"] == 0 { await Task.yield() }
        _ = await test.portal.control(#"{"restart":true}"#)
        #expect(await lost.reply.delivery == .dropped)
        #expect(await test.counter("finishes") == 1)
        #expect(await test.finish(call).status == 200)
    }

    @Test(arguments: [
        "drop-after", "drop-after@0", "drop-after@x", "nonsense@1", "stall=x@1", "dismiss@1", "drop-after@5..3", "@1",
        "drop-before=3@1",
    ])
    func otherTextIsNoFault(_ text: String) {
        #expect(FaultPlan.Scripted(text: text) == nil)
    }

    @Test func everyKindInTheHelpCanBeRead() {
        for kind in Fault.kinds {
            let text = kind.replacing("[", with: "").replacing("]", with: "").split(separator: "=")
            let example = text.count > 1 ? "\(text[0])=5" : String(text[0])
            #expect(Fault(text: example) != nil, "\(kind)")
        }
    }
}
