// SPDX-License-Identifier: Apache-2.0

/// What is counted, in the forms that go with numbers.
package struct Noun: Sendable, Hashable {
    /// The form that goes with 1, in English; it finds the entry of a catalogue.
    package let singular: String
    /// The form that goes with other numbers, in English.
    package let plural: String
    /// How the noun is used where that changes its form in other languages, such as `of`; empty for the usual form.
    package let context: String

    /// A noun of the catalogues; written as a literal, since a test compares the source text with them.
    package init(_ singular: String, _ plural: String, context: String = "") {
        self.singular = singular
        self.plural = plural
        self.context = context
    }

    /// A number with the noun: `1 call`, `1,234 calls`.
    package func text(_ count: Int, in language: Language) -> String {
        let forms = language.catalogue?.forms(of: self) ?? [singular, plural]
        let form =
            language.catalogue?.forms(of: self) == nil
            ? Language.english.pluralForm(of: count) : language.pluralForm(of: count)
        return "\(language.number(count))\(language == .russian ? "\u{A0}" : " ")\(forms[min(form, forms.count - 1)])"
    }
}

extension Noun {
    /// A call.
    package static let call = Noun("call", "calls")
    /// A call, in "a delivery of 3 calls".
    package static let ofCall = Noun("call", "calls", context: "of")
    /// A record of a file.
    package static let record = Noun("record", "records")
    /// A record of a file, in "none of 3 records".
    package static let ofRecord = Noun("record", "records", context: "of")
    /// A file.
    package static let file = Noun("file", "files")
    /// A byte.
    package static let byte = Noun("byte", "bytes")
    /// A second.
    package static let second = Noun("second", "seconds")
    /// A request to the portal.
    package static let request = Noun("request", "requests")
    /// A command to the portal.
    package static let command = Noun("command", "commands")
    /// A call that waits for a person.
    package static let heldCall = Noun("held call", "held calls")
    /// A call that the portal refused for good.
    package static let refusedCall = Noun("refused call", "refused calls")
    /// A record that cannot become a call.
    package static let rejectedRecord = Noun("rejected record", "rejected records")
    /// A sign that calls are missing, such as an empty file.
    package static let fileProblem = Noun("problem with files", "problems with files")
    /// Something that a person should read.
    package static let warning = Noun("warning", "warnings")
    /// A call that this run delivered, in "completed; 3 calls delivered".
    package static let deliveredCall = Noun("call delivered", "calls delivered")
}
