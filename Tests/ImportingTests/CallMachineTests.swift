// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Ledger
import Testing

@testable import Importing

/// The state machine, row by row: state x event -> state, action.
@Suite struct CallMachineTests {
    private static let now: Int64 = 1_770_000_000

    private func call(_ state: CallState, startedBefore age: Int64 = 3_600) -> LedgerCall {
        let start = CallTime(epochSeconds: Self.now - age)
        var call = LedgerCall(
            sourceID: 1,
            call: Call(
                key: "pbx:1", type: .incoming, start: start, end: start, phoneNumber: "+12025550101", talk: .zero,
                status: .missed),
            state: state, legs: [1])
        if state.rawValue >= CallState.registered.rawValue {
            call.portalCallID = "externalCall.1"
            call.registrations = 1
        }
        return call
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var from: CallState
        var event: CallEvent
        var to: CallState
        var action: CallAction
        var testDescription: String { "\(from) + \(event)" }

        init(_ from: CallState, _ event: CallEvent, _ to: CallState, _ action: CallAction) {
            self.from = from
            self.event = event
            self.to = to
            self.action = action
        }
    }

    static let rows: [Row] = [
        Row(.pending, .registerBegins, .registering, .nothing),
        Row(.pending, .foundAtPortal(statisticID: 9), .delivered, .forget),
        Row(.pending, .hold(.noEmployee), .held, .forget),
        Row(.pending, .processDied, .pending, .register),
        Row(.registering, .registered(portalCallID: "externalCall.2"), .registered, .finish),
        Row(.registering, .callIDTaken, .pending, .register),
        Row(.registering, .registerNotExecuted, .pending, .register),
        Row(.registering, .registerUnanswered, .pending, .register),
        Row(.registering, .processDied, .pending, .register),
        Row(.registering, .registerRefused(.userNotActive(canSubstitute: true)), .held, .forget),
        Row(.registering, .registerRefused(.userUnknown), .held, .forget),
        Row(.registering, .registerRefused(.permanent("Unsupported phone number format")), .refused, .forget),
        Row(.registering, .foundAtPortal(statisticID: 9), .delivered, .forget),
        Row(.registered, .finishBegins, .finishing, .nothing),
        Row(.registered, .foundAtPortal(statisticID: 9), .delivered, .forget),
        Row(.registered, .processDied, .registered, .finish),
        Row(.registered, .hold(.noEmployee), .held, .forget),
        Row(.finishing, .finished(statisticID: 9), .delivered, .forget),
        Row(.finishing, .finishNotExecuted, .registered, .finish),
        Row(.finishing, .finishUnanswered, .unsettled, .settle),
        Row(.finishing, .processDied, .unsettled, .settle),
        Row(.finishing, .callNotFound, .unsettled, .settle),
        Row(.finishing, .finishRefused(.userNotActive(canSubstitute: true)), .registered, .finishAsSubstitute),
        Row(.finishing, .finishRefused(.userNotActive(canSubstitute: false)), .held, .forget),
        Row(.finishing, .finishRefused(.database), .held, .forget),
        Row(.finishing, .finishRefused(.mismatch), .held, .forget),
        Row(.finishing, .finishRefused(.permanent("no")), .refused, .forget),
        Row(.finishing, .foundAtPortal(statisticID: 9), .delivered, .forget),
        Row(.unsettled, .foundAtPortal(statisticID: 9), .delivered, .forget),
        Row(.unsettled, .absentAtPortal, .registered, .finish),
        Row(.unsettled, .cannotBeKnown, .held, .forget),
        Row(.unsettled, .runEnds, .unsettled, .nothing),
        Row(.unsettled, .processDied, .unsettled, .settle),
        Row(.waiting, .hold(.futureStart), .held, .forget),
        Row(.held, .foundAtPortal(statisticID: 9), .delivered, .forget),
    ]

    @Test(arguments: rows)
    func goesFromStateToState(_ row: Row) {
        var call = call(row.from)
        #expect(call.apply(row.event, now: Self.now) == row.action)
        #expect(call.state == row.to)
    }

    @Test func `every pair of state and event that is not in the table changes nothing`() {
        let events: [CallEvent] = [
            .registerBegins, .registered(portalCallID: "x"), .callIDTaken, .registerNotExecuted, .registerUnanswered,
            .registerRefused(.database), .finishBegins, .finished(statisticID: 1), .finishNotExecuted,
            .finishUnanswered, .callNotFound, .finishRefused(.database), .foundAtPortal(statisticID: 1),
            .absentAtPortal, .cannotBeKnown, .runEnds, .processDied, .hold(.noEmployee),
        ]
        for state in CallState.allCases {
            for event in events where !Self.rows.contains(where: { $0.from == state && isSameKind($0.event, event) }) {
                // A register's hold is a row of its own kind: it comes from the look-up, not from an answer.
                if state == .registering, case .hold = event { continue }
                var changed = call(state)
                #expect(changed.apply(event, now: Self.now) == .nothing, "\(state) + \(event)")
                #expect(changed == call(state), "\(state) + \(event)")
            }
        }
    }

    private func isSameKind(_ a: CallEvent, _ b: CallEvent) -> Bool {
        "\(a)".prefix { $0 != "(" } == "\(b)".prefix { $0 != "(" }
    }

    @Test func `no event takes a call out of an end state, but a row at the portal ends the holding`() {
        for state in [CallState.delivered, .refused, .held] {
            for row in Self.rows where row.from != .held && !isSameKind(row.event, .foundAtPortal(statisticID: 9)) {
                var changed = call(state)
                #expect(changed.apply(row.event, now: Self.now) == .nothing)
                #expect(changed.state == state)
            }
        }
    }

    @Test func `a call whose finish was lost and which the portal no longer knows is never registered again`() {
        var call = call(.finishing, startedBefore: 40 * 86_400)
        #expect(call.apply(.finishUnanswered, now: Self.now) == .settle)
        #expect(call.apply(.absentAtPortal, now: Self.now) == .finish)
        _ = call.apply(.finishBegins, now: Self.now)
        #expect(call.apply(.callNotFound, now: Self.now) == .settle)
        #expect(call.apply(.absentAtPortal, now: Self.now) == .settleNextRun)
        #expect(call.state == .unsettled)
        _ = call.apply(.runEnds, now: Self.now)
        #expect(call.apply(.absentAtPortal, now: Self.now) == .forget)
        #expect(call.reason == HoldReason.probablyDelivered.rawValue)
    }

    @Test func `a call that the cleaner took is registered once more and only once`() {
        var call = call(.finishing, startedBefore: 31 * 86_400)
        _ = call.apply(.callNotFound, now: Self.now)
        #expect(call.apply(.absentAtPortal, now: Self.now) == .register)
        #expect(call.state == .pending && call.portalCallID == nil)
        _ = call.apply(.registerBegins, now: Self.now)
        _ = call.apply(.registered(portalCallID: "externalCall.2"), now: Self.now)
        _ = call.apply(.finishBegins, now: Self.now)
        _ = call.apply(.callNotFound, now: Self.now)
        #expect(call.apply(.absentAtPortal, now: Self.now) == .forget)
        #expect(call.reason == HoldReason.callVanished.rawValue)
    }

    @Test func `a young call that vanished is held`() {
        var call = call(.finishing, startedBefore: 28 * 86_400)
        _ = call.apply(.callNotFound, now: Self.now)
        #expect(call.apply(.absentAtPortal, now: Self.now) == .forget)
        #expect(call.reason == HoldReason.callVanished.rawValue)
    }

    @Test func `a CALL_ID that stays another call's is held in the end`() {
        var call = call(.registering)
        #expect(call.apply(.callIDTaken, now: Self.now) == .register)
        _ = call.apply(.registerBegins, now: Self.now)
        #expect(call.apply(.callIDTaken, now: Self.now) == .register)
        _ = call.apply(.registerBegins, now: Self.now)
        #expect(call.apply(.callIDTaken, now: Self.now) == .forget)
        #expect(call.reason == HoldReason.callIDCollision.rawValue)
    }

    @Test func `delivered by us and found there are told apart`() {
        var settled = call(.finishing)
        _ = settled.apply(.finishUnanswered, now: Self.now)
        _ = settled.apply(.foundAtPortal(statisticID: 5), now: Self.now)
        #expect(settled.state == .delivered && !settled.wasFoundThere && settled.statisticID == 5)
        var known = call(.pending)
        _ = known.apply(.foundAtPortal(statisticID: 5), now: Self.now)
        #expect(known.state == .delivered && known.wasFoundThere && known.legs.isEmpty)
    }
}
