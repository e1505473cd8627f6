// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Phrases
import Reporting

/// How a command prints its report, for commands that can print it as JSON.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print the result as JSON.")
    var json = false

    /// Prints a report to standard output.
    ///
    /// - Parameter language: The language of the text; most commands have English alone.
    func print(_ report: some CommandReport, in language: Language = .english) {
        Swift.print(json ? report.json : report.text(in: language), terminator: "")
    }
}
