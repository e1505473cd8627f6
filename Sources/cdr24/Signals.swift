// SPDX-License-Identifier: Apache-2.0

import Foundation
import Importing
import UnixSignals

/// What a SIGTERM or SIGINT does: the first lets requests in flight end, the second ends the process at once.
enum Signals {
    static func stopping<T: Sendable>(_ stop: StopSignal, _ body: @escaping @Sendable () async -> T) async -> T {
        signal(SIGPIPE, SIG_IGN)
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        return await withTaskGroup(of: T?.self) { group in
            group.addTask {
                for await _ in signals {
                    guard !stop.isStopped else {
                        // Every intent is durable: the next run settles what this one leaves behind.
                        StandardErrorLog.say("stopped at once")
                        exit(4)
                    }
                    StandardErrorLog.say("stopping: waiting for the answers that are under way")
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
