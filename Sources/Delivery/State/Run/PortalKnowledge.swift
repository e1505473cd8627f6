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

        /// Whether asking can show anything at all.
        var showsSomething: Bool {
            switch self {
            case .all, .some: true
            case .none: false
            }
        }
    }

    /// What an outcome shows.
    struct News: Sendable {
        /// What may be concluded from the statistics from now on; `nil`: what was.
        var reading: Reading?
        /// Whether the portal was seen to keep EXTERNAL_CALL_ID; `nil` when this did not show.
        var keepsKeys: Bool?
        /// Whether a reply came without the key that was sent, which is no proof.
        var missesKey = false
        /// When the portal began with a request, in seconds since 1970 on its clock; `nil` when this did not show.
        var clock: Double?
        /// The highest ID of a row that is ours; 0 for none.
        var highestRow: Int64 = 0
        /// Whether the portal holds calls of ours that the ledger does not know.
        var isAheadOfLedger = false

        /// Takes in what another part of the same outcome shows.
        mutating func add(_ other: News) {
            reading = other.reading ?? reading
            keepsKeys = other.keepsKeys ?? keepsKeys
            missesKey = missesKey || other.missesKey
            clock = other.clock ?? clock
            highestRow = max(highestRow, other.highestRow)
            isAheadOfLedger = isAheadOfLedger || other.isAheadOfLedger
        }
    }

    /// What may be concluded from the portal's statistics; nothing before the preflight.
    private(set) var reading = Reading.none
    /// Whether the portal keeps EXTERNAL_CALL_ID; `nil` while it is not known.
    private(set) var keepsKeys: Bool?
    /// The highest ID of a row that is known to be ours; `nil` before the first one.
    private(set) var highestStatisticID: Int64?
    /// When the ledger was first used with the portal, in seconds since 1970 on the portal's clock; `nil` when that is not
    /// known.
    private(set) var firstContact: Int64?
    /// Whether the portal holds calls of ours that the ledger does not know.
    private(set) var isAheadOfLedger = false

    /// What the ledger remembers of ``keepsKeys``.
    private var rememberedKeepsKeys: Bool?

    init(_ memory: DeliveryMemory) {
        keepsKeys = memory.keepsKeys
        rememberedKeepsKeys = memory.keepsKeys
        highestStatisticID = memory.highestStatisticID
        firstContact = memory.firstContact
    }

    /// Whether asking can show anything at all.
    var canRead: Bool { reading.showsSomething }

    /// Whether registers carry a look-up of their keys.
    var looksUp: Bool { canRead && keepsKeys != false }

    /// Whether calls that look alike must be kept apart, since the portal might take one for the other.
    var separatesLookAlikes: Bool { keepsKeys != true }

    /// Takes in what an outcome shows, and returns what the ledger should remember of it.
    mutating func take(_ news: News) -> [DeliveryFact] {
        var facts: [DeliveryFact] = []
        reading = news.reading ?? reading
        // A ledger that has a row has been here before, even if it does not know since when.
        if let clock = news.clock, firstContact == nil, highestStatisticID == nil {
            let second = Int64(clock.rounded(.down))
            firstContact = second
            facts.append(.firstContact(second))
        }
        // For the rest of the run only: what a reply lacks is no proof.
        if news.missesKey { keepsKeys = false }
        if let keeps = news.keepsKeys {
            keepsKeys = keeps
            if rememberedKeepsKeys != keeps { facts.append(.keepsKeys(keeps)) }
            rememberedKeepsKeys = keeps
        }
        if news.highestRow > highestStatisticID ?? 0 {
            highestStatisticID = news.highestRow
            facts.append(.highestStatisticID(news.highestRow))
        }
        if news.isAheadOfLedger { isAheadOfLedger = true }
        return facts
    }
}
