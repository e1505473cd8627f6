// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Importing

/// `cdr24 retry`: held and refused calls go back to the state that is safe.
struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Return held and refused calls to the state from which they can safely go on.",
        discussion: """
            The next import goes on with them. A call whose finish was left without an answer is asked for again and
            never simply repeated.
            """)

    @OptionGroup var options: LedgerOptions

    @Argument(help: ArgumentHelp("The keys of the calls; default: all held and refused calls.", valueName: "key"))
    var keys: [String] = []

    func run() async throws {
        try await reporting {
            let outcomes = try options.desk().decide(.retry, keys: keys)
            var changed = 0
            for (key, outcome) in outcomes {
                switch outcome {
                case .changed: changed += 1
                case .refused(let reason): StandardErrorLog.say("\(key) stays as it is: \(reason)")
                }
            }
            print("\(changed) of \(outcomes.count) calls go on with the next import")
            if changed < outcomes.count { throw ExitCode(3) }
        }
    }
}
