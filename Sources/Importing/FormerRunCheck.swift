// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import Clocks
import Delivery
import Foundation
import Ledger

/// What this machine's memory of its deliveries says about the ledger of a run.
///
/// The ledger is the one that was used last when it has the word and the number of the latest request that the memory
/// has. Another one, a new one or a copy may not know of calls that were sent since: they are looked up before anything is
/// sent, and the portal must show the rows that the memory has.
struct FormerRunCheck {
    /// For how long a ledger that took the place of another one is distrusted: a portal that drops keys looks half an hour
    /// back for calls that are like a new one (reference: thirty-minute rule), and half as much again is for safety.
    private static let distrust = Duration.seconds(45 * 60)

    private let memory: PortalMemory?
    private let time: TimeSource
    private let identity: String
    private let sequence: Int64
    private let entries: [PortalMemory.Entry]
    private let ledgerPath: String
    /// Rows that the memory has and the ledger does not.
    private let witnesses: [RowWitness]
    /// Until when a request of the former run may be at work; `nil` when there is nothing to fear.
    private let mayWorkUntil: Duration?

    /// - Parameters:
    ///   - memory: What this machine remembers of the portal; `nil` when it can remember nothing.
    ///   - prefixes: The key prefixes of all sources.
    ///   - settleAfter: How long a request may be at work at the portal.
    /// - Throws: `LedgerFault` when the ledger cannot be read or written.
    init(
        _ memory: PortalMemory?, _ ledger: Ledger, prefixes: [String], settleAfter: Duration, time: TimeSource
    ) throws(LedgerFault) {
        self.memory = memory
        self.time = time
        identity = try ledger.identity()
        sequence = try ledger.fact(.sequence).flatMap { Int64($0) } ?? 0
        entries = memory?.entries(prefixes) ?? []
        ledgerPath = ledger.path
        let (identity, sequence) = (identity, sequence)
        isCurrent = !entries.isEmpty && entries.allSatisfy { $0.ledger == identity && $0.sequence <= sequence }
        let isForeign = !entries.isEmpty && !isCurrent
        let known = try ledger.fact(.highestStatisticID).flatMap { Int64($0) } ?? 0
        witnesses = isForeign ? entries.flatMap(\.rows).filter { $0.id > known }.sorted { $0.id > $1.id } : []
        mayWorkUntil = isForeign ? memory?.lastSpoken(time).map { $0 + settleAfter } : nil
        memory?.begins(identity, prefixes: prefixes, sequence: sequence, takesOver: isForeign)
    }

    /// Whether the ledger is known to be the one that was used last.
    let isCurrent: Bool

    /// Tells the delivery what to look up and what to wait for.
    func apply(to settings: inout DeliverySettings) {
        settings.ledgerIsCurrent = isCurrent
        settings.highestSequence = entries.map(\.sequence).max() ?? 0
        let wasTakenOver = entries.contains { $0.takenOver.map { $0.ago < Self.distrust } ?? false }
        settings.ledgerMayBeStale = !entries.isEmpty && (!isCurrent || wasTakenOver)
        settings.othersMayWorkUntil = mayWorkUntil ?? .zero
        settings.witnesses = Array(witnesses.prefix(PortalMemory.mostRows))
        guard let memory else { return }
        settings.witnessRemedy =
            "restore the newest copy of the ledger \(ledgerPath); or let the owner of the webhook see the statistics of "
            + "all calls; or wait until the portal shows them. If they were deleted at the portal on purpose, delete "
            + "\(memory.path) and run again"
    }

    /// How this run stands with the portal after its delivery.
    ///
    /// It is settled when nothing that this machine sent can still be at work: neither this run's requests nor those of a
    /// former run that this one may have ended too early to wait for.
    func note(after delivery: DeliveryReport) {
        let hasFinished = delivery.end == .finished
        let hasWaited =
            mayWorkUntil.map { $0 <= time.monotonic() || (hasFinished && delivery.requests > 0) } ?? true
        memory?.note(hasWaited && (delivery.unknownReplies == 0 || hasFinished) ? .settled : .stopped)
    }

    /// This run ended with a fault of its ledger.
    func noteFault() { memory?.note(.stopped) }
}
