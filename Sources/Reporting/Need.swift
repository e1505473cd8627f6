// SPDX-License-Identifier: Apache-2.0

package import Phrases

/// Something that needs a person: what it is, how much of it there is, whom it concerns, and what deals with it.
package struct Need: Sendable, Equatable, Codable {
    /// What kind of thing needs a person.
    package enum Kind: String, Sendable, Codable {
        /// The run failed.
        case failed
        /// The run stopped with work left.
        case stopped
        /// Calls are probably missing: a file is empty or cut, or a source is silent.
        case files
        /// Calls are held.
        case held
        /// The portal refused calls for good.
        case refused
        /// Records cannot become calls.
        case rejected
    }

    /// What kind of thing it is.
    package var kind: Kind
    /// Why, as a stable camel-case word; missing where the kind has no reasons.
    package var reason: String?
    /// How many calls or records; 1 for the other kinds.
    package var count = 1
    /// What happened: a clause without a full stop.
    package var cause: Phrase
    /// Extension, line or file -> calls or records; missing where the cause is not about such.
    package var names: [String: Int]?
    /// The one command or change that deals with it; missing where the cause says so itself.
    package var remedy: Phrase?

    /// Something that needs a person; see the properties.
    package init(
        _ kind: Kind, reason: String? = nil, count: Int = 1, cause: Phrase, names: [String: Int]? = nil,
        remedy: Phrase? = nil
    ) {
        self.kind = kind
        self.reason = reason
        self.count = count
        self.cause = cause
        self.names = names?.isEmpty == false ? names : nil
        self.remedy = remedy
    }

    /// The most names that a line lists.
    private static let mostNames = 3

    /// What happened, with its count and whom it concerns, on one line.
    package var line: Phrase {
        var line = cause
        if let noun { line = Phrase("\(count, noun) (\(reason ?? "")): \(cause)") }
        guard let names else { return line }
        return Phrase("\(line): \(Phrase.listed(names, kind == .rejected ? .record : .call, limit: Self.mostNames))")
    }

    private var noun: Noun? {
        switch kind {
        case .held: .heldCall
        case .refused: .refusedCall
        case .rejected: .rejectedRecord
        case .failed, .stopped, .files: nil
        }
    }
}

extension Need {
    /// Records that cannot become calls.
    ///
    /// - Parameter files: Path -> records.
    package static func rejected(_ reason: String, count: Int, files: [String: Int]) -> Need {
        let (cause, remedy) = rejection(reason)
        return Need(.rejected, reason: reason, count: count, cause: cause, names: files, remedy: remedy)
    }

    /// Calls that the portal refused for good.
    package static func refused(_ reason: String, count: Int) -> Need {
        Need(
            .refused, reason: reason, count: count, cause: Phrase("the portal refused them for good"),
            remedy: Phrase("see the portal's words with: cdr24 failures; correct the cause, then run: cdr24 retry"))
    }

    /// What the reason of a rejection means, and what a person can do.
    private static func rejection(_ reason: String) -> (cause: Phrase, remedy: Phrase) {
        let byHand = Phrase("correct the records: cdr24 failures --csv")
        switch reason {
        case "badNumber":
            return (
                Phrase("the client's number cannot be dialled"),
                Phrase("correct numbers: and run: cdr24 retry, or correct the records: cdr24 failures --csv")
            )
        case "badDate": return (Phrase("the date cannot be read"), byHand)
        case "badDuration": return (Phrase("the duration cannot be read"), byHand)
        case "brokenRecord": return (Phrase("the row is broken"), byHand)
        case "missingKey": return (Phrase("the record has no ID of the call"), byHand)
        case "tooFewColumns", "tooManyColumns":
            return (
                Phrase("the row has another number of columns than the format"),
                Phrase("correct format: and run: cdr24 retry, or correct the records: cdr24 failures --csv")
            )
        case "noHeader", "missingColumn":
            return (
                Phrase("the header of the file lacks a column of the format"),
                Phrase("export the file again with that column, or correct format: and run: cdr24 retry")
            )
        default:
            return (Phrase("the record cannot become a call"), Phrase("see why, and correct it: cdr24 failures"))
        }
    }
}
