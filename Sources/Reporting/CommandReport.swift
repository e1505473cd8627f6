// SPDX-License-Identifier: Apache-2.0

import Foundation
package import Phrases

/// What a command has to say to programs, as JSON.
package protocol JSONReport: Encodable, Sendable {}

/// What a command has to say, as text for people and as JSON for programs.
package protocol CommandReport: JSONReport {
    /// The report for people in English; ends with a line break.
    var text: String { get }
    /// The report for people in a language; ends with a line break.
    func text(in language: Language) -> String
}

extension CommandReport {
    /// The report in English: most reports are for one who works on the machine, where logs are English too.
    package func text(in language: Language) -> String { text }
}

extension JSONReport {
    /// The report as one JSON object with sorted keys; ends with a line break.
    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // The only values that JSON cannot express.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        } catch {
            preconditionFailure("a report consists of texts and numbers, which can always be encoded: \(error)")
        }
    }
}
