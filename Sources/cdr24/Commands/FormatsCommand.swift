// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CallRecords
import Reporting

/// `cdr24 formats`: the presets that a configuration can name or start from.
struct FormatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "formats",
        abstract: "List the supported phone systems, or print how one is read.",
        subcommands: [List.self, Show.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the supported phone systems.")

        @OptionGroup var options: CommonOptions
        @OptionGroup var output: OutputOptions

        func run() throws { output.print(FormatListReport(FormatDefinition.presetNames)) }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a format in the language in which a configuration can change it.")

        @Argument(help: "Name of the format, for example asterisk.", completion: Completions.formats)
        var name: String

        @OptionGroup var options: CommonOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            guard let text = FormatDefinition.presetText(name) else {
                throw ValidationError(
                    "unknown format \"\(name)\"; known: \(FormatDefinition.presetNames.joined(separator: ", "))")
            }
            output.print(FormatReport(name: name, definition: text))
        }
    }
}
