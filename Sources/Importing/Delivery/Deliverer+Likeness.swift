// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallRecords
import Ledger
import Logging

extension Deliverer {
    /// The most calls of one look-up by what they are: fifty commands.
    private static let mostAlike = LikenessLookUp.callsPerCommand * Portal.batchLimit

    /// Looks every undelivered call up by number, start, type and employee, unless the portal keeps keys.
    ///
    /// A portal without keys cannot show whether the ledger is behind it, so this is done in every run.
    ///
    /// - Returns: Whether delivery may go on.
    func verifyLikenesses() async -> Bool {
        guard keepsKeys != true, reading.isPossible, !hasVerifiedLikenesses else { return maySend }
        do throws(LedgerFault) {
            // What a former run has sent may still be at work.
            if settings.mayBeSetBack { await wait(until: settings.othersMayWorkUntil) }
            for state in [CallState.pending, .registered] {
                var place = DeliveryCursor.beginning
                while true {
                    let calls = try ledger.calls(
                        in: state, after: place, latestStart: time.wallSeconds, limit: Self.mostAlike)
                    guard let last = calls.last else { break }
                    guard try await lookUpAlike(calls) != nil else { return false }
                    place = DeliveryCursor(after: last)
                }
            }
            hasVerifiedLikenesses = true
        } catch {
            ledgerFault = error
        }
        return maySend
    }

    /// Looks calls up by what they are until there is an answer; those that the portal has are delivered.
    ///
    /// - Returns: How many were found; `nil` when the run ended first.
    func lookUpAlike(_ calls: [LedgerCall]) async throws(LedgerFault) -> Int? {
        var open = [calls]
        var found = 0
        while let next = open.popLast() {
            let lookUp = LikenessLookUp("i", next)
            guard let outcome = await sendAlone(lookUp.commands) else { return nil }
            let (reply, _, verdict) = outcome.reading()
            switch reply.map(lookUp.read) ?? .failed(verdict) {
            case .failed(.nonsense(let reason)):
                report.warnings.append("\(reason): calls that another ledger has sent cannot be recognised")
                return found
            case .failed(let verdict):
                conclude(verdict)
                // A portal that is slow to look up may need longer than its cap for so many.
                var size = next.count
                if case .unknown = verdict { size = max(min(size, LikenessLookUp.callsPerCommand), size / 4) }
                open += next.chunks(of: size)
            case .noRight:
                reading = .none
                return found
            case .incomplete where next.count > 1:
                open += next.chunks(of: max(1, next.count / 4))
            case .rows(let rows), .incomplete(let rows):
                conclude(.ok)
                found += try takeAlike(rows, next)
            }
        }
        return found
    }

    /// Notes what the portal's rows mean for calls, and returns how many calls are there.
    private func takeAlike(_ rows: [StatisticRow], _ calls: [LedgerCall]) throws(LedgerFault) -> Int {
        let owners = try ledger.owners(ofPortalCallIDs: rows.compactMap(\.callID))
        let own = Set(calls.map(\.id))
        let strangers = rows.filter { row in
            guard let callID = row.callID else { return false }
            return owners[callID].map(own.contains) ?? true
        }
        let matching = LikenessMatching(calls, rows: strangers, users: settings.users)
        var events: [CallEvent] = []
        var matched: [LedgerCall] = []
        for var call in calls {
            switch matching.matches[call.id] {
            case .row(let row):
                // The row is this call's from now on, whatever else is alike.
                if let id = call.portalCallID, id != row.callID { formerCallIDs.insert(id) }
                call.portalCallID = row.callID
                events.append(.foundAtPortal(statisticID: row.id))
            case .ofAnotherEmployee: events.append(.hold(.lookAlikeThere))
            case nil: continue
            }
            matched.append(call)
        }
        try apply(events, to: matched)
        return matched.count
    }

    /// The events of a register whose CALL_ID may be another call's, where the portal does not tell calls apart.
    ///
    /// A call that got the CALL_ID of nobody that the ledger knows is left alone until the portal no longer looks that
    /// far back, half an hour later.
    func distrusting(
        _ events: [CallEvent], of batch: RegisterBatch, _ outcome: BatchOutcome
    ) throws(LedgerFault) -> [CallEvent] {
        guard keepsKeys == false, let start = outcome.reading().reply?.time?.start else { return events }
        let taken = try takenCallIDs(events)
        var judged = events
        for (index, call) in batch.calls.enumerated() {
            guard case .registered(let callID) = events[index], !taken.contains(callID) else { continue }
            // A ledger that was set back may not know how far a look-alike had come.
            var isTrusted = true
            if settings.mayBeSetBack { isTrusted = try !ledger.hasLookAlike(of: call) }
            guard origins.isForeign(callID, to: call, askedAt: start, trustsEarlierRuns: isTrusted) else { continue }
            postponed.insert(call.id)
            judged[index] = .registerNotExecuted
        }
        return judged
    }
}
