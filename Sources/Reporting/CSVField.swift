// SPDX-License-Identifier: Apache-2.0

/// The fields of the CSV lists that people open with a spreadsheet.
enum CSVField {
    // Scalars, not characters: CR and LF together are one character, and so are a quote and an accent.
    private static let marks = Set(",\"\r\n".unicodeScalars)
    private static let formulaMarks = Set("=+-@\t\r".unicodeScalars)

    /// A field as RFC 4180 has it: in quotes where it has to be.
    static func quoted(_ field: String) -> String {
        guard field.unicodeScalars.contains(where: marks.contains) else { return field }
        var text = "\"".unicodeScalars
        for scalar in field.unicodeScalars {
            if scalar == "\"" { text.append(scalar) }
            text.append(scalar)
        }
        return String(text) + "\""
    }

    /// A text that others have chosen, with an apostrophe in front where a spreadsheet would execute it as a formula.
    static func inert(_ text: String) -> String {
        text.unicodeScalars.first.map(formulaMarks.contains) == true ? "'" + text : text
    }
}
