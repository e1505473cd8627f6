// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser
import CallReport
import ExitCodes
import Foundation
import Importing
import Reporting

/// `cdr24 report`: the HTML page, made from the ledger alone.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract:
            "Write the report as HTML or JSON: calls, missed calls that nobody called back, coverage, what needs attention.",
        discussion: "The page needs no network. Clients' numbers are masked unless you ask for them.")

    @OptionGroup var options: CommonOptions

    @Option(help: ArgumentHelp("First day of the report (default: the first call).", valueName: "yyyy-mm-dd"))
    var since: String?

    @Option(help: ArgumentHelp("File to write (default: standard output).", valueName: "file"))
    var output: String?

    @Flag(help: "Show clients' numbers.")
    var showNumbers = false

    @Flag(help: "Write the figures as JSON instead of the page.")
    var json = false

    func validate() throws {
        if let since, LocalDay(text: since) == nil {
            throw ValidationError("--since: \"\(since)\" is not a day; write it as 2026-11-01")
        }
    }

    func run() async throws {
        try await reporting {
            let configuration = try options.configuration()
            if let output { try OwnFiles(configuration).refuse(outputs: [("--output", output)]) }
            let reader = ReportReader(
                configuration, language: CommonOptions.language(of: configuration),
                showsNumbers: showNumbers ? true : nil)
            let page = try reader.page(since: since.flatMap { LocalDay(text: $0) })
            let text = json ? page.figures?.json ?? "" : page.html
            guard let output else { return print(text, terminator: "") }
            do {
                try Data(text.utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
            } catch {
                throw ImportFault.input("cannot write \(output): \(error.localizedDescription)")
            }
        }
    }
}
