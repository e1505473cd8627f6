// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser
import CallRecords
import Foundation
import Importing
import Reporting

/// What the shell offers where a value is typed. Nothing is offered where something goes wrong: the command itself says
/// what.
enum Completions {
    /// The names of formats.
    static let formats = CompletionKind.list(FormatDefinition.presetNames)

    /// The keys of the calls that need attention, from the ledger of the command line.
    static let keys = CompletionKind.custom { words, _, _ in
        var options = CommonOptions()
        options.config = value(of: "--config", in: words)
        options.ledger = value(of: "--ledger", in: words)
        options.webhookUrl = nil
        // A shell has no place for messages.
        let list = try? FailureListing(try options.ledgerAccess()).list(limit: 500)
        return list?.calls.map(\.key) ?? []
    }

    private static func value(of option: String, in words: [String]) -> String? {
        guard let index = words.firstIndex(of: option), index + 1 < words.count else { return nil }
        return words[index + 1]
    }
}
