// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import Clocks
import Delivery
import Foundation
import Ledger

/// What the run that spoke to the portal last may mean for this one, and what this one leaves for the next.
///
/// A run that knew the replies to all its requests has left none behind that could still be at work. But the portal may
/// not show its rows yet, and then only the ledger that it ended with knows of them: not a new one, another one, or a copy.
struct FormerRunCheck {
    private let time: TimeSource
    /// Until when a request of the former run may be at work; `nil` when there is nothing to fear.
    private let mayWorkUntil: Duration?

    /// - Parameters:
    ///   - former: What is known of that run; `nil` when nothing is.
    ///   - settleAfter: How long a request may be at work at the portal.
    /// - Throws: `LedgerFault` when the ledger cannot be read.
    init(
        _ former: PortalLock.FormerRun?, _ ledger: Ledger, settleAfter: Duration, time: TimeSource
    ) throws(LedgerFault) {
        self.time = time
        guard let former else {
            mayWorkUntil = nil
            return
        }
        let token = try ledger.fact(.lastRunToken)
        let isOurs = token != nil && former.token == token
        mayWorkUntil = former.hasSettled && isOurs ? nil : former.lastSpoken + settleAfter
    }

    /// Tells the delivery what to wait for.
    func apply(to settings: inout DeliverySettings) {
        guard let mayWorkUntil else { return }
        settings.othersMayWorkUntil = mayWorkUntil
        settings.ledgerMayBeStale = true
    }

    /// How this run stands with the portal after its delivery.
    ///
    /// It is settled when nothing that this machine sent can still be at work: neither this run's requests nor those of a
    /// former run that this one may have ended too early to wait for.
    func mark(after delivery: DeliveryReport) -> PortalLock.Mark {
        let hasFinished = delivery.end == .finished
        let hasWaited =
            mayWorkUntil.map { $0 <= time.monotonic() || (hasFinished && delivery.requests > 0) } ?? true
        return hasWaited && (delivery.unknownReplies == 0 || hasFinished) ? .settled : .stopped
    }
}
