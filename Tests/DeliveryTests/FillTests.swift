// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallLifecycle
import CallRecords
import Foundation
import Ledger
import PortalSimulator
import TestSupport
import Testing

@testable import Delivery

/// Sending what another integration has lost, and nothing else.
@Suite struct FillTests {
    /// Calls of an office, the other integration that saw them, and which of them it lost.
    private struct Office {
        var calls: [Call] = []
        var plan = NeighbourPlan()
        var lost: Set<String> = []

        /// - Parameter latest: When the last call begins at the latest, in seconds since 1970.
        init(seed: Int, latest: Int64) {
            var random = SeededRandom(seed)
            plan.skew = Double(random.below(177) - 88)
            plan.jitter = 2
            plan.delay = Double(random.below(3_600))
            let loss = random.below(31)
            var start = latest - 6 * 3_600
            while calls.count < 40 {
                start += Int64(30 + random.below(600))
                // A client who does not get through calls again and again.
                let number = "+7900\(1_000_000 + random.below(400))"
                let type: CallType = random.below(4) == 0 ? .outgoing : .incoming
                for _ in 0..<(random.below(4) == 0 ? 2 + random.below(4) : 1) {
                    let talk = random.below(3) == 0 ? 0 : Int64(1 + random.below(90))
                    calls.append(
                        .sample(
                            "pbx:\(calls.count)", type: type, start: min(start, latest), length: talk + 5,
                            number: number, talk: talk))
                    start += Int64(8 + random.below(25))
                }
            }
            for call in calls {
                guard random.below(100) >= loss else {
                    lost.insert(call.key)
                    continue
                }
                plan.calls.append(
                    NeighbourPlan.Call(
                        phone: random.below(2) == 0 ? call.phoneNumber : "8" + call.phoneNumber.dropFirst(2),
                        type: call.type.rawValue, start: Double(call.start.epochSeconds),
                        duration: Int(call.talk.components.seconds), user: 7, code: ""))
            }
        }
    }

    private static func settings(_ settings: inout DeliverySettings) {
        var neighbours = NeighbourSettings()
        neighbours.policy = .fill
        settings.neighbours = ["pbx": neighbours]
        settings.spelling = NumberSpelling(region: "RU")
    }

    /// What is wrong after two runs, the second one when all calls are old enough; `nil`: nothing.
    private static func fault(seed: Int, _ time: VirtualTime) async throws -> String? {
        let scene = try DeliveryScene(time)
        let office = Office(seed: seed, latest: time.wallSeconds - 600)
        try scene.store(office.calls.map { .sample($0) })
        await scene.portal.portal.play(office.plan)
        for _ in 0..<2 {
            let report = try await scene.deliverer { Self.settings(&$0) }.run()
            guard report.end == .finished else { return "\(report.end)" }
            time.advance(by: .seconds(3 * 3_600))
        }
        let rows = try await scene.rows()
        let ours = rows.filter { $0.key != nil }
        guard rows.count == office.calls.count else { return "\(rows.count) rows of \(office.calls.count) calls" }
        guard Set(ours.compactMap(\.key)) == office.lost else { return "sent others than those that were lost" }
        let ends = Dictionary(uniqueKeysWithValues: office.calls.map { ($0.key, $0.end.epochSeconds) })
        let early = ours.filter { $0.registeredAt < Double(ends[$0.key ?? ""] ?? .max) + 7_200 }
        guard early.isEmpty else { return "\(early.count) sent too early" }
        return try scene.ledger.deliverableCount() == 0 ? nil : "something is left"
    }

    /// A sample, or as many as were asked for: CDR24_EVERY_LOSS=1 runs a thousand.
    private static let seedsOfLot = ProcessInfo.processInfo.environment["CDR24_EVERY_LOSS"] == "1" ? 250 : 25

    @Test(.seeded, arguments: 0..<4)
    func `every lost call is sent once, late enough, and no other`(_ lot: Int) async throws {
        let faults = try await VirtualTime.run { time in
            var faults: [String] = []
            for seed in (lot * 250)..<(lot * 250 + Self.seedsOfLot) {
                if let fault = try await Self.fault(seed: seed, time) { faults.append("\(seed): \(fault)") }
            }
            return faults
        }
        #expect(faults.isEmpty)
    }

    /// An office whose calls are all old enough, half of them registered by others.
    private static func half(_ time: VirtualTime) -> (calls: [Call], plan: NeighbourPlan) {
        let calls = (0..<120).map { index in
            Call.sample(
                "pbx:\(index)", start: time.wallSeconds - 30_000 + Int64(index) * 40,
                number: "+7900\(1_000_000 + index / 3)", talk: Int64(index % 5) * 20)
        }
        var plan = NeighbourPlan()
        plan.skew = 25
        plan.calls = calls.enumerated().filter { $0.offset % 2 == 0 }.map { _, call in
            NeighbourPlan.Call(
                phone: call.phoneNumber, type: call.type.rawValue, start: Double(call.start.epochSeconds),
                duration: Int(call.talk.components.seconds), user: 3)
        }
        return (calls, plan)
    }

    @Test(arguments: 1...9)
    func `a lost reply, and a ledger that is lost after it, make no call double`(_ number: Int) async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, losses: [number: number % 2 == 0 ? .after : .late])
            let (calls, plan) = Self.half(time)
            try scene.store(calls.map { .sample($0) })
            await scene.portal.portal.play(plan)
            // The process ends with the request whose reply is lost, and the ledger is gone.
            scene.portal.change { $0.mostRequests = number }
            _ = try await scene.deliverer { Self.settings(&$0) }.run()
            let second = try DeliveryScene(after: scene)
            try second.store(calls.map { .sample($0) })
            for _ in 0..<3 {
                let until = time.now + .seconds(66)
                let report = try await second.deliverer { settings in
                    Self.settings(&settings)
                    settings.othersMayWorkUntil = until
                    settings.ledgerMayBeStale = true
                }.run()
                if report.end == .finished { break }
            }
            let rows = try await second.rows()
            #expect(rows.count == calls.count, "\(number)")
            #expect(
                Set(rows.compactMap(\.key)) == Set(calls.enumerated().filter { $0.offset % 2 == 1 }.map(\.element.key)))
        }
    }

    @Test func `a call without an employee is left to the integration that has it, and held otherwise`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            var (calls, plan) = Self.half(time)
            // Every third call names an extension that nobody has.
            calls = calls.enumerated().map { index, call in
                .sample(
                    call.key, start: call.start.epochSeconds, number: call.phoneNumber,
                    employee: index % 3 == 0 ? nil : "101", talk: call.talk.components.seconds)
            }
            plan.skew = -12
            try scene.store(calls.map { .sample($0) })
            await scene.portal.portal.play(plan)
            for run in 1...2 {
                let report = try await scene.deliverer { settings in
                    Self.settings(&settings)
                    settings.users.fallback = nil
                }.run()
                #expect(report.end == .finished)
                #expect(report.byOthers == (run == 1 ? 60 : 0) && report.delivered == (run == 1 ? 40 : 0))
                #expect(report.newlyHeld == (run == 1 ? ["noEmployee": 20] : [:]))
                for (index, call) in calls.enumerated() {
                    let expected: CallState =
                        index % 2 == 0 ? .deliveredByOthers : index % 3 == 0 ? .held : .delivered
                    #expect(try scene.state(of: call.key) == expected, "\(run): \(index)")
                }
            }
        }
    }

    @Test func `without the right to read the statistics nothing is filled`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time) { $0.statisticsRights = .none }
            try scene.store(Self.half(time).calls.map { .sample($0) })
            let report = try await scene.deliverer { Self.settings(&$0) }.run()
            guard case .misconfigured(let reason) = report.end else {
                Issue.record("\(report.end)")
                return
            }
            #expect(reason.contains("neighbours: ignore"))
            #expect(try await scene.rows().isEmpty)
        }
    }
}
