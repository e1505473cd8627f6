// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Wakes threads that wait for something to become true. It blocks: only threads of one's own may wait.
///
/// Whoever makes it true does so first and raises the signal then. A thread that has just looked is asleep by that time,
/// because raising takes the lock under which it looks; so no signal is lost.
final class Signal: Sendable {
    private let condition = NSCondition()

    /// Waits until `look` gives something.
    ///
    /// - Parameter look: Gives `nil` as long as there is something to wait for.
    func wait<Result>(until look: () throws -> Result?) rethrows -> Result {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let result = try look() { return result }
            condition.wait()
        }
    }

    /// Wakes one of the threads that wait.
    func raise() {
        condition.lock()
        defer { condition.unlock() }
        condition.signal()
    }

    /// Wakes all threads that wait.
    func raiseForAll() {
        condition.lock()
        defer { condition.unlock() }
        condition.broadcast()
    }
}
