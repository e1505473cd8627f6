// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallRecords
import Ledger
import Testing
import VirtualTime

@testable import Importing

/// Ways in which a run could hang, hammer, hold too much or count wrongly.
@Suite struct DelivererReviewTests {
    private func call(
        _ number: Int, _ time: VirtualTime, state: CallState = .pending, before age: Int64 = 7_200,
        phone: String = "+12025550101", employee: String? = "101", callID: String? = nil
    ) -> LedgerCall {
        let start = CallTime(epochSeconds: time.wallSeconds - age)
        var call = LedgerCall(
            sourceID: 1,
            call: Call(
                key: "pbx:\(number)", type: .incoming, start: start, end: start, phoneNumber: phone,
                employeeExtension: employee, talk: .seconds(5), status: .success),
            state: state, legs: [1], fingerprints: [UInt64(number)], runID: 1, runLegs: 1)
        call.portalCallID = callID
        if callID != nil { call.registrations = 1 }
        return call
    }

    @Test(arguments: [CallState.registering, .registered])
    func `a call under way whose employee is no longer known is held`(_ state: CallState) async throws {
        try await VirtualTime.run { time in
            var scene = try DeliveryScene(time)
            scene.settings.users = UserSettings()
            try scene.store([
                call(1, time, state: state, employee: nil, callID: state == .registered ? "externalCall.old" : nil)
            ])
            let report = try await scene.deliverer().run()
            #expect(report.end == .finished && report.newlyHeld == ["noEmployee": 1])
            #expect(scene.portal.requests < 10)
            #expect(try scene.state(of: "pbx:1") == .held)
        }
    }

    @Test func `look-alikes of one employee under several extensions are sent one after the other`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, .init(keepsKeys: false))
            try scene.store([
                call(1, time, before: 900), call(2, time, before: 800, employee: nil),
                call(3, time, before: 700, employee: nil), call(4, time, before: 600),
            ])
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished, "\(reports)")
            #expect(scene.portal.rows.count == 4)
            #expect(Set(scene.portal.rows.map(\.start)).count == 4)
        }
    }

    @Test func `an earlier look-alike that came late does not block itself`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, .init(keepsKeys: false))
            try scene.ledger.remember([.keepsExternalCallIDs: "no"])
            try scene.store([
                call(1, time, before: 600), call(2, time, before: 700, employee: "102"), call(3, time, before: 800),
            ])
            // The first run got as far as the last call's register.
            _ = try await scene.deliverer { $0.maximumCalls = 0 }.run()
            var first = try #require(try scene.ledger.call(key: "pbx:1"))
            let registered = await Portal(transport: scene.portal, timeout: .seconds(75)).batch(
                [first.registerCommand(key: "r", employee: .user(1))])
            guard case .answered(let reply) = registered, case .succeeded(let answer)? = reply.outcomes["r"] else {
                Issue.record("\(registered)")
                return
            }
            first.state = .registered
            first.portalCallID = try RegisteredCall(answer.result).callID
            first.registrations = 1
            try scene.ledger.save([first])
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished, "\(reports)")
            #expect(Set(scene.portal.rows.map(\.start)).count == 3 && scene.portal.rows.count == 3)
        }
    }

    @Test(arguments: [StatisticQuery.method, RegisterCall.method, FinishCall.method], [0, 1])
    func `a method that is blocked for its operating time is left alone`(_ method: String, since start: Int)
        async throws
    {
        try await VirtualTime.run { time in
            let ban = time.now + .seconds(start)..<time.now + .seconds(300)
            let scene = try DeliveryScene(time, .init(blocked: [method: ban]))
            try scene.store(DeliveryScene.calls(60, time: time))
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished, "\(reports)")
            #expect(reports.allSatisfy { $0.warnings.isEmpty && $0.newlyHeld.isEmpty }, "\(reports)")
            #expect(scene.portal.requests < 40, "\(scene.portal.requests) requests")
            let rows = scene.rowsPerKey
            #expect(rows.count == 60 && rows.values.allSatisfy { $0 == 1 })
        }
    }

    @Test func `a portal that refuses every request for its operating time is not hammered`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, .init(batchBlockedUntil: time.now + .seconds(300)))
            try scene.store(DeliveryScene.calls(10, time: time))
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished, "\(reports)")
            #expect(scene.portal.requests < 15, "\(scene.portal.requests)")
        }
    }

    @Test func `a look-up that is too large for a slow portal is made in smaller lots`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, .init(perQuestion: .milliseconds(1_500)))
            try scene.store(DeliveryScene.calls(2_300, time: time))
            let report = try await scene.deliverer { $0.maximumCalls = 50 }.run()
            #expect(report.delivered == 50, "\(report)")
        }
    }

    @Test func `a budget that is nearly used up is waited for, not watched`() async throws {
        try await VirtualTime.run { time in
            var scene = try DeliveryScene(time, .init(perCommand: .milliseconds(1_400)))
            scene.settings.portal.operatingSeconds = 60
            try scene.store(DeliveryScene.calls(120, time: time))
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished)
            #expect(scene.rowsPerKey.values.allSatisfy { $0 == 1 })
            #expect(time.spins < 10, "\(time.spins)")
        }
    }

    @Test func `only a run that asked in vain counts towards giving up`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            var lost = call(1, time, state: .unsettled, callID: "externalCall.gone")
            lost.lostFinish = true
            lost.isNotFound = true
            try scene.store([lost])
            scene.portal.change { $0.refusals = [1: "NO_AUTH_FOUND"] }
            let refused = try await scene.deliverer().run()
            #expect(refused.end != .finished)
            #expect(try scene.ledger.call(key: "pbx:1")?.unsettledRuns == 0)
            scene.portal.change { $0.refusals = [:] }
            _ = try await scene.deliverer().run()
            #expect(try scene.ledger.call(key: "pbx:1")?.unsettledRuns == 1)
            #expect(try scene.state(of: "pbx:1") == .unsettled)
            let last = try await scene.deliverer().run()
            #expect(last.newlyHeld == ["probablyDelivered": 1])
        }
    }

    @Test func `without the right to read an unknown finish is held at once and blocks nobody`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, .init(losses: [3: .after], right: .none))
            try scene.store([call(1, time), call(2, time, before: 7_000), call(3, time, phone: "+12025550103")])
            let report = try await scene.deliverer().run()
            #expect(report.newlyHeld["unknownOutcome", default: 0] > 0, "\(report)")
            #expect(report.end == .finished)
            let (_, _) = try await scene.deliverAll()
            let rows = scene.rowsPerKey
            #expect(rows.count == 3 && rows.values.allSatisfy { $0 == 1 }, "\(rows)")
        }
    }

    @Test(arguments: [FakePortal.Loss.neverSent, .before, .after])
    func `max-calls counts calls and not attempts`(_ loss: FakePortal.Loss) async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, .init(losses: [3: loss, 7: loss, 8: loss]))
            try scene.store(DeliveryScene.calls(60, time: time))
            let report = try await scene.deliverer { $0.maximumCalls = 20 }.run()
            #expect(report.delivered == 20, "\(report)")
            #expect(report.end == .stopped("--max-calls is reached"))
            #expect(scene.portal.rows.count == 20)
        }
    }

    @Test func `another system's ids that contain our prefix do not make the ledger look behind`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            try scene.ledger.remember([.highestStatisticID: "1", .keepsExternalCallIDs: "yes"])
            scene.portal.addRow(key: "old-pbx:7")
            try scene.store(DeliveryScene.calls(5, time: time))
            let (reports, seconds) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished && seconds < 60, "\(seconds)")
        }
    }

    @Test func `a held call whose row shows is delivered, and the ledger is not behind for it`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            try scene.ledger.remember([.highestStatisticID: "1", .keepsExternalCallIDs: "yes"])
            var held = call(1, time, state: .held, callID: "externalCall.gone")
            held.reason = HoldReason.probablyDelivered.rawValue
            held.lostFinish = true
            try scene.store([held, call(2, time, before: 7_000)])
            scene.portal.addRow(key: "pbx:1")
            let (reports, seconds) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished && seconds < 60, "\(seconds)")
            #expect(try scene.state(of: "pbx:1") == .delivered)
        }
    }

    @Test func `an answer about another call stops delivery whatever else the reply says`() throws {
        let call = DeliveryScene.calls(1, time: VirtualTime())[0]
        var entries: [FinishBatch.Entry] = []
        for index in 0..<2 {
            var copy = call
            copy.call.key = "pbx:\(index)"
            copy.portalCallID = "externalCall.\(index)"
            entries.append(FinishBatch.Entry(call: copy, employee: .user(1), canSubstitute: false))
        }
        let reply = BatchReply(
            outcomes: [
                "f0": .succeeded(CommandReply(result: .object(["EXTERNAL_CALL_ID": .string("pbx:9")]))),
                "f1": .failed(PortalError(code: "OPERATION_TIME_LIMIT", text: "", status: 200)),
            ], elapsed: .seconds(1))
        let (events, verdict, _) = FinishBatch(entries).read(.answered(reply))
        #expect(events == [.finishRefused(.mismatch), .finishNotExecuted])
        guard case .nonsense = verdict else {
            Issue.record("\(verdict)")
            return
        }
    }
}
