// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords
import Ledger

/// Decides which of the waiting calls of a source are whole.
struct CallCompletion {
    let store: any CallStore
    let assembler: CallAssembler
    /// Calls whose last leg ended by then are whole; seconds since 1970.
    let wholeIfEndedBy: Int64
    /// The wall clock in seconds since 1970.
    let now: Int64

    /// How far ahead of now a call may begin and still be believed: clocks differ a little.
    private static let clockTolerance: Int64 = 600
    /// How many waiting calls are looked at in one transaction.
    private static let transactionCalls = 2_000

    /// Goes through all waiting calls of the source.
    func run(tally: inout RecordTally, held: inout [String: Int]) throws(LedgerFault) {
        var cursor = DeliveryCursor.beginning
        while true {
            let calls = try store.calls(in: .waiting, after: cursor, limit: Self.transactionCalls)
            guard let last = calls.last else { return }
            cursor = DeliveryCursor(after: last)
            var counted = tally
            var heldNow = held
            try store.intake { transaction in
                for call in calls where call.sourceID == assembler.sourceID {
                    try complete(call, transaction, tally: &counted, held: &heldNow)
                }
            }
            tally = counted
            held = heldNow
        }
    }

    private func complete(
        _ call: LedgerCall, _ transaction: any IntakeTransaction, tally: inout RecordTally, held: inout [String: Int]
    ) throws {
        var call = call
        let isOfThisRun = call.history.runID == assembler.runID
        var isPlaceholder = call.call.phoneNumber.isEmpty
        if isPlaceholder, call.call.end.epochSeconds <= wholeIfEndedBy {
            switch assembler.fold(Leg.decode(call.history.legs) ?? []) {
            case .call(let folded):
                call.call = folded.renamed(call.call.key)
                isPlaceholder = false
            case .skipped(let reason):
                try transaction.delete(call)
                if isOfThisRun {
                    tally.left(legs: call.history.runLegs, isNewCall: call.history.isNew)
                    tally.skipped(reason, call.history.runLegs)
                }
                return
            }
        }
        if call.call.start.epochSeconds > now + Self.clockTolerance {
            _ = try call.apply(.hold(.futureStart), now: now)
            held[HoldReason.futureStart.rawValue, default: 0] += 1
            try transaction.update(call)
        } else if !isPlaceholder, call.call.end.epochSeconds <= wholeIfEndedBy, call.call.start.epochSeconds <= now {
            _ = try call.apply(.completed, now: now)
            try transaction.update(call)
        } else if isOfThisRun {
            tally.waits(legs: call.history.runLegs, isNewCall: call.history.isNew)
        }
    }
}
