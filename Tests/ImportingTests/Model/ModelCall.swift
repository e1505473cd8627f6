// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Ledger

@testable import Importing

/// As much of a `LedgerCall` as decides about its way; small, since hundreds of thousands are kept.
struct ModelCall: Hashable {
    var state = CallState.pending
    /// 0: none.
    var callID: UInt8 = 0
    var lostRegister = false
    var lostFinish = false
    var isNotFound = false
    var registrations: UInt8 = 0
    var unsettledRuns: UInt8 = 0
    /// Reads of the statistics that showed no row, in this process.
    var reads: UInt8 = 0

    func write(to bytes: inout [UInt8]) {
        let flags: UInt8 =
            (lostFinish ? 1 : 0) + (isNotFound ? 2 : 0) + unsettledRuns * 4 + reads * 16 + (lostRegister ? 128 : 0)
        bytes += [UInt8(state.rawValue), callID, flags, registrations]
    }
}

/// Asks the real state machine, once for each question.
final class Machine {
    private struct Question: Hashable {
        var call: ModelCall
        var event: CallEvent
    }

    static let now: Int64 = 1_770_000_000
    private let start: CallTime
    private var known: [Question: (ModelCall, CallAction)] = [:]

    init(age: Int64) { start = CallTime(epochSeconds: Self.now - age) }

    func apply(_ event: CallEvent, to call: inout ModelCall) -> CallAction {
        let question = Question(call: call, event: event)
        if let (changed, action) = known[question] {
            call = changed
            return action
        }
        var real = ledgerCall(call)
        let action = real.apply(event, now: Self.now)
        take(real, into: &call)
        known[question] = (call, action)
        return action
    }

    /// What `cdr24 retry` does.
    func retry(_ call: inout ModelCall) {
        var real = ledgerCall(call)
        _ = real.decide(.retry)
        take(real, into: &call)
    }

    private func ledgerCall(_ call: ModelCall) -> LedgerCall {
        var real = LedgerCall(
            sourceID: 1,
            call: Call(
                key: "pbx:1", type: .incoming, start: start, end: start, phoneNumber: "+12025550101", talk: .zero,
                status: .missed),
            state: call.state)
        real.portalCallID = call.callID == 0 ? nil : "\(call.callID)"
        real.lostRegister = call.lostRegister
        real.lostFinish = call.lostFinish
        real.isNotFound = call.isNotFound
        real.registrations = Int(call.registrations)
        real.unsettledRuns = Int(call.unsettledRuns)
        return real
    }

    private func take(_ real: LedgerCall, into call: inout ModelCall) {
        call.state = real.state
        call.callID = real.portalCallID.flatMap { UInt8($0) } ?? 0
        call.lostRegister = real.lostRegister
        call.lostFinish = real.lostFinish
        call.isNotFound = real.isNotFound
        call.registrations = UInt8(real.registrations)
        call.unsettledRuns = UInt8(min(real.unsettledRuns, 2))
        if call.state != .unsettled { call.reads = 0 }
    }
}
