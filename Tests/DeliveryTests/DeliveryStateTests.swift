// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle
import CallRecords
import TestSupport
import Testing

@testable import Delivery

/// A delivery step by step, with a clock moved by hand and a store that is a dictionary.
@Suite struct DeliveryStateTests {
    /// A delivery with the calls that its store holds.
    private struct Scene {
        var state: DeliveryState
        var now: Duration = .seconds(1_000)
        var calls: [Int64: TrackedCall] = [:]
        var facts: [DeliveryFact] = []
        static let epoch = 1_790_000_000.0

        init(
            _ progress: [DeliveryProgress], memory change: (inout DeliveryMemory) -> Void = { _ in },
            settings adjust: (inout DeliverySettings) -> Void = { _ in }
        ) {
            for (index, progress) in progress.enumerated() {
                let start = CallTime(epochSeconds: Int64(Scene.epoch) - 7_200 + Int64(index))
                let call = Call(
                    key: "pbx:\(index)", type: .incoming, start: start, end: start,
                    phoneNumber: "+1202555010\(index)", employeeExtension: "101", talk: .seconds(5), status: .success)
                calls[Int64(index + 1)] = TrackedCall(id: Int64(index + 1), call: call, progress: progress)
            }
            var memory = DeliveryMemory()
            memory.deliverable = progress.count
            change(&memory)
            var users = UserSettings()
            users.fallback = 1
            var settings = DeliverySettings(portal: PortalSettings(), users: users, keyPrefixes: ["pbx"])
            settings.nonce = "t"
            settings.chanceSeed = 1
            adjust(&settings)
            state = DeliveryState(settings, memory: memory, epoch: Scene.epoch, at: now)
        }

        /// Does what the store has to do, until something else comes.
        mutating func next() throws -> DeliveryStep {
            while true {
                let step = try state.next(at: now)
                guard case .load(let page) = step else { return step }
                store(try state.loaded(calls(of: page), for: page, at: now))
            }
        }

        private func calls(of page: CallPage) -> [TrackedCall] {
            let all = calls.values.filter { $0.state == page.state && $0.call.start.epochSeconds <= page.latestStart }
            return Array(all.sorted { $0.id < $1.id }.filter { $0.id > page.after?.id ?? 0 }.prefix(page.limit))
        }

        mutating func store(_ commit: DeliveryCommit) {
            for call in commit.progress { calls[call.id] = call }
            facts += commit.facts
        }

        /// The request that may leave now, with its intents stored.
        mutating func request() throws -> DeliveryRequest {
            guard case .send(let request) = try next() else {
                throw Unexpected()
            }
            store(request.intents)
            return request
        }

        mutating func answer(_ request: DeliveryRequest, _ outcome: BatchOutcome, after wait: Duration = .seconds(1))
            throws
        {
            now += wait
            let questions = state.questions(about: outcome, for: request)
            var known = StoreFacts()
            for call in calls.values {
                if let id = call.progress.portalCallID, questions.portalCallIDs.contains(id) {
                    known.owners[id] = call.id
                }
                if questions.keys.contains(call.key) { known.calls[call.key] = call }
            }
            store(try state.received(outcome, for: request, knowing: known, at: now))
        }

        mutating func passPreflight(isAdministrator: Bool = true) throws {
            try answer(try request(), Scene.preflight(isAdministrator: isAdministrator))
        }

        func stateOf(_ id: Int64) -> CallState? { calls[id]?.state }

        static func preflight(isAdministrator: Bool = true) -> BatchOutcome {
            answered([
                "scope": .array([.string("telephony")]),
                "profile": .object(["ID": .string("1"), "ADMIN": .bool(isAdministrator)]),
                "time": .string("2026-09-21T14:30:00+00:00"), "probe0": .array([]),
            ])
        }

        static func answered(_ results: [String: JSONValue]) -> BatchOutcome {
            .answered(
                BatchReply(outcomes: results.mapValues { .succeeded(CommandReply(result: $0)) }, elapsed: .seconds(1)))
        }
    }

    private struct Unexpected: Error {}

    /// An answer in which every command did what it should.
    private func success(_ request: DeliveryRequest, rows: [String: Int64] = [:]) -> BatchOutcome {
        var results: [String: JSONValue] = [:]
        for (index, command) in request.commands.enumerated() {
            switch command.method {
            case RegisterCall.method:
                results[command.key] = .object(["CALL_ID": .string("externalCall.\(request.id).\(index)")])
            case FinishCall.method:
                let key = request.intents.progress[index].key
                results[command.key] = .object(["ID": .string("\(100 + index)"), "EXTERNAL_CALL_ID": .string(key)])
            default:
                results[command.key] = .array(
                    rows.map { .object(["ID": .string("\($0.value)"), "EXTERNAL_CALL_ID": .string($0.key)]) })
            }
        }
        return Scene.answered(results)
    }

    private func methods(_ request: DeliveryRequest) -> [String] { request.commands.map(\.method) }

    private let pending = DeliveryProgress(isWhole: true)

    /// A portal that is known to keep keys, and a ledger that has spoken to it.
    private static func knowsPortal(_ memory: inout DeliveryMemory) {
        memory.keepsKeys = true
        memory.highestStatisticID = 1
        memory.firstContact = 1
    }

    @Test func `nothing to deliver needs no request`() throws {
        var scene = Scene([])
        guard case .end = try scene.next() else { throw Unexpected() }
        #expect(scene.state.report.end == .finished && scene.state.report.requests == 0)
        #expect(try scene.state.close(at: scene.now) == DeliveryCommit())
    }

    @Test func `an intent is in the commit that the request brings, and the outcome in the one that its answer brings`()
        throws
    {
        var scene = Scene([pending, pending], memory: Self.knowsPortal)
        try scene.passPreflight()
        guard case .send(let register) = try scene.next() else { throw Unexpected() }
        #expect(register.intents.progress.map(\.state) == [.registering, .registering])
        #expect(methods(register) == [RegisterCall.method, RegisterCall.method, StatisticQuery.method])
        scene.store(register.intents)
        try scene.answer(register, success(register))
        #expect(scene.stateOf(1) == .registered && scene.stateOf(2) == .registered)
        let finish = try scene.request()
        #expect(methods(finish) == [FinishCall.method, FinishCall.method])
        #expect(scene.stateOf(1) == .finishing)
        try scene.answer(finish, success(finish))
        #expect(scene.stateOf(1) == .delivered && scene.stateOf(2) == .delivered)
        guard case .end = try scene.next() else { throw Unexpected() }
        #expect(scene.state.report.end == .finished && scene.state.report.delivered == 2)
        #expect(scene.facts.contains(.highestStatisticID(101)))
        let last = try scene.state.close(at: scene.now)
        #expect(last.facts.count == 1 && last.progress.isEmpty)
    }

    @Test func `no two requests have commands of one name`() throws {
        var scene = Scene(Array(repeating: pending, count: 8), memory: Self.knowsPortal)
        try scene.passPreflight()
        let register = try scene.request()
        try scene.answer(register, success(register))
        let finish = try scene.request()
        #expect(Set(register.commands.map(\.key)).isDisjoint(with: finish.commands.map(\.key)))
    }

    @Test func `a reply to another request decides nothing`() throws {
        var scene = Scene([pending, pending], memory: Self.knowsPortal)
        try scene.passPreflight()
        let register = try scene.request()
        let stranger = Scene.answered([
            "r0": .object(["CALL_ID": .string("externalCall.1")]),
            "r1": .object(["CALL_ID": .string("externalCall.2")]),
            "l0": .array([]),
        ])
        try scene.answer(register, stranger)
        #expect(scene.stateOf(1) == .pending && scene.calls[1]?.progress.lostRegister == true)
        #expect(scene.state.report.unknownReplies == 1)
    }

    @Test func `a finish without an answer is asked about when nothing can be at work any more, and twice`() throws {
        var scene = Scene([pending], memory: Self.knowsPortal)
        try scene.passPreflight()
        let register = try scene.request()
        try scene.answer(register, success(register))
        let finish = try scene.request()
        try scene.answer(finish, .unknown("cut", elapsed: .seconds(1)))
        #expect(scene.stateOf(1) == .unsettled)
        guard case .wait(let until?, .statistics) = try scene.next() else { throw Unexpected() }
        #expect(until >= scene.now + .seconds(65) && until <= scene.now + .seconds(67))
        scene.now = until
        let first = try scene.request()
        #expect(methods(first) == [StatisticQuery.method, StatisticQuery.method])
        try scene.answer(first, success(first))
        #expect(scene.stateOf(1) == .unsettled)
        guard case .wait(let again?, .statistics) = try scene.next() else { throw Unexpected() }
        scene.now = again
        let second = try scene.request()
        try scene.answer(second, success(second))
        // The live call is still there: its CALL_ID makes a second finish safe.
        #expect(scene.stateOf(1) == .registered)
        #expect(methods(try scene.request()) == [FinishCall.method])
    }

    @Test func `a row found for a finish without an answer delivers the call`() throws {
        let lost = DeliveryProgress(stored: .finishing, portalCallID: "externalCall.9", registrations: 1)
        var scene = Scene([lost], memory: Self.knowsPortal)
        try scene.passPreflight()
        #expect(scene.stateOf(1) == .unsettled)
        guard case .wait(let until?, _) = try scene.next() else { throw Unexpected() }
        scene.now = until
        let question = try scene.request()
        try scene.answer(
            question,
            Scene.answered(
                Dictionary(
                    uniqueKeysWithValues: question.commands.map { command in
                        (
                            command.key,
                            command.key.contains("sk")
                                ? .array([.object(["ID": .string("7"), "EXTERNAL_CALL_ID": .string("pbx:0")])])
                                : .array([])
                        )
                    })))
        #expect(scene.stateOf(1) == .delivered && scene.state.report.delivered == 1)
    }

    @Test func `asking whether more may be done changes nothing`() throws {
        var scene = Scene([pending], memory: Self.knowsPortal) { $0.deadline = .seconds(1_500) }
        try scene.passPreflight()
        let before = scene.state.report
        _ = scene.state.progress(at: scene.now)
        _ = scene.state.questions(about: Scene.preflight(), for: try scene.request())
        _ = scene.state.report
        #expect(scene.state.report.end == .stopped("some calls are unconfirmed, and only a later run can confirm them"))
        #expect(scene.state.report.delivered == before.delivered)
    }

    @Test func `after the deadline no request leaves, and one on its way is awaited`() throws {
        var scene = Scene([pending], memory: Self.knowsPortal) { $0.deadline = .seconds(1_100) }
        try scene.passPreflight()
        let register = try scene.request()
        scene.now = .seconds(1_101)
        guard case .wait(nil, .answers) = try scene.next() else { throw Unexpected() }
        try scene.answer(register, success(register))
        guard case .end = try scene.next() else { throw Unexpected() }
        guard case .stopped(let reason) = scene.state.report.end else { throw Unexpected() }
        #expect(reason.hasPrefix("the time given by --until (") && reason.hasSuffix(") has passed"), "\(reason)")
        #expect(scene.stateOf(1) == .registered)
    }

    @Test func `a signal ends the run in every phase`() throws {
        var scene = Scene([pending])
        scene.state.stop()
        guard case .end = try scene.next() else { throw Unexpected() }
        #expect(scene.state.report.end == .stopped("interrupted by a signal"))
        #expect(scene.state.report.requests == 0)
    }

    @Test func `the first batch of a ledger is read back before the second leaves`() throws {
        var scene = Scene(Array(repeating: pending, count: 8))
        try scene.passPreflight()
        let verify = try scene.request()
        #expect(methods(verify) == [StatisticQuery.method])
        try scene.answer(verify, success(verify))
        let alike = try scene.request()
        #expect(methods(alike) == [StatisticQuery.method])
        try scene.answer(alike, success(alike))
        let register = try scene.request()
        #expect(methods(register).count { $0 == RegisterCall.method } == 5)
        guard case .wait(nil, .answers) = try scene.next() else { throw Unexpected() }
        try scene.answer(register, success(register))
        let finish = try scene.request()
        try scene.answer(finish, success(finish))
        let readBack = try scene.request()
        #expect(methods(readBack).allSatisfy { $0 == StatisticQuery.method })
        let keys = readBack.commands.first { $0.key.hasSuffix("bk0") }
        try scene.answer(
            readBack,
            Scene.answered(
                [
                    try #require(keys).key: .array(
                        (0..<5).map { .object(["ID": .int(100 + $0), "EXTERNAL_CALL_ID": .string("pbx:\($0)")]) })
                ].merging(readBack.commands.filter { $0.key != keys?.key }.map { ($0.key, .array([])) }) { $1 }))
        #expect(scene.facts.contains(.keepsKeys(true)))
        #expect(methods(try scene.request()).count { $0 == RegisterCall.method } == 3)
    }

    @Test func `a portal whose lines cannot be read is given up like one that does not reply`() throws {
        var scene = Scene([pending]) {
            Self.knowsPortal(&$0)
            $0.lines = ["+12025550100": 1]
        }
        let began = scene.now
        let patience = PortalSettings().unreachableFor
        while scene.now - began < patience * 2 {
            switch try scene.next() {
            case .send(let request):
                guard case .answered(var reply) = Scene.preflight() else { throw Unexpected() }
                reply.outcomes["lines"] = .succeeded(CommandReply(result: .string("busy")))
                try scene.answer(request, .answered(reply))
            case .wait(let until, _): scene.now = try #require(until)
            case .end:
                #expect(scene.now - began >= patience)
                #expect(
                    scene.state.report.end
                        == .stopped("the portal gave no usable reply: the reply is not a list of lines"))
                return
            case .load: break
            }
        }
        Issue.record("the portal is asked for its lines for ever")
    }

    @Test func `an event that cannot follow from where a call has come is refused`() throws {
        var settings = DeliverySettings(portal: PortalSettings(), users: UserSettings(), keyPrefixes: ["pbx"])
        settings.users.fallback = 1
        var open = OpenCalls(settings)
        var portal = PortalKnowledge(DeliveryMemory())
        _ = portal.take(PortalKnowledge.News(reading: .all))
        let at = Circumstances(
            now: .seconds(1_000), wallSeconds: 1_790_000_000, settleAfter: .seconds(66), portal: portal)
        _ = try open.add([.sample()], at)
        let sent = try open.beginRegister([.sample()], at).map(\.call)
        let registered = try open.apply(.events([.registered(portalCallID: "externalCall.1")], of: sent), at)
        #expect(registered.map(\.state) == [.registered])
        // What the request carried was registering; the call is not any more.
        let fault = #expect(throws: ImpossibleTransition.self) {
            try open.apply(.events([.registerNotExecuted], of: sent), at)
        }
        #expect(fault?.description.contains("pbx:1") == true, "\(fault?.description ?? "")")
        #expect(open[1]?.state == .registered)
    }

    @Test func `without the right to read, a finish without an answer is held`() throws {
        var scene = Scene([pending], memory: Self.knowsPortal)
        let refused = PortalError(code: "ACCESS_DENIED", text: "Access denied!", status: 200)
        guard case .answered(var reply) = Scene.preflight(isAdministrator: false) else { throw Unexpected() }
        reply.outcomes["probe0"] = .failed(refused)
        try scene.answer(try scene.request(), .answered(reply))
        #expect(scene.state.report.warnings.count == 1)
        let register = try scene.request()
        #expect(methods(register) == [RegisterCall.method])
        try scene.answer(register, success(register))
        let finish = try scene.request()
        try scene.answer(finish, .unknown("cut", elapsed: .seconds(1)))
        #expect(scene.stateOf(1) == .held && scene.calls[1]?.progress.reason == HoldReason.unknownOutcome.rawValue)
    }
}
