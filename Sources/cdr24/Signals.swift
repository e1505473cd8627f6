// SPDX-License-Identifier: Apache-2.0

import Clocks
import ExitCodes
import Foundation
import UnixSignals

/// What a SIGTERM or SIGINT does: the first lets requests in flight end, the second ends the process at once.
enum Signals {
    /// Runs `body`; signals raise `stop`.
    static func stopping<T: Sendable>(_ stop: StopSignal, _ body: @escaping @Sendable () async -> T) async -> T {
        signal(SIGPIPE, SIG_IGN)
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        return await withTaskGroup(of: T?.self) { group in
            group.addTask {
                for await _ in signals {
                    guard !stop.isStopped else {
                        // Every intent is durable: the next run settles what this one leaves behind.
                        StandardErrorLog.say("stopped at once; run the same command again to continue")
                        exit(Int32(ExitStatus.workLeft.rawValue))
                    }
                    StandardErrorLog.say(
                        "stopping: waiting for replies to requests in flight (send the signal again to stop at once)")
                    stop.stop()
                }
                return nil
            }
            group.addTask { await body() }
            while let result = await group.next() {
                if let result {
                    group.cancelAll()
                    return result
                }
            }
            preconditionFailure("the body returns a value")
        }
    }
}
