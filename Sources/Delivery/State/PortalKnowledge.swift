// SPDX-License-Identifier: Apache-2.0

/// What is known about the portal that decides how far its answers are believed.
struct PortalKnowledge: Sendable {
    /// What may be concluded from the portal's statistics.
    enum Reading: Sendable {
        /// The user sees every call: a missing row means a missing call.
        case all
        /// The user may see a part: only a row that is there proves something.
        case some
        case none
    }

    /// What may be concluded from the portal's statistics; nothing before the preflight.
    var reading = Reading.none
    /// Whether the portal keeps EXTERNAL_CALL_ID; `nil` while it is not known.
    private(set) var keepsKeys: Bool?
    /// The highest ID of a row that is known to be ours; `nil` before the first one.
    private(set) var highestStatisticID: Int64?
    /// Whether the portal holds calls of ours that the ledger does not know.
    var isAheadOfLedger = false

    /// What the ledger remembers of ``keepsKeys``.
    private var rememberedKeepsKeys: Bool?

    init(_ memory: DeliveryMemory) {
        keepsKeys = memory.keepsKeys
        rememberedKeepsKeys = memory.keepsKeys
        highestStatisticID = memory.highestStatisticID
    }

    /// Whether asking can show anything at all.
    var canRead: Bool {
        switch reading {
        case .all, .some: true
        case .none: false
        }
    }

    /// Whether registers carry a look-up of their keys.
    var looksUp: Bool { canRead && keepsKeys != false }

    /// Whether calls that look alike must be kept apart, since the portal might take one for the other.
    var separatesLookAlikes: Bool { keepsKeys != true }

    /// Notes whether the portal keeps keys, and returns the fact if it is new.
    mutating func keeps(_ keepsKeys: Bool) -> [DeliveryFact] {
        self.keepsKeys = keepsKeys
        guard rememberedKeepsKeys != keepsKeys else { return [] }
        rememberedKeepsKeys = keepsKeys
        return [.keepsKeys(keepsKeys)]
    }

    /// Distrusts keys for the rest of the run: a reply came without one, which is no proof.
    mutating func missedKey() { keepsKeys = false }

    /// Notes the ID of a row that is ours, and returns the fact if it is the highest.
    mutating func knows(row: Int64) -> [DeliveryFact] {
        guard row > highestStatisticID ?? 0 else { return [] }
        highestStatisticID = row
        return [.highestStatisticID(row)]
    }
}
