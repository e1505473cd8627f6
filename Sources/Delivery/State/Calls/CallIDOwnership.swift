// SPDX-License-Identifier: Apache-2.0

import CallLifecycle

/// Whose a CALL_ID is, wherever it comes from: one CALL_ID belongs to one call, and is finished once.
struct CallIDOwnership: Sendable {
    private var origins = CallIDOrigins()
    /// CALL_IDs that calls gave up in this run: none of them may come back for another call. Those that calls have are in
    /// the store.
    private var givenUp: Set<String> = []
    /// CALL_IDs that records tell, with the calls that have them.
    private var recorded: [String: Int64] = [:]
    private let ledgerMayBeStale: Bool

    /// - Parameter ledgerMayBeStale: Whether the ledger may not know of all that was sent.
    init(ledgerMayBeStale: Bool) { self.ledgerMayBeStale = ledgerMayBeStale }

    /// Notes the portal's clock, and when the ledger was first used with the portal; see ``CallIDOrigins``.
    mutating func knows(portalClock clock: Double, firstContact: Int64?) {
        origins.knows(clock: clock, firstContact: firstContact)
    }

    /// Notes that a register of a call leaves.
    ///
    /// - Parameter keepsKeys: Whether the portal keeps EXTERNAL_CALL_ID; `nil` while it is not known.
    mutating func registers(_ call: TrackedCall, keepsKeys: Bool?, at now: Duration) {
        if keepsKeys != true { origins.registers(call, at: now) }
    }

    /// Notes that a call has given up its CALL_ID.
    mutating func givesUp(_ callID: String) { givenUp.insert(callID) }

    /// Forgets a call that is over.
    mutating func forget(_ id: Int64) { origins.forget(id) }

    /// Whether the CALL_ID that a call's record tells is another call's; the first call that tells it has it.
    ///
    /// - Parameter owners: CALL_ID -> the row of the call that has it, as the store knows.
    mutating func isShared(_ callID: String, by call: TrackedCall, owners: [String: Int64]) -> Bool {
        let owner = owners[callID] ?? recorded[callID] ?? call.id
        recorded[callID] = owner
        return owner != call.id
    }

    /// What the answers to registers mean once it is known whose CALL_IDs they gave.
    ///
    /// A call that got the CALL_ID of a call of which the ledger knows nothing, where the portal does not tell calls apart,
    /// is left alone until the portal no longer looks that far back, half an hour later.
    ///
    /// - Parameters:
    ///   - facts: The owners of the CALL_IDs, and which calls have look-alikes.
    ///   - startedAt: When the portal began with the request, in seconds since 1970 on its clock.
    ///   - keepsKeys: Whether the portal keeps EXTERNAL_CALL_ID; `nil` while it is not known.
    func judge(
        _ events: [CallEvent], of calls: [TrackedCall], _ facts: StoreFacts, startedAt: Double?, keepsKeys: Bool?
    ) -> [CallEvent] {
        zip(events, calls).map { event, call in
            guard case .registered(let callID) = event else { return event }
            // Another call has it, or had it in this run.
            if facts.owners[callID] != nil || givenUp.contains(callID) { return .callIDTaken }
            guard keepsKeys == false, let startedAt else { return event }
            // A ledger that was set back may not know how far a look-alike had come.
            let isTrusted = !ledgerMayBeStale || !facts.withLookAlike.contains(call.id)
            let isForeign = origins.isForeign(callID, to: call, askedAt: startedAt, trustsEarlierRuns: isTrusted)
            return isForeign ? .callIDForeign : event
        }
    }
}
