// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Ledger
import Logging

extension Deliverer {
    /// Looks every undelivered key up before anything is sent, where the ledger may know less than the portal.
    ///
    /// That is so for a new ledger (it may stand in for one that was lost), for one that is behind the portal (it was
    /// restored or cloned) or may be (the run before was killed a moment ago), and when it is asked for. Where the portal holds calls of ours, or this machine spoke to it
    /// a moment ago, requests of another process may still be at work, and that long is waited first.
    ///
    /// - Returns: Whether delivery may go on.
    func verifyKeys() async -> Bool {
        guard ending == nil else { return false }
        do throws(LedgerFault) {
            let isNew = try ledger.fact(.highestStatisticID) == nil
            // Where the portal keeps no keys there is nothing to look up.
            guard keepsKeys != false else { return maySend }
            let started = time.monotonic()
            let mayBeSetBack = settings.mayBeSetBack && settings.othersMayWorkUntil > started
            guard reading.isPossible, isNew || isBehindPortal || mayBeSetBack || settings.verifiesPortal else {
                return maySend
            }
            if isBehindPortal {
                log.notice("the portal holds calls that this ledger does not know; looking all calls up first")
                await wait(until: started + settings.portal.settleAfter)
            } else if settings.othersMayWorkUntil > started {
                await wait(until: settings.othersMayWorkUntil)
            }
            for state in [CallState.pending, .registered] {
                guard try await verify(state) else { return false }
            }
            return maySend
        } catch {
            ledgerFault = error
            return false
        }
    }

    /// Looks up all calls of a state, 2,500 keys a request.
    private func verify(_ state: CallState) async throws(LedgerFault) -> Bool {
        var place = DeliveryCursor.beginning
        while true {
            let calls = try ledger.calls(in: state, after: place, latestStart: time.wallSeconds, limit: 2_500)
            guard let last = calls.last else { return true }
            guard try await lookUp(calls) else { return false }
            place = DeliveryCursor(after: last)
        }
    }

    /// Looks calls up until there is an answer; those that the portal has are delivered.
    private func lookUp(_ calls: [LedgerCall]) async throws(LedgerFault) -> Bool {
        var open = [calls]
        while let next = open.popLast() {
            let lookUp = LookUp("v", keysOf: next)
            guard let outcome = await sendAlone(lookUp.commands) else { return false }
            let (reply, _, verdict) = outcome.reading()
            guard let reply else {
                conclude(verdict)
                // A portal that is slow to look up may need longer than its cap for so many.
                if case .unknown = verdict, next.count > StatisticQuery.pageSize {
                    open.append(contentsOf: next.chunks(of: max(StatisticQuery.pageSize, next.count / 4)))
                } else {
                    open.append(next)
                }
                continue
            }
            let finding = lookUp.read(reply, keepsKeys: keepsKeys == true)
            switch finding {
            case .failed(let verdict):
                conclude(verdict)
                open.append(next)
            case .noRight:
                reading = .none
                return true
            case .incomplete where next.count > 1:
                // More rows than a page can only come from keys with several rows: ask in smaller lots.
                open.append(contentsOf: next.chunks(of: max(1, next.count / 4)))
            case .rows, .incomplete:
                conclude(.ok)
                let found = next.filter { finding.row(of: $0) != nil }
                if !found.isEmpty { try keysAreKept() }
                try apply(found.map { .foundAtPortal(statisticID: finding.row(of: $0) ?? 0) }, to: found)
            }
        }
        return true
    }

    /// Notes that a row was found by its EXTERNAL_CALL_ID: the portal keeps them.
    func keysAreKept() throws(LedgerFault) {
        guard keepsKeys != true else { return }
        keepsKeys = true
        try ledger.remember([.keepsExternalCallIDs: "yes"])
    }
}
