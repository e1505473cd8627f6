// SPDX-License-Identifier: Apache-2.0

import CallRecords
import TestSupport
import Testing

@testable import CallLifecycle

/// The state machine, row by row: state x event -> state, action.
@Suite struct DeliveryProgressTests {
    private static let now: Int64 = 1_770_000_000

    private func call(_ state: CallState, startedBefore age: Int64 = 3_600) -> TrackedCall {
        .sample(state, .sample(start: Self.now - age, talk: 0))
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

    private static let registeredByOthers = CallEvent.registeredByOthers(
        statisticID: 1, portalCallID: "externalCall.3", application: "Connector")

    static let rows: [Row] = [
        Row(.pending, .registerBegins, .registering, .nothing),
        Row(.pending, .creatingRegisterBegins, .registering, .nothing),
        Row(.pending, .adopted(portalCallID: "externalCall.4"), .registered, .finish),
        Row(.pending, .foundAtPortal(statisticID: 9), .delivered, .forget),
        Row(.pending, .hold(.noEmployee), .held, .forget),
        Row(.pending, registeredByOthers, .deliveredByOthers, .forget),
        Row(.waiting, registeredByOthers, .waiting, .ignore),
        Row(.deliveredByOthers, registeredByOthers, .deliveredByOthers, .ignore),
        Row(.deliveredByOthers, .foundAtPortal(statisticID: 9), .deliveredByOthers, .ignore),
        Row(.deliveredByOthers, .matchedAtPortal(statisticID: 9, portalCallID: nil), .deliveredByOthers, .ignore),
        Row(.deliveredByOthers, .absentAtPortal, .deliveredByOthers, .ignore),
        Row(.deliveredByOthers, .cannotBeKnown, .deliveredByOthers, .ignore),
        Row(.pending, .processDied, .pending, .register),
        Row(.registering, .registered(portalCallID: "externalCall.2"), .registered, .finish),
        Row(.registering, .callIDTaken, .pending, .register),
        Row(.registering, .registerNotExecuted, .pending, .register),
        Row(.registering, .registerUnanswered, .pending, .register),
        Row(.registering, .processDied, .pending, .register),
        Row(.registering, .registerWithoutCallID, .held, .forget),
        Row(.registering, .registerRefused(.unclear("odd")), .refused, .forget),
        Row(.finishing, .finishRefused(.unclear("odd")), .unsettled, .settle),
        Row(.unsettled, .matchedAtPortal(statisticID: 9, portalCallID: "externalCall.3"), .delivered, .forget),
        Row(.unsettled, .hold(.lookAlikeThere), .held, .forget),
        Row(.registering, .registerRefused(.userNotActive(canSubstitute: true)), .held, .forget),
        Row(.registering, .registerRefused(.userUnknown), .held, .forget),
        Row(.registering, .registerRefused(.permanent("Unsupported phone number format")), .refused, .forget),
        Row(.registering, .foundAtPortal(statisticID: 9), .delivered, .forget),
        Row(.registered, .finishBegins, .finishing, .nothing),
        Row(.registered, .foundAtPortal(statisticID: 9), .delivered, .forget),
        Row(.registered, .processDied, .unsettled, .settle),
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
        Row(.waiting, .grew(isWhole: true), .pending, .nothing),
        Row(.waiting, .completed, .pending, .register),
        Row(.waiting, .foundAtPortal(statisticID: 9), .waiting, .ignore),
        Row(.waiting, .matchedAtPortal(statisticID: 9, portalCallID: "externalCall.3"), .waiting, .ignore),
        Row(.pending, .grew(isWhole: false), .waiting, .nothing),
        Row(.pending, .matchedAtPortal(statisticID: 9, portalCallID: "externalCall.3"), .delivered, .forget),
        Row(.registering, .callIDForeign, .pending, .register),
        Row(.registering, .hold(.lookAlikeThere), .held, .forget),
        Row(.registered, .matchedAtPortal(statisticID: 9, portalCallID: "externalCall.3"), .delivered, .forget),
        Row(.delivered, .foundAtPortal(statisticID: 9), .delivered, .ignore),
        Row(.delivered, .matchedAtPortal(statisticID: 9, portalCallID: nil), .delivered, .ignore),
        Row(.delivered, .absentAtPortal, .delivered, .ignore),
        Row(.delivered, .cannotBeKnown, .delivered, .ignore),
        Row(.refused, .foundAtPortal(statisticID: 9), .delivered, .forget),
        Row(.refused, .absentAtPortal, .refused, .ignore),
        Row(.refused, .cannotBeKnown, .refused, .ignore),
        Row(.held, .foundAtPortal(statisticID: 9), .delivered, .forget),
        Row(.held, .absentAtPortal, .held, .ignore),
        Row(.held, .cannotBeKnown, .held, .ignore),
    ]

    @Test(arguments: rows)
    func `goes from state to state`(_ row: Row) throws {
        var call = call(row.from)
        #expect(try call.apply(row.event, now: Self.now) == row.action)
        #expect(call.state == row.to)
        if row.action == .ignore { #expect(call == self.call(row.from)) }
    }

    /// One event of each kind.
    static let events: [CallEvent] = [
        .grew(isWhole: true), .completed, .registerBegins, .creatingRegisterBegins, .adopted(portalCallID: "x"),
        .registered(portalCallID: "x"), .callIDTaken, .callIDForeign,
        .registerNotExecuted, .registerUnanswered, .registerWithoutCallID, .registerRefused(.database), .finishBegins,
        .finished(statisticID: 1), .finishNotExecuted, .finishUnanswered, .callNotFound, .finishRefused(.database),
        .foundAtPortal(statisticID: 1), .matchedAtPortal(statisticID: 1, portalCallID: nil), .absentAtPortal,
        .cannotBeKnown, .runEnds, .processDied, .hold(.noEmployee), registeredByOthers,
    ]

    @Test(arguments: CallState.allCases, events)
    func `every pair of state and event is in the table or impossible`(_ state: CallState, _ event: CallEvent) throws {
        guard !Self.rows.contains(where: { $0.from == state && isSameKind($0.event, event) }) else { return }
        var changed = call(state)
        let fault = #expect(throws: ImpossibleTransition.self) { try changed.apply(event, now: Self.now) }
        #expect(fault?.state == state && fault?.event == event && fault?.key == "pbx:1")
        #expect(fault?.description.contains("\(state)") == true && fault?.description.contains("\(event)") == true)
        #expect(changed == call(state))
    }

    private func isSameKind(_ a: CallEvent, _ b: CallEvent) -> Bool {
        "\(a)".prefix { $0 != "(" } == "\(b)".prefix { $0 != "(" }
    }

    @Test(arguments: [CallEvent.registerUnanswered, .processDied])
    func `a register that may have created a lead is held and not retried when its answer is lost`(
        _ loss: CallEvent
    ) throws {
        var call = call(.pending)
        #expect(try call.apply(.creatingRegisterBegins, now: Self.now) == .nothing)
        #expect(try call.apply(loss, now: Self.now) == .forget)
        #expect(call.state == .held && call.progress.reason == HoldReason.unknownRegister.rawValue)
        guard case .refused(let why) = call.decide(.retry) else { return #expect(Bool(false), "retried") }
        #expect(why.contains("second lead"))
        #expect(call.decide(.sendAgain) == .changed(.pending) && !call.progress.mayHaveCreated)
    }

    @Test func `a creating register that was not executed may be repeated`() throws {
        var call = call(.pending)
        _ = try call.apply(.creatingRegisterBegins, now: Self.now)
        #expect(try call.apply(.registerNotExecuted, now: Self.now) == .register)
        #expect(call.state == .pending && !call.progress.mayHaveCreated)
    }

    @Test func `a call that the portal registered itself is never registered, unless a person says so`() throws {
        var details = CallDetails.Values()
        details.portalCallID = "externalCall.7"
        var call = TrackedCall.sample(
            .pending, .sample(start: Self.now - 40 * 86_400, talk: 0, details: CallDetails(details)))
        #expect(call.adoptableCallID == "externalCall.7")
        #expect(try call.apply(.adopted(portalCallID: "externalCall.7"), now: Self.now) == .finish)
        #expect(call.progress.isAdopted && call.adoptableCallID == nil)
        _ = try call.apply(.finishBegins, now: Self.now)
        #expect(try call.apply(.callNotFound, now: Self.now) == .settle)
        #expect(try call.apply(.absentAtPortal, now: Self.now) == .forget)
        #expect(call.state == .held && call.progress.reason == HoldReason.portalCallUnknown.rawValue)
        #expect(call.decide(.retry) == .changed(.unsettled))
        #expect(try call.apply(.absentAtPortal, now: Self.now) == .forget)
        #expect(call.decide(.sendAgain) == .changed(.pending) && call.adoptableCallID == nil)
    }

    @Test func `a finish cannot begin but for a call that is registered`() {
        for state in CallState.allCases where state != .registered {
            var call = call(state)
            #expect(throws: ImpossibleTransition.self) { try call.apply(.finishBegins, now: Self.now) }
        }
    }

    @Test func `a call whose finish was lost and which the portal no longer knows is never registered again`() throws {
        var call = call(.finishing, startedBefore: 40 * 86_400)
        #expect(try call.apply(.finishUnanswered, now: Self.now) == .settle)
        #expect(try call.apply(.absentAtPortal, now: Self.now) == .finish)
        #expect(try call.apply(.finishBegins, now: Self.now) == .nothing)
        #expect(try call.apply(.callNotFound, now: Self.now) == .settle)
        #expect(call.progress.isProbablyDelivered)
        #expect(try call.apply(.absentAtPortal, now: Self.now) == .settleNextRun)
        #expect(call.state == .unsettled)
        #expect(try call.apply(.runEnds, now: Self.now) == .nothing)
        #expect(try call.apply(.absentAtPortal, now: Self.now) == .forget)
        #expect(call.progress.reason == HoldReason.probablyDelivered.rawValue)
    }

    @Test func `a finish that was refused in unknown words is asked for, and asked for again by a retry`() throws {
        var call = call(.finishing)
        #expect(try call.apply(.finishRefused(.unclear("Odd error")), now: Self.now) == .settle)
        #expect(try call.apply(.absentAtPortal, now: Self.now) == .forget)
        #expect(call.state == .refused && call.progress.note == "Odd error")
        #expect(call.decide(.retry) == .changed(.unsettled))
        #expect(try call.apply(.foundAtPortal(statisticID: 9), now: Self.now) == .forget)
        #expect(call.state == .delivered && call.progress.note == nil)
    }

    @Test func `a call that the cleaner took is registered once more and only once`() throws {
        var call = call(.finishing, startedBefore: 31 * 86_400)
        #expect(try call.apply(.callNotFound, now: Self.now) == .settle)
        #expect(try call.apply(.absentAtPortal, now: Self.now) == .register)
        #expect(call.state == .pending && call.progress.portalCallID == nil)
        for event in [
            CallEvent.registerBegins, .registered(portalCallID: "externalCall.2"), .finishBegins, .callNotFound,
        ] {
            _ = try call.apply(event, now: Self.now)
        }
        #expect(try call.apply(.absentAtPortal, now: Self.now) == .forget)
        #expect(call.progress.reason == HoldReason.callVanished.rawValue)
    }

    @Test func `a young call that vanished is held`() throws {
        var call = call(.finishing, startedBefore: 28 * 86_400)
        #expect(try call.apply(.callNotFound, now: Self.now) == .settle)
        #expect(try call.apply(.absentAtPortal, now: Self.now) == .forget)
        #expect(call.progress.reason == HoldReason.callVanished.rawValue)
    }

    @Test func `a CALL_ID that stays another call's is held in the end`() throws {
        var call = call(.registering)
        #expect(try call.apply(.callIDTaken, now: Self.now) == .register)
        #expect(try call.apply(.registerBegins, now: Self.now) == .nothing)
        #expect(try call.apply(.callIDTaken, now: Self.now) == .register)
        #expect(try call.apply(.registerBegins, now: Self.now) == .nothing)
        #expect(try call.apply(.callIDTaken, now: Self.now) == .forget)
        #expect(call.progress.reason == HoldReason.callIDCollision.rawValue)
    }

    @Test func `a CALL_ID of nobody that is known proves no lost register`() throws {
        var call = call(.registering)
        #expect(try call.apply(.registerUnanswered, now: Self.now) == .register)
        #expect(call.progress.lostRegister)
        #expect(try call.apply(.registerBegins, now: Self.now) == .nothing)
        #expect(try call.apply(.callIDForeign, now: Self.now) == .register)
        #expect(!call.progress.lostRegister)
    }

    @Test func `delivered by us and found there are told apart`() throws {
        var settled = call(.finishing)
        #expect(try settled.apply(.finishUnanswered, now: Self.now) == .settle)
        #expect(try settled.apply(.foundAtPortal(statisticID: 5), now: Self.now) == .forget)
        #expect(settled.state == .delivered && !settled.progress.wasFoundThere && settled.progress.statisticID == 5)
        var known = call(.pending)
        #expect(try known.apply(.foundAtPortal(statisticID: 5), now: Self.now) == .forget)
        #expect(known.state == .delivered && known.progress.wasFoundThere)
    }

    @Test func `a call of another integration keeps its row, and nobody can have it sent`() throws {
        var left = call(.pending)
        #expect(try left.apply(Self.registeredByOthers, now: Self.now) == .forget)
        #expect(left.progress.statisticID == 1 && left.progress.portalCallID == "externalCall.3")
        #expect(left.progress.note == "registered by Connector" && left.state.isFinal && !left.state.canGrow)
        for decision in [CallDecision.retry, .delivered, .sendAgain] {
            guard case .refused = left.decide(decision) else {
                Issue.record("\(decision) was carried out")
                continue
            }
        }
        #expect(left.state == .deliveredByOthers)
    }

    @Test func `a row that is like the call gives it its CALL_ID`() throws {
        var matched = call(.registered)
        #expect(
            try matched.apply(.matchedAtPortal(statisticID: 5, portalCallID: "externalCall.7"), now: Self.now)
                == .forget)
        #expect(matched.progress.portalCallID == "externalCall.7" && matched.progress.wasFoundThere)
    }
}
