// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords
import Delivery
import Ledger
import PortalSimulator
import TestSupport
import Testing

/// Calls that the portal registered itself, whose records tell its CALL_ID.
@Suite struct DelivererAdoptionTests {
    private static func id(_ number: Int) -> String {
        "externalCall.0f3c9d1a5b7e4c2d8a6f0b1e2d3c4a\(10 + number).1795154400"
    }

    private static func call(_ number: Int, _ time: VirtualTime, id: String?) -> LedgerCall {
        var details = CallDetails.Values()
        details.portalCallID = id
        return .sample(
            Call.sample(
                "pbx:\(number)", type: .outgoing, start: time.wallSeconds - 7_200 + Int64(number) * 20,
                number: "+120255\(50_000 + number)", details: CallDetails(details)))
    }

    /// Has the portal register a call as a click on a number does.
    private func click(_ number: Int, _ scene: DeliveryScene) async throws {
        let order = """
            {"addCall": {"id": "\(Self.id(number))", "user": 1, "phone": "+120255\(50_000 + number)", "type": 1}}
            """
        let answer = await scene.portal.portal.control(order)
        #expect(answer.contains("true"), "\(answer)")
    }

    @Test func `it is finished once and never registered, beside calls that are`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            for number in 0..<8 { try await click(number, scene) }
            try scene.store((0..<20).map { Self.call($0, time, id: $0 < 8 ? Self.id($0) : nil) })
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished && reports.reduce(0) { $0 + $1.delivered } == 20)
            let audit = try await scene.portal.audit()
            #expect(audit.rows.count == 20 && audit.counter("registers") == 12)
            #expect(audit.rows.count { $0.key == nil } == 8)
            // That these rows have no key does not mean that the portal keeps none.
            #expect(try scene.ledger.fact(.keepsExternalCallIDs) == "yes")
        }
    }

    @Test func `one that is finished already is found, and an unknown one is held, whatever a retry asks for`()
        async throws
    {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            try await click(0, scene)
            try await scene.finishElsewhere(Self.call(0, time, id: nil).call, Self.id(0))
            try scene.store([Self.call(0, time, id: Self.id(0)), Self.call(1, time, id: Self.id(1))])
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.reduce(0) { $0 + $1.found } == 1)
            #expect(reports.reduce(0) { $0 + ($1.newlyHeld[HoldReason.portalCallUnknown.rawValue] ?? 0) } == 1)
            var call = try #require(try scene.ledger.trackedCall(key: "pbx:1"))
            #expect(call.decide(.retry) == .changed(.unsettled))
            try scene.ledger.save(progressOf: [call])
            _ = try await scene.deliverAll()
            #expect(try scene.state(of: "pbx:1") == .held)
            #expect(try await scene.portal.audit().counter("registers") == 0)
            #expect(try await scene.rows().count == 1)
        }
    }

    @Test(arguments: [Loss.before, .after, .halfWay, .late])
    func `a lost answer never leads to a second finish`(_ loss: Loss) async throws {
        try await VirtualTime.run { time in
            for request in 1...6 {
                let scene = try DeliveryScene(time, losses: [request: loss])
                for number in 0..<3 { try await click(number, scene) }
                try scene.store((0..<3).map { Self.call($0, time, id: Self.id($0)) })
                let (reports, _) = try await scene.deliverAll()
                #expect(reports.last?.end == .finished, "loss at \(request)")
                #expect(try await scene.rows().count == 3, "loss at \(request)")
            }
        }
    }

    @Test func `of two calls with one CALL_ID the second is held, also in a later run`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            try await click(0, scene)
            try scene.store([Self.call(0, time, id: Self.id(0)), Self.call(1, time, id: Self.id(0))])
            _ = try await scene.deliverAll()
            try scene.store([Self.call(2, time, id: Self.id(0))])
            _ = try await scene.deliverAll()
            #expect(try await scene.rows().count == 1)
            for key in ["pbx:1", "pbx:2"] {
                let call = try #require(try scene.ledger.trackedCall(key: key))
                #expect(call.progress.reason == HoldReason.sharedPortalCall.rawValue)
            }
        }
    }

    @Test func `a person may have it sent as a call of its own`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            try scene.store([Self.call(1, time, id: Self.id(1))])
            _ = try await scene.deliverAll()
            var call = try #require(try scene.ledger.trackedCall(key: "pbx:1"))
            #expect(call.decide(.sendAgain) == .changed(.pending))
            try scene.ledger.save(progressOf: [call])
            _ = try await scene.deliverAll()
            #expect(try await scene.rowsPerCall() == ["pbx:1": 1])
        }
    }
}
