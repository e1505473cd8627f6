// SPDX-License-Identifier: Apache-2.0

/// What ledger and portal say about the same calls, for `cdr24 reconcile`.
package struct Reconciliation: Sendable {
    /// A call that the portal has while the ledger says something else.
    package struct Undelivered: Sendable, Equatable {
        /// The call key.
        package let key: String
        /// The name of the state that the ledger has for it.
        package let state: String

        /// An undelivered call; see the properties.
        package init(key: String, state: String) {
            self.key = key
            self.state = state
        }
    }

    /// A call with several rows.
    package struct Duplicate: Sendable, Equatable {
        /// The call key.
        package let key: String
        /// How many rows the portal has, at least 2.
        package let rows: Int

        /// A duplicate; see the properties.
        package init(key: String, rows: Int) {
            self.key = key
            self.rows = rows
        }
    }

    /// The day from which on calls are compared, `yyyy-mm-dd` in UTC; `nil`: all.
    package var since: String?
    /// How many rows of ours the portal showed.
    package var rows = 0
    /// How many calls agree: delivered, and one row.
    package var agreed = 0
    /// Keys that the ledger calls delivered and that have no row.
    package var missing: [String] = []
    /// Calls that have a row and are not delivered in the ledger.
    package var undelivered: [Undelivered] = []
    /// Calls with several rows.
    package var duplicates: [Duplicate] = []
    /// Keys of ours that the ledger does not know.
    package var unknown: [String] = []
    /// How many of ``undelivered`` are now marked as delivered.
    package var marked = 0

    /// A comparison of nothing.
    package init() {}

    /// Whether something is left that differs.
    package var hasDifferences: Bool {
        !missing.isEmpty || undelivered.count > marked || !duplicates.isEmpty || !unknown.isEmpty
    }

    /// Counts, then a line for each difference with what can be done; ends with a line break.
    package var text: String {
        var text = "portal rows\(since.map { " since \($0)" } ?? ""): \(grouped(rows)), "
        text += "matching the ledger: \(grouped(agreed))\n"
        for key in missing {
            text += "\(key): delivered according to the ledger, missing at the portal; see: cdr24 resolve \(key)\n"
        }
        for call in undelivered {
            let remedy = marked > 0 ? "marked as delivered" : "cdr24 reconcile --apply marks it as delivered"
            text += "\(call.key): at the portal, but \(stateLabel(call.state)) in the ledger; \(remedy)\n"
        }
        for call in duplicates {
            text += "\(call.key): \(call.rows) rows at the portal, which offers no way to remove one\n"
        }
        for key in unknown { text += "\(key): at the portal, but not in the ledger\n" }
        return hasDifferences || marked > 0 ? text : text + "no differences\n"
    }
}
