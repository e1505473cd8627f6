// SPDX-License-Identifier: Apache-2.0

/// The formats that a configuration can name, for `cdr24 formats`.
package struct FormatListReport: CommandReport, Equatable {
    /// The name and version of this form of report.
    package let schema = "cdr24.formats/1"
    /// The names, in alphabetical order.
    package let formats: [String]

    /// A list of names.
    package init(_ formats: [String]) { self.formats = formats }

    /// One name a line; ends with a line break.
    package var text: String { formats.map { $0 + "\n" }.joined() }
}

/// One format, for `cdr24 formats show`.
package struct FormatReport: CommandReport, Equatable {
    /// The name and version of this form of report.
    package let schema = "cdr24.format/1"
    /// The format's name.
    package let name: String
    /// The format in the mapping language, YAML.
    package let definition: String

    /// A format.
    package init(name: String, definition: String) {
        self.name = name
        self.definition = definition
    }

    /// The format in the mapping language; ends with a line break.
    package var text: String { definition.hasSuffix("\n") ? definition : definition + "\n" }
}
