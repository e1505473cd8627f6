// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A thread for work that blocks, which neither the cooperative pool nor a shared queue may be kept waiting by.
final class OwnThread<Value: Sendable>: Sendable {
    private let result = Monitor<Value?>(nil)

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - name: What tools that look at the process show.
    ///   - body: What the thread does.
    init(_ name: String, _ body: @escaping @Sendable () -> Value) {
        Thread.start(name) { [result] in
            let value = body()
            result.change { $0 = value }
        }
    }

    /// Waits for the end of the thread and returns what it gave; the caller's thread is blocked until then.
    func join() -> Value { result.wait { $0 } }
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
