// SPDX-License-Identifier: Apache-2.0

/// What ledger and portal say about the same calls, for `cdr24 reconcile`.
package struct Reconciliation: CommandReport, Equatable {
    /// A delivered call without a row.
    package struct Missing: Sendable, Equatable, Encodable {
        /// The call key.
        package let key: String
        /// Whether the next import sends it again.
        package let isPutBack: Bool
        /// Why it cannot be sent again, as a clause; `nil` where nothing speaks against it.
        package let obstacle: String?

        /// A call that is gone; see the properties.
        package init(key: String, isPutBack: Bool, obstacle: String? = nil) {
            self.key = key
            self.isPutBack = isPutBack
            self.obstacle = obstacle
        }
    }

    /// A call that the portal has while the ledger says something else.
    package struct Undelivered: Sendable, Equatable, Encodable {
        /// The call key.
        package let key: String
        /// The name of the state that the ledger has, or had, for it.
        package let state: String
        /// Whether the ledger now says that it is delivered.
        package let isMarked: Bool

        /// An undelivered call; see the properties.
        package init(key: String, state: String, isMarked: Bool) {
            self.key = key
            self.state = state
            self.isMarked = isMarked
        }
    }

    /// A call with several rows.
    package struct Duplicate: Sendable, Equatable, Encodable {
        /// The call key.
        package let key: String
        /// How many rows the portal has, at least 2; one of them may be from another integration.
        package let rows: Int

        /// A duplicate; see the properties.
        package init(key: String, rows: Int) {
            self.key = key
            self.rows = rows
        }
    }

    /// A delivered call whose row has another key, or none.
    package struct Elsewhere: Sendable, Equatable, Encodable {
        /// The call key.
        package let key: String
        /// The ID of the row in the portal's statistics.
        package let statisticsID: Int64
        /// The application that wrote the row; `nil` for a webhook.
        package let application: String?

        /// A call that is there under another name; see the properties.
        package init(key: String, statisticsID: Int64, application: String?) {
            self.key = key
            self.statisticsID = statisticsID
            self.application = application
        }
    }

    /// The name and version of this form of report.
    package let schema = "cdr24.reconciliation/1"
    /// The day from which on calls are compared, `yyyy-mm-dd` in UTC; `nil`: all.
    package var since: String?
    /// How many rows of ours the portal showed.
    package var rows = 0
    /// How many calls agree: delivered, and one row.
    package var agreed = 0
    /// Calls that the ledger calls delivered and that have no row.
    package var missing: [Missing] = []
    /// Delivered calls that the portal has under another key, or without one.
    package var elsewhere: [Elsewhere] = []
    /// Whether this user may see all calls of the portal; see ``provesAbsence``.
    package var seesAllCalls = true
    /// Calls that have a row and are not delivered in the ledger.
    package var undelivered: [Undelivered] = []
    /// Calls with several rows.
    package var duplicates: [Duplicate] = []
    /// Keys of ours that the ledger does not know.
    package var unknown: [String] = []

    /// The highest ID of these rows; a row that the portal has not shown yet has a higher one.
    package var newestRow: Int64 = 0

    /// A comparison of nothing.
    package init() {}

    /// How many of ``undelivered`` are now marked as delivered.
    package var marked: Int { undelivered.count(where: \.isMarked) }
    /// How many of ``missing`` are now to be sent again.
    package var putBack: Int { missing.count(where: \.isPutBack) }

    /// Whether a call without a row is gone: the user may see all calls, and the portal shows some of ours. Else nothing is
    /// put back.
    package var provesAbsence: Bool { seesAllCalls && rows > 0 }

    /// Whether something is left that differs.
    package var hasDifferences: Bool {
        missing.count > putBack || undelivered.count > marked || !duplicates.isEmpty || !unknown.isEmpty
    }

    /// Whether `--apply` would correct the ledger.
    package var canBeCorrected: Bool {
        undelivered.contains { !$0.isMarked && $0.state != Self.waiting }
            || (provesAbsence && missing.contains { !$0.isPutBack && $0.obstacle == nil })
    }

    /// The state in which legs may still join a call, so that a row decides nothing.
    private static let waiting = "waiting"

    /// Counts, then a line for each difference with what can be done; ends with a line break.
    package var text: String {
        var text = "portal rows\(since.map { " since \($0)" } ?? ""): \(grouped(rows)), "
        text += "matching the ledger: \(grouped(agreed))\n"
        for call in missing {
            text += "\(call.key): delivered according to the ledger, missing at the portal; \(remedy(call))\n"
        }
        if rows == 0, seesAllCalls, missing.count > putBack {
            text += "the portal shows none of these calls; if somebody has emptied it, run: "
            text += "cdr24 reconcile --apply --even-if-empty\n"
        }
        for call in elsewhere {
            let writer = call.application.map { "\"\($0)\"" } ?? "a webhook"
            text +=
                "\(call.key): at the portal without this key, row \(call.statisticsID) by \(writer); left as it is\n"
        }
        for call in undelivered {
            text += "\(call.key): at the portal, but \(stateLabel(call.state)) in the ledger; \(remedy(call))\n"
        }
        for call in duplicates {
            text += "\(call.key): \(call.rows) rows at the portal, which offers no way to remove one\n"
        }
        for key in unknown { text += "\(key): at the portal, but not in the ledger\n" }
        let isEmpty = missing.isEmpty && undelivered.isEmpty && elsewhere.isEmpty && !hasDifferences
        return isEmpty ? text + "no differences\n" : text
    }

    private func remedy(_ call: Missing) -> String {
        guard seesAllCalls else { return "this user may be unable to see it, so it is left as it is" }
        if call.isPutBack { return "the next import sends it again" }
        if let obstacle = call.obstacle { return obstacle }
        return rows > 0 ? "cdr24 reconcile --apply has it sent again" : "left as it is"
    }

    private func remedy(_ call: Undelivered) -> String {
        if call.isMarked { return "marked as delivered" }
        if call.state == Self.waiting { return "it is left as it is, since records may still join it" }
        return "cdr24 reconcile --apply marks it as delivered"
    }
}
