// SPDX-License-Identifier: Apache-2.0

package import CDRConfiguration
package import ExitCodes
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
    /// How the run ended, in a few words.
    package var outcome: String
    /// The summary as text; without secrets and clients' numbers.
    package var text: String
    /// The summary as JSON.
    package var json: String

    /// A note; see the properties.
    package init(exitCode: Int, isGood: Bool, portal: String?, outcome: String, text: String, json: String) {
        self.exitCode = exitCode
        self.isGood = isGood
        self.portal = portal
        self.outcome = outcome
        self.text = text
        self.json = json
    }

    /// What is told about a run that ended so.
    ///
    /// - Parameters:
    ///   - status: What the program ends with: another one than the run's own where a file could not be written.
    ///   - language: The language of the text.
    package init(_ result: ImportRun.Result, endingWith status: ExitStatus, in language: Language) {
        var summary = result.summary
        summary.run.exitCode = status.rawValue
        // A run that failed before it read anything has nothing to sum up.
        let hasBegun = result.complaint == nil || !summary.files.isEmpty
        let headline = "cdr24 import: \(summary.run.outcome)\n"
        let text = [result.complaint.map { $0 + "\n\n" }, hasBegun ? summary.text(in: language) : headline].compactMap(
            \.self)
        self.init(
            exitCode: status.rawValue, isGood: result.isGood && status == result.status, portal: summary.run.portal,
            outcome: HarmlessText.printable(summary.run.outcome), text: HarmlessText.masked(text.joined()),
            json: summary.json)
    }

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
