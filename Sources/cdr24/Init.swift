// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Importing
import Reporting

/// `cdr24 init`: a first configuration from a file.
struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Recognise the phone system that wrote a file, and write a configuration for it.",
        discussion: """
            The file's content decides, never its name. What was recognised, how sure that is and why is said on
            standard error; the configuration goes to standard output, or to --output.
            """)

    @Argument(help: "A CDR file, also *.gz, or - for standard input.")
    var file: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write the configuration to this file, which must not be there yet.", valueName: "file"))
    var output: String?

    func run() async throws {
        try await reporting {
            let configuration = try FirstLook(path: file).configuration()
            StandardErrorLog.say("\(file): \(configuration.finding)")
            for line in configuration.evidence { StandardErrorLog.say("  \(line)") }
            for line in configuration.warnings { StandardErrorLog.say("warning: \(line)") }
            guard let output else {
                print(configuration.yaml, terminator: "")
                return
            }
            try write(configuration.yaml, to: output)
            StandardErrorLog.say("wrote \(output)")
        }
    }

    /// Writes a new file, and never over another.
    private func write(_ text: String, to path: String) throws(ImportFault) {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
        } catch CocoaError.fileWriteFileExists {
            throw .input("\(path) is there already and is left as it is; name another file with --output")
        } catch {
            throw .input("\(path) cannot be written; check that its folder exists and that this user may write it")
        }
    }
}
