// SPDX-License-Identifier: Apache-2.0

/// What was looked at before a run, one finding a line.
package struct CheckReport: Encodable, Sendable {
    package enum Severity: String, Encodable, Sendable {
        case fine = "ok"
        /// A run would work, but something should be looked at.
        case warning
        /// A run would stop.
        case failure = "error"
    }

    package struct Finding: Encodable, Sendable {
        package var severity: Severity
        /// What was looked at: configuration, a file, the ledger, the portal.
        package var subject: String
        /// What was found and, unless all is well, what to do.
        package var message: String
        /// The exit code that a run would end with for this; 0 where it would go on.
        package var exitCode: Int

        package init(_ severity: Severity, _ subject: String, _ message: String, exitCode: Int) {
            self.severity = severity
            self.subject = subject
            self.message = message
            self.exitCode = exitCode
        }
    }

    package private(set) var findings: [Finding] = []

    package init() {}

    package mutating func fine(_ subject: String, _ message: String) {
        findings.append(Finding(.fine, subject, message, exitCode: 0))
    }

    package mutating func warn(_ subject: String, _ message: String) {
        findings.append(Finding(.warning, subject, message, exitCode: 3))
    }

    package mutating func fail(_ subject: String, _ message: String, exitCode: Int) {
        findings.append(Finding(.failure, subject, message, exitCode: exitCode))
    }

    /// The first that applies of 78, 74, 69 and 3; else 0.
    package var exitCode: Int {
        let codes = Set(findings.map(\.exitCode))
        return [64, 78, 75, 74, 69, 3].first { codes.contains($0) } ?? 0
    }

    /// One line a finding, and a last one that sums up.
    package var text: String {
        var text = ""
        for finding in findings {
            let mark = finding.severity.rawValue.padding(to: 8)
            let message = finding.message.split(whereSeparator: \.isNewline).joined(separator: " ")
            text += "\(mark)\(finding.subject): \(message)\n"
        }
        let failures = findings.count { $0.severity == .failure }
        let warnings = findings.count { $0.severity == .warning }
        if failures == 0, warnings == 0 { return text + "nothing stands against a run\n" }
        return text + "\(failures) errors, \(warnings) warnings\n"
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
