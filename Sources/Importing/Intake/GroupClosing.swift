// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Ledger

/// Decides which of the waiting calls of a source are whole.
struct GroupClosing {
    let ledger: Ledger
    let keeper: GroupKeeper
    /// Calls whose last leg ended by then are whole; seconds since 1970.
    let wholeIfEndedBy: Int64
    /// The wall clock in seconds since 1970.
    let now: Int64

    /// How far ahead of now a call may begin and still be believed: clocks differ a little.
    private static let clockTolerance: Int64 = 600

    /// Goes through all waiting calls of the source.
    func run(tally: inout RecordTally, held: inout [String: Int]) throws(LedgerFault) {
        var cursor = DeliveryCursor.beginning
        while true {
            let calls = try ledger.calls(in: .waiting, after: cursor, limit: 2_000)
            guard let last = calls.last else { return }
            cursor = DeliveryCursor(after: last)
            var counted = tally
            var heldNow = held
            try ledger.intake { writer in
                for call in calls where call.sourceID == keeper.sourceID {
                    try close(call, writer: writer, tally: &counted, held: &heldNow)
                }
            }
            tally = counted
            held = heldNow
        }
    }

    private func close(
        _ call: LedgerCall, writer: IntakeWriter, tally: inout RecordTally, held: inout [String: Int]
    ) throws {
        var call = call
        let isOfThisRun = call.runID == keeper.runID
        var isPlaceholder = call.call.phoneNumber.isEmpty
        if isPlaceholder, call.call.end.epochSeconds <= wholeIfEndedBy {
            switch keeper.fold(Leg.decode(call.legs) ?? []) {
            case .call(let folded):
                let key = call.call.key
                call.call = folded
                call.call.key = key
                isPlaceholder = false
            case .skipped(let reason):
                try writer.delete(call)
                if isOfThisRun {
                    tally.left(legs: call.runLegs, isNewCall: call.isNew)
                    tally.skipped(reason, call.runLegs)
                }
                return
            }
        }
        if call.call.start.epochSeconds > now + Self.clockTolerance {
            call.state = .held
            call.reason = HoldReason.futureStart.rawValue
            held[HoldReason.futureStart.rawValue, default: 0] += 1
            try writer.update(call)
        } else if !isPlaceholder, call.call.end.epochSeconds <= wholeIfEndedBy, call.call.start.epochSeconds <= now {
            call.state = .pending
            try writer.update(call)
        } else if isOfThisRun {
            tally.waits(legs: call.runLegs, isNewCall: call.isNew)
        }
    }
}
