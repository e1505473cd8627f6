// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// What can be understood of an import's command line that is wrong.
struct MistypedImport {
    /// What follows `--config`; `nil` without it.
    let config: String?

    /// - Returns: `nil` if the words are those of another command, or of a dry run, of which nobody is told.
    init?(_ words: [String]) {
        let others =
            CDR24.configuration.subcommands.compactMap { $0.configuration.commandName }
            .filter { $0 != ImportCommand.configuration.commandName } + ["help"]
        guard words.first.map({ !others.contains($0) }) ?? true, !words.contains("--dry-run") else { return nil }
        var config: String?
        for (index, word) in words.enumerated() {
            if word == "--config", index + 1 < words.count { config = words[index + 1] }
            if word.hasPrefix("--config=") { config = String(word.dropFirst("--config=".count)) }
        }
        self.config = config
    }
}
