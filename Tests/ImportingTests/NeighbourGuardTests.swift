// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import ExitCodes
import Foundation
import PortalSimulator
import Reporting
import TestSupport
import Testing

@testable import Importing

/// A first delivery where another integration registers the same calls.
@Suite struct NeighbourGuardTests {
    /// The calls of ``ImportScene/record(_:age:id:)`` as another integration registers them.
    private static func plan(
        _ numbers: some Sequence<Int>, _ scene: ImportScene, age: Int = 7_200, user: Int = 7
    ) -> NeighbourPlan {
        var plan = NeighbourPlan()
        plan.calls = numbers.map { number in
            NeighbourPlan.Call(
                phone: "8900\(1_000_000 + number)", type: 2, start: Double(Int(scene.time.wallSeconds) - age),
                duration: 30, user: user, code: "200")
        }
        return plan
    }

    @Test func `a portal that has the calls from another application gets none of them`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.records(1...500))
            var plan = Self.plan(1...500, scene)
            plan.jitter = 20
            await scene.portal.portal.play(plan)
            let result = try await scene.run()
            expect(result, read: 500, delivered: 0, exitCode: 78)
            #expect(try await scene.rowCount() == 500)
            // One request: clock and rights, and the question about 200 calls with them.
            #expect(scene.portal.commands.count == 1 && result.summary.portal.requests == 1)
            let neighbour = try #require(result.summary.neighbours?.first)
            #expect(neighbour.source == "pbx" && neighbour.checked == 200 && neighbour.found == 200)
            #expect(neighbour.writers == #""Live connector""# && neighbour.examples.count == 3)
            #expect(
                neighbour.examples.allSatisfy {
                    $0.number.hasPrefix("+79•••••••") && $0.application == plan.applicationName
                })
            let text = result.summary.text
            #expect(text.split(separator: "\n").count <= 24 && text.contains("neighbours: fill"), "\(text)")
            #expect(result.complaint?.contains("another integration") == true)
            // Said once more by the next run; nothing was remembered as checked.
            expect(try await scene.run(), read: 0, delivered: 0, exitCode: 78)
        }
    }

    @Test(arguments: [3_600, -40])
    func `a neighbour whose clock is wrong is found`(_ skew: Double) async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write((1...40).map { scene.record($0, age: 7_200 + $0 * 300) }.joined())
            var plan = NeighbourPlan()
            plan.calls = (1...40).flatMap { Self.plan([$0], scene, age: 7_200 + $0 * 300).calls }
            plan.skew = skew
            plan.jitter = 2
            plan.loss = 0.3
            plan.applicationID = ""
            plan.applicationName = ""
            await scene.portal.portal.play(plan)
            let result = try await scene.run()
            expect(result, read: 40, delivered: 0, exitCode: 78)
            let neighbour = try #require(result.summary.neighbours?.first)
            #expect(neighbour.writers == "a webhook")
            #expect(neighbour.offsetSeconds.map { ($0 - Int64(skew)).magnitude <= 2 } == true)
            // A person has decided.
            expect(try await scene.run { $0.neighbours.policy = .ignore }, read: 0, delivered: 40)
        }
    }

    @Test func `a source that shares nothing with the other integration is not stopped`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.records(1...60))
            // Three of a hundred calls may be entered by hand, or be accidents.
            await scene.portal.portal.play(Self.plan(Array(1_000...1_400) + [7], scene))
            expect(try await scene.run(), read: 60, delivered: 60)
            try scene.append(scene.records(61...70))
            await scene.portal.portal.play(Self.plan(61...70, scene))
            // Once checked, a source is not checked again.
            expect(try await scene.run(), read: 10, delivered: 10)
        }
    }

    @Test func `of two sources the one with a neighbour stops the run, and is named`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.records(1...20), to: "a.csv")
            try scene.write(scene.records(101...120), to: "b.csv")
            await scene.portal.portal.play(Self.plan(101...120, scene))
            func twoSources(_ configuration: inout ImportConfiguration) {
                configuration.sources[0].keyPrefix = "a"
                configuration.sources[1].keyPrefix = "b"
            }
            let stopped = try await scene.run(["a.csv", "b.csv"], sources: 2) { twoSources(&$0) }
            expect(stopped, read: 40, delivered: 0, exitCode: 78)
            #expect(stopped.summary.neighbours?.map(\.source) == ["b"])
            let decided = try await scene.run(["a.csv", "b.csv"], sources: 2) {
                twoSources(&$0)
                $0.sources[1].neighbours = .fill
                $0.sources[1].fillAfter = .seconds(3_600)
            }
            #expect(decided.summary.run.exitCode == 0, "\(decided.complaint ?? "")")
            #expect(decided.summary.calls.delivered == 20 && decided.summary.calls.deliveredByOthers == 20)
            #expect(try await scene.rowCount() == 40)
        }
    }

    @Test func `a source that is left out after the stop sends nothing, also what the ledger has of it`() async throws {
        try await VirtualTime.run { time in
            let (scene, twoSources) = try await Self.stoppedScene(time)
            for _ in 0..<2 {
                let result = try await scene.run(["a.csv", "b.csv"], sources: 2) {
                    twoSources(&$0)
                    $0.sources.removeLast()
                }
                #expect(result.summary.run.exitCode == 0 && result.summary.warnings.isEmpty, "\(result.summary.text)")
                #expect(result.summary.calls.leftOut == 20 && result.summary.calls.pending == 0)
                #expect(result.summary.calls.oldestPendingAt == nil)
            }
            #expect(try await scene.rowCount() == 40)
            // It may come back, with a decision.
            let back = try await scene.run(["a.csv", "b.csv"], sources: 2) {
                twoSources(&$0)
                $0.sources[1].neighbours = .fill
                $0.sources[1].fillAfter = .seconds(3_600)
            }
            #expect(back.summary.calls.deliveredByOthers == 20 && back.summary.calls.leftOut == 0)
            #expect(try await scene.rowCount() == 40)
        }
    }

    @Test(arguments: [NeighbourPolicy.stop, .fill, .ignore])
    func `a run that reads another source keeps to the rules of all`(_ policy: NeighbourPolicy) async throws {
        try await VirtualTime.run { time in
            let (scene, twoSources) = try await Self.stoppedScene(time)
            let result = try await scene.run(["a.csv", "b.csv"], sources: 2) {
                twoSources(&$0)
                $0.sources[1].neighbours = policy
                $0.sources[1].fillAfter = .seconds(3_600)
                // As --source does.
                $0.otherSources = [$0.sources.removeLast()]
            }
            #expect(result.summary.run.exitCode == 0, "\(result.summary.text)")
            #expect(result.summary.calls.delivered == (policy == .ignore ? 40 : 20))
            #expect(result.summary.calls.deliveredByOthers == (policy == .fill ? 20 : 0))
            #expect(result.summary.calls.leftOut == (policy == .stop ? 20 : 0))
        }
    }

    @Test func `a source that is gone from the configuration with calls left is an alarm`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.records(1...20))
            #expect(try await scene.run(maximumCalls: 15).status == .workLeft)
            try scene.write("", to: "other.csv")
            let gone = try await scene.run(["other.csv"]) { $0.sources[0].keyPrefix = "other" }
            #expect(gone.status == .needsAttention, "\(gone.summary.text)")
            #expect(gone.summary.calls.leftOut == 5 && gone.summary.calls.oldestPendingAt != nil)
            #expect(gone.summary.text.contains("5 calls of the source pbx not sent"))
            #expect(try await scene.rowCount() == 15)
            expect(try await scene.run(), read: 0, delivered: 5)
        }
    }

    /// Two sources, the second one with a live integration, after the run that was stopped by it.
    private static func stoppedScene(
        _ time: VirtualTime
    ) async throws -> (scene: ImportScene, twoSources: (inout ImportConfiguration) -> Void) {
        let scene = try ImportScene(time)
        try scene.write(scene.records(1...20), to: "a.csv")
        try scene.write(scene.records(101...120), to: "b.csv")
        await scene.portal.portal.play(plan(101...120, scene))
        let twoSources = { (configuration: inout ImportConfiguration) in
            configuration.sources[0].keyPrefix = "a"
            configuration.sources[1].keyPrefix = "b"
        }
        let stopped = try await scene.run(["a.csv", "b.csv"], sources: 2) { twoSources(&$0) }
        expect(stopped, read: 40, delivered: 0, exitCode: 78)
        return (scene, twoSources)
    }

    @Test func `the guard costs an ordinary first run no request, and later runs nothing`() async throws {
        try await VirtualTime.run { time in
            func commands(_ policy: NeighbourPolicy) async throws -> [[Int]] {
                let scene = try ImportScene(time)
                var runs: [[Int]] = []
                try scene.write("")
                for night in 0..<2 {
                    try scene.append(scene.records((night * 210 + 1)...(night * 30 + 210)))
                    let before = scene.portal.commands.count
                    let result = try await scene.run { $0.neighbours.policy = policy }
                    expect(result, read: night == 0 ? 210 : 30, delivered: night == 0 ? 210 : 30)
                    runs.append(Array(scene.portal.commands.dropFirst(before)))
                }
                return runs
            }
            let guarded = try await commands(.stop)
            let unguarded = try await commands(.ignore)
            #expect(guarded.map(\.count) == unguarded.map(\.count), "\(guarded) \(unguarded)")
            // Twenty runs of ten calls, and one question who we are.
            #expect(guarded[0][0] == unguarded[0][0] + 21)
            #expect(guarded[1] == unguarded[1])
        }
    }
}
