// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A state that threads share and wait for. It blocks: only threads of one's own may use it.
final class Monitor<State: Sendable>: Sendable {
    private let state: Mutex<State>
    private let changed = NSCondition()

    init(_ state: State) { self.state = Mutex(state) }

    /// Changes the state.
    func change<Result: Sendable>(_ body: (inout State) throws -> Result) rethrows -> Result {
        changed.lock()
        defer { changed.unlock() }
        defer { changed.broadcast() }
        return try state.withLock { try body(&$0) }
    }

    /// Changes the state as soon as it allows that.
    ///
    /// - Parameter body: Gives `nil`, and changes nothing, as long as there is something to wait for.
    func wait<Result: Sendable>(for body: (inout State) throws -> Result?) rethrows -> Result {
        changed.lock()
        defer { changed.unlock() }
        while true {
            if let result = try state.withLock({ try body(&$0) }) {
                changed.broadcast()
                return result
            }
            changed.wait()
        }
    }
}
