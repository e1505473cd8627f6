// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallRecords
import Ledger

extension Deliverer {
    /// The most calls of a ledger's first batch.
    private static let pilotSize = 5

    /// Sends a ledger's first few calls and reads them back before anything else leaves.
    ///
    /// What is read back shows whether the portal keeps EXTERNAL_CALL_ID; until that is known, look-alikes are sent one
    /// after the other.
    ///
    /// - Returns: Whether delivery may go on.
    func pilot() async -> Bool {
        do throws(LedgerFault) {
            while keepsKeys == nil, reading.isPossible, maySend {
                try loadMore()
                let calls = nextToRegister(limit: Self.pilotSize)
                guard !calls.isEmpty else { return maySend }
                // A ledger that was lost on a portal that keeps no keys shows in what its calls are.
                if !hasVerifiedLikenesses {
                    guard let found = try await lookUpAlike(calls) else { return false }
                    guard found == 0 else {
                        guard await verifyLikenesses() else { return false }
                        continue
                    }
                }
                guard let registered = try await perform(beginRegister(calls)) else {
                    return false
                }
                guard registered else { continue }
                let ready = nextToFinish(limit: Self.pilotSize)
                guard !ready.isEmpty else { continue }
                guard try await perform(beginFinish(ready)) != nil else { return false }
                var sent: [LedgerCall] = []
                for call in ready {
                    if let call = try ledger.call(key: call.call.key), call.state == .delivered { sent.append(call) }
                }
                if !sent.isEmpty { return try await readBack(sent) }
            }
        } catch {
            ledgerFault = error
        }
        return maySend
    }

    /// Sends one request and records its outcome; `nil` when the run ended before it could leave.
    private func perform(_ job: DeliveryJob) async throws(LedgerFault) -> Bool? {
        guard let outcome = await sendAlone(job.commands) else {
            try revert(job)
            return nil
        }
        try apply(outcome, of: job)
        return outcome.reading().reply != nil
    }

    /// Reads delivered calls back, as often as a statistics that lags a little needs.
    private func readBack(_ calls: [LedgerCall]) async throws(LedgerFault) -> Bool {
        for attempt in 0..<4 {
            if attempt > 0 { await wait(until: time.monotonic() + settings.portal.rereadAfter) }
            let lookUp = LookUp("b", keysAndCallIDsOf: calls)
            guard let outcome = await sendAlone(lookUp.commands) else { return false }
            let (reply, _, verdict) = outcome.reading()
            guard let reply else {
                conclude(verdict)
                continue
            }
            switch lookUp.read(reply, keepsKeys: keepsKeys == true) {
            case .rows(let keys, let callIDs), .incomplete(let keys, let callIDs):
                if !keys.isEmpty {
                    try keysAreKept()
                    return maySend
                }
                if !callIDs.isEmpty {
                    keepsKeys = false
                    try ledger.remember([.keepsExternalCallIDs: "no"])
                    report.warnings.append(
                        "the portal does not keep EXTERNAL_CALL_ID: calls that look alike are sent one after the other")
                    return maySend
                }
            case .failed(let verdict): conclude(verdict)
            case .noRight: reading = .none
            }
        }
        if maySend {
            report.warnings.append(
                "the first calls do not show in the portal's statistics yet; calls that look alike are sent one after "
                    + "the other")
        }
        return maySend
    }
}
