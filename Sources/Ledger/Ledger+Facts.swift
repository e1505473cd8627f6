// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// A fact that the ledger keeps about itself or its portal.
package enum LedgerFact: String, Sendable, CaseIterable {
    /// The host of the portal that the ledger is bound to.
    case portalHost
    /// The portal's own id (`member_id`), where the portal tells it.
    case portalMember
    /// `yes` or `no`: whether the portal was seen to keep EXTERNAL_CALL_ID; missing while unknown.
    case keepsExternalCallIDs
    /// The highest ID of a statistics row that is known to be ours.
    case highestStatisticID
    /// When this ledger was first used with its portal, in seconds since 1970 on the portal's clock.
    case firstContact
    /// The key prefixes, joined by commas, of the sources that were checked for another integration.
    case neighboursChecked
    /// By how many seconds the clock of another integration, whose gaps are filled, was ahead when that was last seen.
    case neighbourOffset
    /// What the pace has learnt about the portal, as the room of the portal writes it.
    case pace
    /// A word that no other ledger has but a copy of this one; this machine's memory has it too.
    case identity = "seal"
    /// The number of the latest request that could change something at the portal, counted over all copies of the ledger
    /// on one machine: of two copies, the one with the lower number was not used last.
    case sequence
}

extension Ledger {
    /// Reads a fact; `nil` when it is not known.
    package func fact(_ fact: LedgerFact) throws(LedgerFault) -> String? {
        try read { db in
            try String.fetchOne(db, sql: "SELECT value FROM fact WHERE name = ?", arguments: [fact.rawValue])
        }
    }

    /// Writes facts in one transaction.
    package func remember(_ facts: [LedgerFact: String]) throws(LedgerFault) {
        try write { db in try Self.remember(facts, db) }
    }

    static func remember(_ facts: [LedgerFact: String], _ db: Database) throws {
        for (fact, value) in facts {
            try db.execute(
                sql: "INSERT INTO fact VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                arguments: [fact.rawValue, value])
        }
    }
}
