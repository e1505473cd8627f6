// SPDX-License-Identifier: Apache-2.0

package import Clocks
import Foundation
import Synchronization

/// A world with a clock of its own: it runs tasks one after the other on one thread, and when all of them sleep its
/// clock jumps to the next one that wakes.
package final class VirtualTime: TaskExecutor {
    private struct Sleeper {
        var until: Duration
        var number: Int
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var jobs: [UnownedJob] = []
        var now: Duration = .seconds(1_000)
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
        var number = 0
        var isOver = false
        var spins = 0
    }

    /// The wall clock when the monotonic clock stands at zero.
    package static let origin = 1_790_000_000.0

    private let state = Mutex(State())
    private let work = DispatchSemaphore(value: 0)

    /// A world whose clock stands until ``run(_:)`` lets it go.
    package init() {}

    /// The monotonic clock.
    package var now: Duration { state.withLock { $0.now } }
    /// Whole seconds since 1970 by the wall clock.
    package var wallSeconds: Int64 { Int64(Self.origin + now.inSeconds) }
    /// How often somebody went to sleep without letting time pass.
    package var spins: Int { state.withLock { $0.spins } }

    /// This world's clocks, as an import takes them.
    package var source: TimeSource {
        TimeSource(
            monotonic: { self.now }, wall: { Self.origin + self.now.inSeconds },
            sleep: { try await self.sleep(until: $0) })
    }

    /// Runs `body` in this world.
    package static func run<T: Sendable>(_ body: @Sendable (VirtualTime) async throws -> T) async throws -> T {
        let time = VirtualTime()
        let thread = Thread { time.loop() }
        thread.stackSize = 8 << 20
        thread.start()
        defer { time.end() }
        return try await withTaskExecutorPreference(time) { try await body(time) }
    }

    /// Takes a job of a task that runs in this world.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        work.signal()
    }

    /// Moves the clock on by hand.
    package func advance(by duration: Duration) {
        state.withLock { $0.now += duration }
    }

    /// Returns when the clock has reached a moment; throws when the task is cancelled or the world has ended.
    package func sleep(until moment: Duration) async throws {
        let number = state.withLock { state in
            state.number += 1
            if moment <= state.now {
                state.spins += 1
                // A busy loop would never end where time stands still.
                if state.spins % 1_000 == 0 { state.now += .seconds(1) }
            }
            return state.number
        }
        if state.withLock({ $0.isOver }) { throw CancellationError() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isDue = state.withLock { state in
                    if state.isOver || state.cancelled.contains(number) || moment <= state.now { return true }
                    state.sleepers.append(Sleeper(until: moment, number: number, continuation: continuation))
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.cancelled.insert(number)
                let index = state.sleepers.firstIndex { $0.number == number }
                return index.map { state.sleepers.remove(at: $0) }
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    private func loop() {
        while true {
            let (job, isOver) = state.withLock { state in
                (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isOver)
            }
            if let job {
                job.runSynchronously(on: asUnownedTaskExecutor())
            } else if isOver {
                if !wakeAll() { return }
            } else if !wakeNext() {
                work.wait()
            }
        }
    }

    /// Moves the clock to the next sleeper, the earliest and among equals the first.
    private func wakeNext() -> Bool {
        let sleeper = state.withLock { state -> Sleeper? in
            let next = state.sleepers.indices.min {
                (state.sleepers[$0].until, state.sleepers[$0].number)
                    < (state.sleepers[$1].until, state.sleepers[$1].number)
            }
            guard let next else { return nil }
            state.now = max(state.now, state.sleepers[next].until)
            return state.sleepers.remove(at: next)
        }
        sleeper?.continuation.resume()
        return sleeper != nil
    }

    /// Cancels whatever still sleeps when the world ends, so that nothing waits for ever.
    private func wakeAll() -> Bool {
        let sleepers = state.withLock { state in
            defer { state.sleepers = [] }
            return state.sleepers
        }
        for sleeper in sleepers { sleeper.continuation.resume(throwing: CancellationError()) }
        return !sleepers.isEmpty
    }

    private func end() {
        state.withLock { $0.isOver = true }
        work.signal()
    }
}
