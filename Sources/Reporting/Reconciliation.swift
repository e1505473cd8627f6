// SPDX-License-Identifier: Apache-2.0

/// What ledger and portal say about the same calls, for `cdr24 reconcile`.
package struct Reconciliation: Sendable, Equatable {
    /// The day from which calls are compared; `nil`: all.
    package var since: String?
    /// How many rows of ours the portal showed.
    package var rows = 0
    /// How many calls agree: delivered, and one row.
    package var agreed = 0
    /// Keys that the ledger calls delivered and that have no row.
    package var missing: [String] = []
    /// Keys that have a row while the ledger calls them something else, which is named.
    package var undelivered: [(key: String, state: String)] = []
    /// Keys with several rows, and how many.
    package var doubled: [(key: String, count: Int)] = []
    /// Keys of ours that the ledger does not know.
    package var unknown: [String] = []
    /// How many of the undelivered ones are now noted as delivered.
    package var mended = 0

    package init() {}

    package static func == (a: Reconciliation, b: Reconciliation) -> Bool { a.text == b.text }

    /// Whether something is left that differs.
    package var hasDifferences: Bool {
        !missing.isEmpty || undelivered.count > mended || !doubled.isEmpty || !unknown.isEmpty
    }

    /// Counts, then a line for each difference with what can be done.
    package var text: String {
        var text = "\(rows) rows of the portal\(since.map { " since \($0)" } ?? ""), \(agreed) calls agree\n"
        for key in missing {
            text += "\(key): delivered, but the portal shows no row; see: cdr24 resolve \(key)\n"
        }
        for (key, state) in undelivered {
            let remedy = mended > 0 ? "noted as delivered" : "cdr24 reconcile --apply notes it as delivered"
            text += "\(key): the portal has it, the ledger calls it \(state); \(remedy)\n"
        }
        for (key, count) in doubled { text += "\(key): the portal shows \(count) rows; it cannot take one back\n" }
        for key in unknown { text += "\(key): the portal has it, the ledger does not know it\n" }
        return hasDifferences || mended > 0 ? text : text + "no differences\n"
    }
}
