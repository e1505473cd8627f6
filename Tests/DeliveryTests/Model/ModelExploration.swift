// SPDX-License-Identifier: Apache-2.0

/// Visits every state that a scene can come to, the nearest first.
struct ModelExploration {
    struct Result {
        var states: Int
        /// The shortest way to a state that must not be; `nil` when there is none.
        var trace: [String]?
        /// Events that could not follow from the state of their call.
        var impossible: [String] = []
    }

    private struct Visit {
        var world: ModelWorld
        var before: Int
        var step: ModelStep?
    }

    private let steps: ModelSteps

    private let isSymmetric: Bool
    private let beginning: ModelWorld

    init(_ scene: ModelScene) {
        var world = ModelWorld()
        world.crashesLeft = scene.crashes
        world.faultsLeft = scene.faults
        beginning = world
        steps = ModelSteps(scene)
        isSymmetric = scene.keepsKeys
    }

    /// The same for two worlds that differ only in which call is which.
    private func key(_ world: ModelWorld) -> String {
        isSymmetric ? min(world.key, world.mirrored.key) : world.key
    }

    func run() -> Result {
        var visits = [Visit(world: beginning, before: -1, step: nil)]
        var seen: Set<String> = [key(beginning)]
        var next = 0
        while next < visits.count {
            let world = visits[next].world
            let possible = steps.steps(world)
            if let fault = fault(world, isAtRest: possible.allSatisfy(\.isAccident)) {
                return Result(states: seen.count, trace: trace(to: next, visits) + [fault])
            }
            for step in possible {
                let follower = steps.take(step, world)
                if seen.insert(key(follower)).inserted {
                    visits.append(Visit(world: follower, before: next, step: step))
                }
            }
            next += 1
        }
        return Result(states: seen.count, trace: nil, impossible: steps.machine.impossible)
    }

    private func fault(_ world: ModelWorld, isAtRest: Bool) -> String? {
        if let call = world.doubled { return "call \(call) is there twice" }
        guard isAtRest else { return nil }
        if let call = world.lost { return "call \(call) is lost: \(world.ledger[Int(call)])" }
        if let call = world.stuck { return "call \(call) is forgotten: \(world.ledger[Int(call)])" }
        return nil
    }

    private func trace(to last: Int, _ visits: [Visit]) -> [String] {
        var lines: [String] = []
        var index = last
        while index > 0 {
            if let step = visits[index].step { lines.append("\(step)") }
            index = visits[index].before
        }
        return lines.reversed()
    }
}
