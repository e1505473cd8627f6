// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Reporting

/// How a command prints its report, for commands that can print it as JSON.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print the report as JSON.")
    var json = false

    /// Prints a report to standard output.
    func print(_ report: some CommandReport) {
        Swift.print(json ? report.json : report.text, terminator: "")
    }
}
