// SPDX-License-Identifier: Apache-2.0

package import CDRConfiguration
import ExitCodes
package import Importing
package import Phrases
import Reporting

/// What is told about a run.
package struct RunNote: Sendable, Equatable {
    /// The exit code.
    package var exitCode: Int
    /// Whether nobody has to do anything.
    package var isGood: Bool
    /// The host of the portal; `nil` where it is not known.
    package var portal: String?
    /// How the run ended, in one line: the verdict of the summary.
    package var outcome: String
    /// The summary as text; without secrets and clients' numbers.
    package var text: String
    /// ``text`` in languages of readers of their own; a language that is not there is read in that of ``text``.
    package var translations: [Language: String]
    /// The summary as JSON.
    package var json: String

    /// A note; see the properties.
    package init(
        exitCode: Int, isGood: Bool, portal: String?, outcome: String, text: String,
        translations: [Language: String] = [:], json: String
    ) {
        self.exitCode = exitCode
        self.isGood = isGood
        self.portal = portal
        self.outcome = outcome
        self.text = text
        self.translations = translations
        self.json = json
    }

    /// What is told about a run that ended so.
    ///
    /// - Parameter language: The language of the outcome and the text.
    package init(_ result: ImportRun.Result, in language: Language) {
        let summary = result.summary
        self.init(
            exitCode: result.status.rawValue, isGood: result.isGood, portal: summary.run.portal,
            outcome: HarmlessText.masked(HarmlessText.printable(summary.verdictMessage.text(in: language))),
            text: HarmlessText.masked(summary.text(in: language)),
            translations: Dictionary(
                uniqueKeysWithValues: Language.allCases.map { ($0, HarmlessText.masked(summary.text(in: $0))) }),
            json: summary.json)
    }

    /// The summary as text for a reader of a language; `nil`: in the language of the note.
    func text(in language: Language?) -> String { language.flatMap { translations[$0] } ?? text }

    /// Whether a note like this one is wanted.
    ///
    /// - Parameter former: The exit code of the run before; `nil` where it is not known.
    package func isWanted(on occasions: Set<NotifySettings.Occasion>, after former: Int?) -> Bool {
        occasions.contains { occasion in
            switch occasion {
            case .failure: !isGood
            case .success: isGood
            case .change: former.map { $0 != exitCode } ?? !isGood
            }
        }
    }
}
