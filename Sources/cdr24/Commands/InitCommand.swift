// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser
import ExitCodes
import Foundation
import Reporting

/// `cdr24 init`: a first configuration from a file.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Detect the phone system that wrote a file, and create a configuration for it.",
        discussion: """
            The content of the file decides, not its name. The configuration is written to standard output, or to the file \
            given with --output; the detected phone system, the confidence and the evidence are written to standard error.
            """)

    @Argument(
        help: "CDR file, which may be compressed (*.gz), or - for standard input.", completion: .file())
    var file: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write the configuration to this file, which must not exist.", valueName: "file"),
        completion: .file())
    var output: String?

    @OptionGroup var options: CommonOptions
    @OptionGroup var form: OutputOptions

    func run() async throws {
        try await reporting {
            let configuration = try ConfigurationGenerator(path: file).configuration()
            StandardErrorLog.say("\(file): \(configuration.finding)")
            for line in configuration.evidence { StandardErrorLog.say("  \(line)") }
            for line in configuration.warnings { StandardErrorLog.say("warning: \(line)") }
            if let output {
                try write(configuration.yaml, to: output)
                StandardErrorLog.say("created \(output)")
            }
            if output == nil || form.json { form.print(InitReport(configuration, file: file, output: output)) }
        }
    }

    /// Writes a new file, and never over another.
    private func write(_ text: String, to path: String) throws(ImportFault) {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
        } catch CocoaError.fileWriteFileExists {
            throw .input("\(path) already exists and is not overwritten; choose another file with --output")
        } catch {
            throw .input("cannot write \(path); check that its folder exists and is writable")
        }
    }
}
