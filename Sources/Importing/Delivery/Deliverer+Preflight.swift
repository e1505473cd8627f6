// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Ledger

extension Deliverer {
    /// Asks the portal, in one request, whether the import can work: clock, permissions, rights, and whether it holds
    /// calls of ours that the ledger knows nothing of.
    ///
    /// - Returns: Whether delivery may go on; if not, why is in `ending` or `ledgerFault`.
    func preflight() async -> Bool {
        do throws(LedgerFault) {
            keepsKeys = try ledger.fact(.keepsExternalCallIDs).map { $0 == "yes" }
            let highest = try ledger.fact(.highestStatisticID).flatMap { Int64($0) } ?? 0
            let probes = settings.keyPrefixes.enumerated().map { index, prefix in
                StatisticQuery.carrying(prefix: prefix + ":", beyond: highest).command(key: "probe\(index)")
            }
            let commands = [ServerTimeReply.command(), ScopeReply.command(), ProfileReply.command()] + probes
            while let outcome = await sendAlone(commands) {
                let (reply, _, verdict) = outcome.reading()
                conclude(verdict)
                guard let reply else { continue }
                guard checkAccess(reply) else { return false }
                try noteClock(reply)
                if !settings.host.isEmpty { try ledger.remember([.portalHost: settings.host]) }
                guard try readProbes(reply, count: probes.count) else { continue }
                return ending == nil
            }
        } catch {
            ledgerFault = error
        }
        return false
    }

    /// Judges permissions and clock; `false` when the portal will not take calls from us.
    private func checkAccess(_ reply: BatchReply) -> Bool {
        if case .succeeded(let answer)? = reply.outcomes["scope"], let scopes = try? ScopeReply(answer.result),
            !scopes.scopes.contains("telephony")
        {
            ending = .rejected("the webhook has no permission \"telephony\"; edit it in the portal and add it")
            return false
        }
        reading = .some
        if case .succeeded(let answer)? = reply.outcomes["profile"], ProfileReply(answer.result).isAdmin {
            reading = .all
        }
        if case .succeeded(let answer)? = reply.outcomes["time"], let server = try? ServerTimeReply(answer.result) {
            let difference = server.date.epochSeconds - time.wallSeconds
            if difference.magnitude > 60 {
                report.warnings.append(
                    "this machine's clock and the portal's differ by \(difference.magnitude) seconds; check the time")
            }
        }
        return true
    }

    /// Notes what the portal's clock shows; a ledger's first contact is the moment before which it knows of no register.
    private func noteClock(_ reply: BatchReply) throws(LedgerFault) {
        guard let start = reply.time?.start else { return }
        origins.clock = start - time.monotonic().inSeconds
        if let known = try ledger.fact(.firstContact) {
            origins.firstContact = Int64(known)
        } else if try ledger.fact(.highestStatisticID) == nil {
            origins.firstContact = Int64(start.rounded(.down))
            try ledger.remember([.firstContact: String(Int64(start.rounded(.down)))])
        }
    }

    /// Reads what the portal holds of ours beyond the highest row that the ledger knows; `false` when it must be asked
    /// again, because a refusal for now says nothing about the right to read.
    private func readProbes(_ reply: BatchReply, count: Int) throws(LedgerFault) -> Bool {
        var isBehind = false
        for index in 0..<count {
            switch reply.outcomes["probe\(index)"] {
            case .succeeded(let answer):
                guard let rows = try? StatisticRow.rows(answer.result) else {
                    ending = .rejected("the portal's statistics could not be read; is this address a Bitrix24 portal?")
                    return true
                }
                if keepsKeys == false { continue }
                if try !explain(rows) || (answer.total ?? rows.count) > rows.count { isBehind = true }
            case .failed(let error) where error.kind == .accessDenied || error.kind == .insufficientScope:
                reading = .none
            case .failed(let error):
                conclude(RequestVerdict(error))
                return false
            case .missing, nil:
                conclude(.unknown("the portal left a question unanswered"))
                return false
            }
        }
        warnAboutReading()
        isBehindPortal = isBehind
        try settleWithoutReading()
        return true
    }

    /// Whether every row belongs to a call that the ledger knows to be there or on its way there.
    ///
    /// A row proves its call: one whose answer was lost is settled at once.
    private func explain(_ rows: [StatisticRow]) throws(LedgerFault) -> Bool {
        var highest: Int64 = 0
        var isExplained = true
        for row in rows {
            guard let key = row.externalCallID, settings.keyPrefixes.contains(where: { key.contains($0 + ":") }) else {
                // The filter was not understood; what else it would have shown is not known.
                return false
            }
            highest = max(highest, row.id)
            // The portal looks for the prefix anywhere in an id: another system's may contain it.
            guard settings.keyPrefixes.contains(where: { key.hasPrefix($0 + ":") }) else { continue }
            guard var call = try ledger.call(key: key) else { return false }
            switch call.state {
            case .unsettled, .held:
                // A call that this ledger never finished was finished by another.
                if call.state == .held, call.portalCallID == nil { isExplained = false }
                _ = call.apply(.foundAtPortal(statisticID: row.id), now: time.wallSeconds)
                try ledger.save([call])
                schedule.remove(call.id)
                note(call)
                queue.put(call)
            case .delivered, .refused:
                break
            case .waiting, .pending, .registering, .registered, .finishing:
                isExplained = false
            }
        }
        if isExplained, highest > 0 { try ledger.remember([.highestStatisticID: String(highest)]) }
        return isExplained
    }

    private func warnAboutReading() {
        switch reading {
        case .all: break
        case .some:
            report.warnings.append(
                "the webhook's owner is no administrator and may not see every call: a call whose answer is lost and "
                    + "that does not show in the statistics will be held for a person")
        case .none:
            report.warnings.append(
                "the webhook's owner may not read the call statistics: a call whose answer is lost will be held for a "
                    + "person, and calls of a lost ledger cannot be recognised")
        }
    }

    /// Without the right to read nothing can be settled: such calls are held, never repeated.
    private func settleWithoutReading() throws(LedgerFault) {
        guard !reading.isPossible else { return }
        var held: [LedgerCall] = []
        for id in schedule.all {
            guard var call = queue[id] else { continue }
            _ = call.apply(.cannotBeKnown, now: time.wallSeconds)
            schedule.remove(id)
            held.append(call)
        }
        try ledger.save(held)
        for call in held {
            note(call)
            queue.put(call)
        }
    }
}
