// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Ledger

extension Deliverer {
    /// Reads the answer to a question about calls whose finish was left without a known answer.
    func settle(_ calls: [LedgerCall], _ lookUp: LookUp, _ outcome: BatchOutcome) throws(LedgerFault) {
        let (reply, _, verdict) = outcome.reading()
        let finding = reply.map { lookUp.read($0, keepsKeys: keepsKeys == true) } ?? .failed(verdict)
        switch finding {
        case .failed(let verdict):
            conclude(verdict)
            let later = time.monotonic() + settings.portal.rereadAfter
            for call in calls { schedule.postpone(call.id, to: later) }
        case .noRight:
            reading = .none
            for call in calls { schedule.remove(call.id) }
            try apply(calls.map { _ in .cannotBeKnown }, to: calls)
        case .rows, .incomplete:
            conclude(.ok)
            try settle(calls, finding)
        }
    }

    private func settle(_ calls: [LedgerCall], _ finding: LookUp.Finding) throws(LedgerFault) {
        let now = time.monotonic()
        var events: [CallEvent] = []
        var settled: [LedgerCall] = []
        for call in calls {
            if let row = finding.row(of: call) {
                schedule.remove(call.id)
                events.append(.foundAtPortal(statisticID: row))
                settled.append(call)
                continue
            }
            if case .incomplete = finding {
                schedule.postpone(call.id, to: now + settings.portal.rereadAfter)
                continue
            }
            schedule.postpone(call.id, to: now)
            guard schedule.sawNothing(call.id, at: now) == .absent else { continue }
            events.append(reading == .all ? .absentAtPortal : .cannotBeKnown)
            settled.append(call)
        }
        try apply(events, to: settled)
    }

    /// Takes back the intents of a request that never left.
    func revert(_ job: DeliveryJob) throws(LedgerFault) {
        switch job {
        case .register(let batch): try apply(batch.calls.map { _ in .registerNotExecuted }, to: batch.calls)
        case .finish(let batch): try apply(batch.entries.map { _ in .finishNotExecuted }, to: batch.entries.map(\.call))
        case .settle: break
        }
    }
}
