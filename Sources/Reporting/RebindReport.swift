// SPDX-License-Identifier: Apache-2.0

/// What came of `cdr24 rebind`.
package struct RebindReport: CommandReport, Equatable {
    /// The name and version of this form of report.
    package let schema = "cdr24.rebind/1"
    /// The host that the ledger is bound to now.
    package let host: String
    /// The host that it was bound to before; `nil` where there was none.
    package let former: String?
    /// How it is known that this is the same portal, as a clause without a full stop; `nil` where it was not checked.
    package let evidence: String?

    /// A report; see the properties.
    package init(host: String, former: String?, evidence: String?) {
        self.host = host
        self.former = former
        self.evidence = evidence
    }

    /// The new and the former host, and how to take it back; ends with a line break.
    package var text: String {
        var text = evidence.map { "\($0)\n" } ?? ""
        text += "the ledger is now bound to \(host) (before: \(former ?? "not bound"))\n"
        return text
    }
}
