// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CallRecords

/// `cdr24 formats`: the presets that a configuration can name or start from.
struct Formats: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the known phone systems, or show how one is read.",
        subcommands: [List.self, Show.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the known phone systems.")

        func run() throws {
            for name in FormatDefinition.presetNames { print(name) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a preset, in the language in which a configuration may change it.")

        @Argument(help: "The preset, for example asterisk.")
        var name: String

        func run() throws {
            guard let text = FormatDefinition.presetText(name) else {
                throw ValidationError(
                    "there is no preset \"\(name)\"; known: \(FormatDefinition.presetNames.joined(separator: ", "))")
            }
            print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
        }
    }
}
