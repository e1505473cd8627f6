// SPDX-License-Identifier: Apache-2.0

package import ExitCodes

/// What `cdr24 lines` prints: lines of the portal, and lines that calls name.
package struct LineListing: CommandReport, Equatable {
    /// The name and version of this form.
    package var schema = "cdr24.lines/1"
    /// The lines: those of the portal in the order of their numbers, then those that it does not have.
    package var lines: [Line] = []

    /// No lines.
    package init() {}

    /// A line.
    package struct Line: Sendable, Equatable, Encodable {
        /// LINE_NUMBER.
        package var number: String
        /// The name in the portal, or the one under which it would be created; may be empty.
        package var name: String
        /// Whether the portal has it.
        package var inPortal: Bool
        /// Whether the configuration or an undelivered call names it.
        package var isUsed: Bool
        /// Whether the portal creates leads of unknown clients who call on it; missing when the portal does not say.
        package var createsLeads: Bool?
        /// Undelivered calls of the ledger that name it.
        package var calls: Int
        /// Whether this command has created it.
        package var isNew: Bool

        /// A line; see the properties.
        package init(
            number: String, name: String, inPortal: Bool, isUsed: Bool, createsLeads: Bool? = nil, calls: Int = 0,
            isNew: Bool = false
        ) {
            self.number = number
            self.name = name
            self.inPortal = inPortal
            self.isUsed = isUsed
            self.createsLeads = createsLeads
            self.calls = calls
            self.isNew = isNew
        }
    }

    /// What the command ends with: lines that the portal does not have need a person.
    package var exitStatus: ExitStatus { lines.contains { !$0.inPortal } ? .needsAttention : .success }

    /// A line for each, then what to do.
    package var text: String {
        guard !lines.isEmpty else { return "no lines in the portal, and none in the configuration\n" }
        let width = lines.map(\.number.count).max() ?? 0
        var text = ""
        for line in lines {
            let state = line.inPortal ? (line.isNew ? "created" : line.isUsed ? "used" : "not used") : "missing"
            let name = line.name.isEmpty ? "(no name)" : line.name
            let calls = line.calls > 0 ? ", \(counted(line.calls, "undelivered call"))" : ""
            text += "\(state.padded(to: 9)) \(line.number.padded(to: width)) \(name)\(calls)\n"
        }
        let missing = lines.count { !$0.inPortal }
        if missing > 0 {
            text += "\(counted(missing, "line")) missing in the portal; create with: cdr24 lines --create\n"
        }
        return text
    }
}
