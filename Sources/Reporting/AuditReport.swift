// SPDX-License-Identifier: Apache-2.0

/// What the phone system recorded and what the portal holds, side by side, for `cdr24 audit`.
package struct AuditReport: CommandReport, Equatable {
    /// In what a call and its row differ.
    package enum Kind: String, Sendable, Encodable, CaseIterable {
        /// The portal has no row for the call.
        case missing
        /// The portal has a further row for the call.
        case doubled
        /// The row belongs to another employee.
        case otherEmployee
        /// One of the two was answered, the other was not.
        case otherOutcome
        /// The talk times differ.
        case otherDuration
        /// The row has the other direction, or another type of call.
        case otherType
        /// The row begins earlier or later by a round or common time.
        case shifted
        /// The portal has a row for which there is no record.
        case unrecorded
    }

    /// One difference.
    package struct Finding: Sendable, Equatable, Encodable {
        /// What differs.
        package var kind: Kind
        /// The call key, by which the record is found in its file; missing where there is no record.
        package var key: String?
        /// When the call began by the phone system, or by the portal where there is no record: ISO 8601, UTC.
        package var start: String
        /// The client's number with its middle hidden.
        package var number: String
        /// The type of the call by the phone system, or by the portal where there is no record.
        package var type: Int
        /// What the phone system has; empty where there is nothing to compare.
        package var recorded: String
        /// What the portal has; empty where it has nothing.
        package var portal: String
        /// The ID of the row in the portal's statistics; missing where there is none.
        package var statisticsID: Int64?
        /// The application that wrote the row; missing for a webhook, and without a row.
        package var application: String?

        /// A difference; see the properties.
        package init(
            _ kind: Kind, key: String?, start: String, number: String, type: Int, recorded: String = "",
            portal: String = "", statisticsID: Int64? = nil, application: String? = nil
        ) {
            self.kind = kind
            self.key = key
            self.start = start
            self.number = number
            self.type = type
            self.recorded = recorded
            self.portal = portal
            self.statisticsID = statisticsID
            self.application = application
        }
    }

    /// The name and version of this form of report.
    package let schema = "cdr24.audit/1"
    /// The first and the last start of the records: ISO 8601, UTC; missing without a call.
    package var from: String?
    /// See ``from``.
    package var to: String?
    /// The calls of the records.
    package var calls = 0
    /// The rows of the portal that were compared.
    package var rows = 0
    /// Calls that agree with one row in everything.
    package var agreed = 0
    /// By how many seconds the portal's starts are constantly later; missing when no offset was found.
    package var offsetSeconds: Int64?
    /// Who wrote how many of the rows; webhooks under the empty name.
    package var applications: [String: Int] = [:]
    /// How many differences of each kind there are.
    package var counts: [String: Int] = [:]
    /// Records that did not become calls, and were not compared: reason -> records.
    package var leftOut: [String: Int] = [:]
    /// The differences in the order of their starts.
    package var findings: [Finding] = []

    /// A comparison of nothing.
    package init() {}

    /// Whether something differs.
    package var hasDifferences: Bool { !counts.isEmpty }

    /// Counts a difference.
    package mutating func count(_ kind: Kind) { counts[kind.rawValue, default: 0] += 1 }

    /// Whether the text shows the difference of a kind that was counted last.
    package func shows(_ kind: Kind) -> Bool { counts[kind.rawValue] ?? 0 <= Self.mostShown }
}

extension AuditReport {
    /// How many differences of one kind the text shows.
    private static let mostShown = 20

    /// The verdict, then counts, then the first differences of each kind; ends with a line break.
    package var text: String {
        var lines = [verdict]
        lines.append(
            "  compared: \(counted(calls, "call")) and \(counted(rows, "portal row"))"
                + (from.flatMap { from in to.map { " from \(from) to \($0)" } } ?? "")
                + "; in agreement: \(grouped(agreed))")
        if !applications.isEmpty {
            let names = applications.map { ($0.key.isEmpty ? "webhooks" : "\"\($0.key)\"", $0.value) }
            lines.append(
                "  written by: \(listed(Dictionary(names, uniquingKeysWith: +), "row", limit: 5))")
        }
        if let offset = offsetSeconds, offset.magnitude >= 5 {
            let direction = offset > 0 ? "later" : "earlier"
            lines.append(
                "  the portal's calls begin \(counted(Int(offset.magnitude), "second")) \(direction) than the records; this was taken into account"
            )
        }
        if !leftOut.isEmpty {
            lines.append("  not compared: \(listed(leftOut, "record", limit: 5))")
        }
        for kind in Kind.allCases {
            guard let count = counts[kind.rawValue] else { continue }
            lines.append("\(kind.heading): \(grouped(count))")
            lines += findings.lazy.filter { $0.kind == kind }.prefix(Self.mostShown).map { "  \($0.line)" }
            if count > Self.mostShown {
                lines.append("  and \(grouped(count - Self.mostShown)) more; --csv and --json list all")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var verdict: String {
        guard hasDifferences else { return "The portal has every recorded call once, and nothing else." }
        let parts = Kind.allCases.compactMap { kind in
            counts[kind.rawValue].map { "\(grouped($0)) \(kind.phrase)" }
        }
        return "The portal differs from the records: \(parts.joined(separator: ", "))."
    }

    /// One line for each difference, after a line of headings; separated by commas, ended by CR and LF as RFC 4180 has it.
    package var csv: String {
        let rows = findings.map { finding in
            [
                finding.kind.rawValue, finding.key ?? "", finding.start, finding.number, String(finding.type),
                finding.recorded, finding.portal, finding.statisticsID.map { String($0) } ?? "",
                CSVField.inert(finding.application ?? ""),
            ]
        }
        let heading = [
            "kind", "key", "start", "number", "type", "recorded", "portal", "statistics_id", "application",
        ]
        return ([heading] + rows).map { $0.map(CSVField.quoted).joined(separator: ",") + "\r\n" }.joined()
    }
}

extension AuditReport.Kind {
    fileprivate var heading: String {
        switch self {
        case .missing: "Missing at the portal"
        case .doubled: "Several times at the portal"
        case .otherEmployee: "Other employee"
        case .otherOutcome: "Other outcome"
        case .otherDuration: "Other duration"
        case .otherType: "Other direction or type"
        case .shifted: "Other start"
        case .unrecorded: "At the portal without a record"
        }
    }

    fileprivate var phrase: String {
        switch self {
        case .missing: "missing"
        case .doubled: "several times"
        case .otherEmployee: "with another employee"
        case .otherOutcome: "with another outcome"
        case .otherDuration: "with another duration"
        case .otherType: "with another direction"
        case .shifted: "with another start"
        case .unrecorded: "without a record"
        }
    }
}

extension AuditReport.Finding {
    fileprivate var line: String {
        var line = "\(start) \(number)"
        if let key { line += " \(key)" }
        if !recorded.isEmpty || !portal.isEmpty {
            line += recorded.isEmpty ? ": portal \(portal)" : ": recorded \(recorded), portal \(portal)"
        }
        if let statisticsID { line += " (row \(statisticsID)\(application.map { " by \"\($0)\"" } ?? ""))" }
        return line
    }
}
