// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A thread for work that blocks, which neither the cooperative pool nor a shared queue may be kept waiting by.
final class OwnThread<Value: Sendable>: Sendable {
    /// What the body gave, once it has ended.
    private final class Result: Sendable {
        let value = Mutex<Value?>(nil)
        let isThere = Signal()
    }

    private let result = Result()

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - name: What tools that look at the process show.
    ///   - body: What the thread does.
    init(_ name: String, _ body: @escaping @Sendable () -> Value) {
        Thread.start(name) { [result] in
            let value = body()
            result.value.withLock { $0 = value }
            result.isThere.raiseForAll()
        }
    }

    /// Waits for the end of the thread and returns what it gave; the caller's thread is blocked until then.
    func join() -> Value { result.isThere.wait { result.value.withLock { $0 } } }
}

/// Runs `body` on a thread of its own, and waits for its end without blocking a thread.
///
/// - Parameter name: What tools that look at the process show.
package func onOwnThread<Value: Sendable>(_ name: String, _ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        Thread.start(name) { continuation.resume(returning: body()) }
    }
}

extension Thread {
    fileprivate static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.start()
    }
}
