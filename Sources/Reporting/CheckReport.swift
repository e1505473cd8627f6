// SPDX-License-Identifier: Apache-2.0

package import ExitCodes

/// The findings of `cdr24 check`, in the order in which they were made.
package struct CheckReport: CommandReport {
    /// How much a finding matters.
    package enum Severity: String, Encodable, Sendable {
        /// All is well.
        case fine = "ok"
        /// An import would work, but a person should look.
        case warning
        /// An import would stop.
        case failure = "error"
    }

    /// One finding.
    package struct Finding: Encodable, Sendable {
        /// How much it matters.
        package let severity: Severity
        /// What was checked: the portal, the ledger, a source or a file.
        package let subject: String
        /// What was found and, unless all is well, what to do; without a full stop.
        package let message: String
        /// The exit code with which `check` answers for this; 0 where all is well.
        package let exitCode: Int

        fileprivate let status: ExitStatus

        fileprivate init(_ severity: Severity, _ subject: String, _ message: String, _ status: ExitStatus) {
            self.severity = severity
            self.subject = HarmlessText.masked(HarmlessText.printable(subject))
            self.message = HarmlessText.masked(HarmlessText.printable(message))
            self.status = status
            exitCode = status.rawValue
        }

        private enum CodingKeys: String, CodingKey {
            case severity, subject, message, exitCode
        }
    }

    /// The name and version of this form of report.
    package let schema = "cdr24.check/1"
    /// What was found so far.
    package private(set) var findings: [Finding] = []

    /// A report without findings.
    package init() {}

    /// Notes that something is as it should be.
    package mutating func fine(_ subject: String, _ message: String) {
        findings.append(Finding(.fine, subject, message, .success))
    }

    /// Notes something that an import would bear, but that a person should look at.
    package mutating func warn(_ subject: String, _ message: String) {
        findings.append(Finding(.warning, subject, message, .needsAttention))
    }

    /// Notes something that a person should read, and that changes nothing about how an import would end.
    package mutating func note(_ subject: String, _ message: String) {
        findings.append(Finding(.warning, subject, message, .success))
    }

    /// Notes something at which an import would stop.
    ///
    /// - Parameter exitStatus: What the import would end with.
    package mutating func fail(_ subject: String, _ message: String, exitStatus: ExitStatus) {
        findings.append(Finding(.failure, subject, message, exitStatus))
    }

    /// Notes a fault with which an import would end.
    package mutating func fail(_ subject: String, _ fault: ImportFault) {
        fail(subject, "\(fault)", exitStatus: fault.exitStatus)
    }

    /// What `check` ends with: the first that applies of the findings' statuses.
    package var exitStatus: ExitStatus { .first(of: findings.map(\.status)) }

    /// One line for each finding, then a line that sums up; ends with a line break.
    package var text: String {
        var text = ""
        for finding in findings {
            let mark = finding.severity.rawValue.padded(to: 8)
            text += "\(mark)\(finding.subject): \(finding.message)\n"
        }
        let failures = findings.count { $0.severity == .failure }
        let warnings = findings.count { $0.severity == .warning }
        if failures == 0, warnings == 0 { return text + "no problems found\n" }
        return text + "\(counted(failures, "error")), \(counted(warnings, "warning"))\n"
    }

    private enum CodingKeys: String, CodingKey {
        case schema, findings
    }
}
