// SPDX-License-Identifier: Apache-2.0

/// What `cdr24 init` found out about a file, with the configuration that it made.
package struct InitReport: CommandReport, Equatable {
    /// The name and version of this form of report.
    package let schema = "cdr24.init/1"
    /// The file, as it was named.
    package let file: String
    /// The format's name, as `format:` takes it.
    package let format: String
    /// The phone system that writes the format, for people.
    package let title: String
    /// How sure the format is, from 0 to 1.
    package let confidence: Double
    /// What speaks for the format and what was seen, one sentence each without a full stop.
    package let evidence: [String]
    /// What a person should look at before anything else.
    package let warnings: [String]
    /// The configuration as YAML.
    package let configuration: String
    /// The file that the configuration was written to; `nil` where it was not.
    package let output: String?

    /// The report about a file.
    package init(_ configuration: StarterConfiguration, file: String, output: String?) {
        self.file = file
        format = configuration.formatName
        title = configuration.formatTitle
        confidence = configuration.confidence
        evidence = configuration.evidence
        warnings = configuration.warnings
        self.configuration = configuration.yaml
        self.output = output
    }

    /// The configuration.
    package var text: String { configuration }
}
