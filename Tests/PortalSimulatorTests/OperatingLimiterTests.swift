// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PortalSimulator

@Suite struct OperatingLimiterTests {
    /// A portal where `scope` costs 60 operating seconds of a limit of 420 and no waiting.
    static func portal(_ mode: PortalOptions.OperatingMode, scale: Double = 1) throws -> TestPortal {
        try TestPortal {
            $0.operatingMode = mode
            $0.timeScale = scale
            $0.costs["scope"] = MethodCost(latency: 0, operating: 60)
            $0.costs["profile"] = MethodCost(latency: 0, operating: 0.08)
        }
    }

    @Test func theCallThatCrossesTheLimitIsTheLast() async throws {
        let test = try Self.portal(.a)
        var totals: [PortalValue] = []
        for _ in 0..<8 { totals.append(await test.call("scope")["time"]["operating"]) }
        #expect(totals == [60, 120, 180, 240, 300, 360, 420, 480].map { .double($0) })
        let refused = await test.call("scope")
        #expect(refused.refusal == "429 OPERATION_TIME_LIMIT Method is blocked due to operation time limit.")
        #expect(refused["time"] == .null)
        // Other methods and other credentials have budgets of their own.
        #expect(await test.call("profile").status == 200)
        #expect(await test.send(.json("/rest/2/secret/scope", "{}")).status == 200)
        #expect(await test.counter("operatingLimited") == 1)
    }

    @Test func modeAResumesAsBucketsLeaveTheWindow() async throws {
        let test = try Self.portal(.a)
        for _ in 0..<4 { await test.call("scope") }
        test.advance(60)
        for _ in 0..<4 { await test.call("scope") }
        #expect(await test.call("scope").status == 429)
        test.advance(539)
        // The first bucket has left: half of the budget is free again.
        let resumed = await test.call("scope")
        #expect(resumed["time"]["operating"] == .double(300))
        #expect(resumed["time"]["operating_reset_at"] == .int(1_772_868_030 + 60 + 600))
    }

    @Test func modeBBansForThreeHundredSecondsFromTheFirstRefusal() async throws {
        let test = try Self.portal(.b)
        for _ in 0..<8 { await test.call("scope") }
        test.advance(30)
        #expect(await test.call("scope").status == 429)
        test.advance(299)
        #expect(await test.call("scope").status == 429)
        test.advance(1.1)
        let resumed = await test.call("scope")
        #expect(resumed.status == 200)
        #expect(resumed["time"]["operating"] == .double(60))
    }

    @Test func modeBChargesTheBatchHalfAndRefusesItWhole() async throws {
        let methods = ["scope", "profile", "server.time", "methods", "app.info", "user.current"]
        let test = try TestPortal { options in
            options.operatingMode = .b
            for method in methods { options.costs[method] = MethodCost(latency: 0, operating: 60) }
        }
        let commands = PortalValue.list(methods.map(PortalValue.string))
        var answers: [Answer] = []
        for _ in 0..<4 { answers.append(await test.batch(commands)) }
        #expect(answers.map(\.status) == [200, 200, 200, 429])
        #expect(answers.map { $0["time"]["operating"].asInt } == [180, 360, 540, 0])
        #expect(answers[2].result["result"].count == 6)
        // The methods themselves have used 180 of 420 each.
        #expect(await test.call("scope").status == 200)
    }

    @Test func modeADoesNotChargeTheBatch() async throws {
        let answer = try await Self.portal(.a).batch(["a": "scope", "b": "scope"])
        #expect(answer["time"]["operating"] == 0)
        #expect(answer.result["result_time"]["a"]["operating"] == .double(60))
        #expect(answer.result["result_time"]["b"]["operating"] == .double(120))
    }

    @Test func theRestOfABatchIsRefusedCommandByCommand() async throws {
        var commands = PortalMap()
        for index in 0..<10 { commands["c\(index)"] = "scope" }
        commands["other"] = "profile"
        let answer = try await Self.portal(.a).batch(.map(commands))
        #expect(answer.status == 200)
        #expect(answer.result["result"].names == (0..<8).map { "c\($0)" } + ["other"])
        #expect(answer.result["result_error"]["c9"]["error"] == "OPERATION_TIME_LIMIT")
    }

    @Test func batchesOfAllWebhooksShareABudgetApartFromPlainCalls() async throws {
        let test = try Self.portal(.a)
        for _ in 0..<8 { _ = await test.batch(["a": "scope"]) }
        #expect(await test.batch(["a": "scope"]).result["result_error"]["a"]["error"] == "OPERATION_TIME_LIMIT")
        let other = await test.send(.json("/rest/2/secret/batch", "{\"cmd\":{\"a\":\"scope\"}}"))
        #expect(other.result["result_error"]["a"]["error"] == "OPERATION_TIME_LIMIT")
        #expect(await test.call("scope").status == 200)
        // An application has one budget for both.
        for _ in 0..<8 {
            _ = await test.send(.json("/rest/batch", "{\"auth\":\"access-1\",\"cmd\":{\"a\":\"scope\"}}"))
        }
        #expect(await test.send(.json("/rest/scope", "{\"auth\":\"access-1\"}")).status == 429)
    }

    @Test func shortCallsShowNothingAndAreChargedAtTheEnd() async throws {
        let test = try Self.portal(.a)
        var commands = PortalMap()
        for index in 0..<50 { commands["c\(index)"] = "profile" }
        let answer = await test.batch(.map(commands))
        #expect(answer.result["result_time"]["c49"]["operating"] == 0)
        let next = await test.batch(["a": "profile"])
        #expect(next.result["result_time"]["a"]["operating"] == .double(4))
        // Alone, 0.08 s is below what is charged at all.
        await test.call("profile")
        #expect(await test.call("profile")["time"]["operating"] == 0)
    }

    @Test func failuresAloneCostNothingAndInABatchMakeTheNextDearer() async throws {
        let test = try TestPortal {
            $0.operatingMode = .a
            $0.costs["telephony.externalcall.searchcrmentities"] = MethodCost(latency: 0, operating: 10)
        }
        let method = "telephony.externalCall.searchCrmEntities"
        #expect(await test.call(method).status == 400)
        #expect(await test.call(method, ["PHONE_NUMBER": "1"])["time"]["operating"] == .double(10))
        let answer = await test.batch([
            "bad": .string(method), "good": .string("\(method)?PHONE_NUMBER=1"),
            "more": .string("\(method)?PHONE_NUMBER=1"),
        ])
        #expect(answer.result["result_time"]["good"]["operating"] == .double(20))
        #expect(answer.result["result_time"]["more"]["operating"] == .double(40))
    }

    @Test func everythingShrinksInOneRatio() async throws {
        let test = try Self.portal(.b, scale: 100)
        #expect(await test.call("scope")["time"]["operating"] == .double(0.6))
        for _ in 0..<7 { await test.call("scope") }
        #expect(await test.call("scope").status == 429)
        test.advance(2.9)
        #expect(await test.call("scope").status == 429)
        test.advance(0.11)
        #expect(await test.call("scope").status == 200)
    }

    @Test func aRequestIsChargedToTheMinuteInWhichItBegan() async throws {
        let test = try TestPortal {
            $0.operatingMode = .a
            $0.requestCap = 0
            $0.costs["scope"] = MethodCost(latency: 120, operating: 60)
        }
        let answer = await test.call("scope")
        #expect(answer["time"]["operating_reset_at"] == .int(1_772_868_030 + 600))
    }

    @Test func withoutALimiterUseIsStillShown() async throws {
        let test = try Self.portal(.off)
        for _ in 0..<20 { await test.call("scope") }
        #expect(await test.call("scope")["time"]["operating"] == .double(1260))
    }
}

@Suite struct RequestCapTests {
    static func pairs(_ count: Int) -> PortalValue {
        var commands = PortalMap()
        for index in 0..<count {
            commands["r\(index)"] = .string(
                BatchTests.register.replacing("EXTERNAL_CALL_ID=x1", with: "EXTERNAL_CALL_ID=x\(index)"))
            commands["f\(index)"] = .string(
                "telephony.externalCall.finish?CALL_ID=$result[r\(index)][CALL_ID]&USER_ID=7&DURATION=5")
        }
        return .map(commands)
    }

    @Test(arguments: [(PortalOptions.CapReply.html, 504), (.empty, 502), (.reset, 0)])
    func aBatchIsCutAtSixtySecondsAndKeepsWhatItHasDone(_ reply: PortalOptions.CapReply, _ status: Int) async throws {
        let test = try TestPortal {
            $0.costs = CostPreset.documented.table
            $0.capReply = reply
        }
        let before = test.clock.now()
        let answer = await test.batch(Self.pairs(25))
        #expect(abs(test.clock.now() - before - 60) < 0.001)
        #expect(answer.status == status)
        // 60 s hold 17 pairs of 3.42 s and the beginning of one more.
        #expect(await test.counter("finishes") == 17)
        #expect(await test.counter("registers") == 18)
        #expect(await test.counter("overCap") == 1)
        #expect(await test.audit["checks"]["orphans"] == 1)
    }

    @Test func withinTheCapEverythingIsDone() async throws {
        let test = try TestPortal { $0.costs = CostPreset.documented.table }
        let answer = await test.batch(Self.pairs(10))
        #expect(answer.result["result"].count == 20)
        #expect(abs(answer["time"]["duration"].asDouble - 34.2) < 0.001)
        #expect(abs(answer.result["result_time"]["f9"]["operating"].asDouble - 14.1) < 0.001)
    }

    @Test func aFinishCutInItsMiddleLeavesTheActivityOnly() async throws {
        let test = try TestPortal {
            $0.costs["telephony.externalcall.finish"] = MethodCost(latency: 100, operating: 1)
        }
        _ = await test.portal.control(#"{"addEntity":{"type":"CONTACT","id":5,"phones":["+12025550101"]}}"#)
        let call = await test.register().result["CALL_ID"]
        #expect(await test.finish(call).status == 504)
        #expect(await test.counter("activities") == 1)
        #expect(await test.counter("finishes") == 0)
        #expect(await test.audit["checks"]["activitiesWithoutRow"] == 1)
        #expect(await test.audit["liveCalls"].count == 1)
    }

    @Test func aFinishCutAtItsEndLeavesRowAndLiveCall() async throws {
        let test = try TestPortal {
            $0.costs["telephony.externalcall.finish"] = MethodCost(latency: 70, operating: 1)
        }
        let call = await test.register().result["CALL_ID"]
        #expect(await test.finish(call).status == 504)
        #expect(await test.audit["checks"]["finishedButLive"] == 1)
        #expect(await test.finish(call).status == 504)
        #expect(await test.audit["checks"]["finishedTwiceByCallID"] == .list([call]))
    }
}
