// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// A wish to stop that is heard everywhere: set once, by a signal or a test.
package final class StopSignal: Sendable {
    private struct State {
        var isStopped = false
        var waiters: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Whether somebody wants the run to stop.
    package var isStopped: Bool { state.withLock { $0.isStopped } }

    /// Asks the run to stop; a second call changes nothing.
    package func stop() {
        let waiters = state.withLock { state in
            state.isStopped = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.finish() }
    }

    /// Returns when the run should stop, or when the waiting task is cancelled.
    package func wait() async {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let isStopped = state.withLock { state in
            if !state.isStopped { state.waiters.append(continuation) }
            return state.isStopped
        }
        if isStopped { return }
        for await _ in stream {}
    }
}
