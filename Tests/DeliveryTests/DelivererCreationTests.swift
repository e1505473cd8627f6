// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallLifecycle
import CallRecords
import Delivery
import Ledger
import PortalSimulator
import TestSupport
import Testing

/// With CRM_CREATE on a second register could create a second lead.
@Suite(.seeded) struct DelivererCreationTests {
    /// 24 calls of 8 numbers that the CRM does not know, of three employees.
    private static func calls(_ time: VirtualTime) -> [LedgerCall] {
        (0..<24).map { index in
            .sample(
                Call.sample(
                    "pbx:\(index)", start: time.wallSeconds - 7_200 + Int64(index) * 20,
                    number: "+120255\(50_000 + index % 8)", employee: "\(101 + index % 3)", talk: 30))
        }
    }

    private func scene(_ time: VirtualTime, losses: [Int: Loss] = [:], simple: Bool = false) throws -> DeliveryScene {
        var scene = try DeliveryScene(time, losses: losses, batch: 8) { options in
            options.crmMode = simple ? .simple : .classic
        }
        scene.settings.crm.all.creates = true
        scene.settings.crm.all.source = "WEB"
        return scene
    }

    @Test(arguments: [false, true])
    func `each unknown number gets one lead, or one contact with a deal`(_ simple: Bool) async throws {
        try await VirtualTime.run { time in
            let scene = try scene(time, simple: simple)
            try scene.store(Self.calls(time))
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished && reports.reduce(0) { $0 + $1.delivered } == 24)
            let audit = try await scene.portal.audit()
            #expect(audit.entities.count { $0.type == (simple ? "CONTACT" : "LEAD") } == 8)
            #expect(audit.entities.count { $0.type == "DEAL" } == (simple ? 8 : 0))
            #expect(reports.reduce(0) { $0 + $1.cards.created } == 8 && reports[0].cards.withoutCard == 0)
        }
    }

    @Test func `without CRM_CREATE nothing is created, and calls without a card are counted`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, batch: 8)
            try scene.store(Self.calls(time))
            let (reports, _) = try await scene.deliverAll()
            #expect(try await scene.portal.audit().entities.isEmpty)
            #expect(reports.reduce(0) { $0 + $1.cards.withoutCard } == 24)
        }
    }

    /// Runs until a run finishes; each begins when what the one before has sent is surely over, as an import sees to.
    private func runToEnd(_ scene: DeliveryScene) async throws {
        for _ in 0..<6 {
            if try await scene.deliverer().run().end == .finished { return }
            scene.time.advance(by: .seconds(70))
        }
    }

    /// Delivers with some losses until the importer has nothing left to do, then decides as a person would.
    ///
    /// - Returns: How many replies were lost.
    @discardableResult
    private func deliver(_ time: VirtualTime, losses: [Int: Loss]) async throws -> Int {
        let scene = try scene(time, losses: losses)
        try scene.store(Self.calls(time))
        try await runToEnd(scene)
        let held = try scene.ledger.trackedCalls(in: .held, limit: 100)
        let first = try await scene.portal.audit()
        #expect(first.rows.count + held.count == 24, "losses \(losses): a call is neither there nor held")
        #expect(held.allSatisfy { $0.progress.reason == HoldReason.unknownRegister.rawValue }, "losses \(losses)")
        // Nothing lets a retry send them again; a person who has looked at the CRM may.
        var decided: [TrackedCall] = []
        for var call in held {
            if case .changed = call.decide(.retry) { Issue.record("\(call.key) was retried") }
            #expect(call.decide(.sendAgain) == .changed(.pending))
            decided.append(call)
        }
        try scene.ledger.save(progressOf: decided)
        time.advance(by: .seconds(90))
        let later = try DeliveryScene(after: scene, batch: 8, ledger: scene.ledger)
        try await runToEnd(later.creating)
        let audit = try await later.portal.audit()
        #expect(audit.rowsPerCall.count == 24 && audit.rowsPerCall.values.allSatisfy { $0 == 1 }, "losses \(losses)")
        let leads = audit.entities.filter { $0.type == "LEAD" }.flatMap(\.phones)
        #expect(leads.count == Set(leads).count && leads.count == 8, "losses \(losses): \(leads.sorted())")
        return losses.count { $0.key <= scene.portal.requests && $0.value != .before }
    }

    @Test func `a thousand lost replies create no second lead and lose no call`() async throws {
        try await VirtualTime.run { time in
            var random = SeededRandom()
            var lost = 0
            while lost < 1_000 {
                var losses: [Int: Loss] = [:]
                for request in 2...60 where random.below(2) == 0 {
                    losses[request] = [.after, .after, .halfWay, .late, .before][random.below(5)]
                }
                lost += try await deliver(time, losses: losses)
            }
        }
    }

    @Test func `a number whose register may still be at work gets no other one`() async throws {
        try await VirtualTime.run { time in
            // The preflight and the look-up come first, then the first register.
            for request in 2...6 { try await deliver(time, losses: [request: .late]) }
        }
    }

    @Test func `a register that may have created a lead is held after a crash`() async throws {
        try await VirtualTime.run { time in
            let scene = try scene(time)
            var call = try scene.store(Array(Self.calls(time).prefix(1)))[0]
            _ = try call.apply(.creatingRegisterBegins, now: time.wallSeconds)
            try scene.ledger.save([call])
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.newlyHeld == [HoldReason.unknownRegister.rawValue: 1])
            #expect(try await scene.portal.audit().counter("registers") == 0)
        }
    }
}

extension DeliveryScene {
    /// The same scene with CRM_CREATE on.
    fileprivate var creating: DeliveryScene {
        var scene = self
        scene.settings.crm.all.creates = true
        return scene
    }
}
