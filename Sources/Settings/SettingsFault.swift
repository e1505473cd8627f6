// SPDX-License-Identifier: Apache-2.0

/// A place in a settings file, as an editor counts it.
package struct SettingsPlace: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// The name of the file as the user gave it, or a word in angle brackets for text that is not from a file.
    package var file: String
    /// The line, from 1.
    package var line: Int
    /// The column in characters, from 1.
    package var column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file):\(line):\(column)" }
}

/// What is wrong with a settings file, and where.
///
/// The message never repeats a value that could be a secret: only keys, expected forms and numbers are quoted.
package struct SettingsFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where the reader stopped.
    package var place: SettingsPlace
    /// What was expected and what was found, as one sentence without a full stop.
    package var message: String
    /// What the user can do about it, if anything more can be said.
    package var hint: String?

    package init(place: SettingsPlace, message: String, hint: String? = nil) {
        self.place = place
        self.message = message
        self.hint = hint
    }

    package var description: String {
        "\(place): \(message)" + (hint.map { "; \($0)" } ?? "")
    }
}
