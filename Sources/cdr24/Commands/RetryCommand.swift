// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser
import ExitCodes
import Reporting

/// `cdr24 retry`: held and refused calls go back to the state that is safe, and rejected records are read anew.
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Let the next import continue with held and refused calls, and read rejected records anew.",
        discussion: """
            Each call returns to the state from which it can safely continue. A call whose finish got no reply is looked \
            up at the portal first; it is never simply sent again. Rejected records are read anew by the rules of the \
            present configuration, unless keys are given. What was dismissed is left alone, unless its key is given.
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var output: OutputOptions

    @Argument(
        help: ArgumentHelp("Keys of the calls (default: all held and refused calls).", valueName: "key"),
        completion: Completions.keys)
    var keys: [String] = []

    func run() async throws {
        try await reporting {
            let report = try await Retry(try options.configuration()).run(keys: keys)
            for refusal in report.refusals { StandardErrorLog.say(refusal.text) }
            output.print(report)
            if !report.refusals.isEmpty { throw ExitCode(.needsAttention) }
        }
    }
}
