// SPDX-License-Identifier: Apache-2.0

import CallLifecycle

@testable import Delivery

/// As much of a call's `DeliveryProgress` as decides about its way; small, since hundreds of thousands are kept.
struct ModelCall: Hashable {
    var state = CallState.pending
    /// 0: none.
    var callID: UInt8 = 0
    var lostRegister = false
    var lostFinish = false
    var isNotFound = false
    var registrations: UInt8 = 0
    var unsettledRuns: UInt8 = 0
    /// The portal refused the finish in unknown words, and what it did is not known yet.
    var hasNote = false
    /// Reads of the statistics that showed no row, in this process.
    var reads: UInt8 = 0
    /// An earlier process registered the call, as a ledger says that was used last.
    var isResumed = false

    func write(to bytes: inout [UInt8]) {
        let flags: UInt8 =
            (lostFinish ? 1 : 0) + (isNotFound ? 2 : 0) + unsettledRuns * 4 + reads * 16 + (lostRegister ? 128 : 0)
        let more: UInt8 = (hasNote ? 1 : 0) + (isResumed ? 2 : 0)
        bytes += [UInt8(state.rawValue) * 4 + more, callID, flags, registrations]
    }
}

/// Asks the real state machine, once for each question.
final class Machine {
    private struct Question: Hashable {
        var call: ModelCall
        var event: CallEvent
    }

    private let age: Duration
    /// Events that could not follow from the state of their call.
    private(set) var impossible: [String] = []
    private var known: [Question: (ModelCall, CallAction)] = [:]

    /// - Parameter age: How long ago the calls began.
    init(age: Duration) { self.age = age }

    /// - Returns: ``CallAction/ignore`` where the event is impossible: nothing changes then. Whether that may be depends on
    ///   the rules that are switched off; with all of them it is counted in ``impossible``.
    func apply(_ event: CallEvent, to call: inout ModelCall) -> CallAction {
        let question = Question(call: call, event: event)
        if let (changed, action) = known[question] {
            call = changed
            return action
        }
        var real = progress(call)
        let action: CallAction
        do {
            action = try real.apply(event, startedAgo: age)
        } catch {
            impossible.append("\(error)")
            action = .ignore
        }
        take(real, into: &call)
        known[question] = (call, action)
        return action
    }

    /// What `cdr24 retry` does.
    func retry(_ call: inout ModelCall) {
        var real = progress(call)
        _ = real.decide(.retry)
        take(real, into: &call)
    }

    private func progress(_ call: ModelCall) -> DeliveryProgress {
        DeliveryProgress(
            stored: call.state, note: call.hasNote ? "odd" : nil,
            portalCallID: call.callID == 0 ? nil : "\(call.callID)",
            lostRegister: call.lostRegister, lostFinish: call.lostFinish, isNotFound: call.isNotFound,
            registrations: Int(call.registrations), unsettledRuns: Int(call.unsettledRuns))
    }

    private func take(_ real: DeliveryProgress, into call: inout ModelCall) {
        call.state = real.state
        call.callID = real.portalCallID.flatMap { UInt8($0) } ?? 0
        call.lostRegister = real.lostRegister
        call.lostFinish = real.lostFinish
        call.isNotFound = real.isNotFound
        call.registrations = UInt8(real.registrations)
        call.unsettledRuns = UInt8(min(real.unsettledRuns, 2))
        call.hasNote = real.note != nil
        guard call.state != .unsettled else { return }
        call.reads = 0
        call.isResumed = false
    }
}
