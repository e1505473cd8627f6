// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle
import CallRecords
import Clocks
import Testing

@testable import Delivery

/// What every outcome of a batch, and of each of its commands, means for the calls and for the run.
@Suite struct BatchReadingTests {
    enum Kind: String { case ok, rateLimited, operatingLimited, unreachable, unsaved, unknown, rejected, nonsense }

    private static func kind(_ verdict: RequestVerdict) -> Kind {
        switch verdict {
        case .ok: .ok
        case .rateLimited: .rateLimited
        case .operatingLimited: .operatingLimited
        case .unreachable: .unreachable
        case .unsaved: .unsaved
        case .unknown: .unknown
        case .rejected: .rejected
        case .nonsense: .nonsense
        }
    }

    private func calls() -> [TrackedCall] {
        (0..<2).map { index in
            let start = CallTime(epochSeconds: 1_790_000_000 + Int64(index))
            return TrackedCall(
                id: Int64(index + 1),
                call: Call(
                    key: "pbx:\(index)", type: .incoming, start: start, end: start, phoneNumber: "+1202555010\(index)",
                    employeeExtension: "101", talk: .zero, status: .missed),
                progress: DeliveryProgress(stored: .pending, portalCallID: "externalCall.\(index)"))
        }
    }

    private func registers(looksUp: Bool = true, keepsKeys: Bool = false) -> RegisterBatch {
        RegisterBatch("", calls().map { ($0, .user(1)) }, looksUp: looksUp, keepsKeys: keepsKeys)
    }

    private func finishes(canSubstitute: Bool = false) -> FinishBatch {
        FinishBatch("", calls().map { FinishBatch.Entry(call: $0, employee: .user(1), canSubstitute: canSubstitute) })
    }

    private static func error(_ code: String, _ text: String = "", status: Int = 200) -> PortalError {
        PortalError(code: code, text: text, status: status)
    }

    private static func answered(_ outcomes: [String: CommandOutcome]) -> BatchOutcome {
        .answered(BatchReply(outcomes: outcomes, elapsed: .seconds(1)))
    }

    private static func row(_ key: String?, id: Int64 = 7, callID: String = "externalCall.x") -> JSONValue {
        .object([
            "ID": .string("\(id)"), "CALL_ID": .string(callID), "EXTERNAL_CALL_ID": key.map { .string($0) } ?? .null,
        ])
    }

    /// A full page of rows of one call.
    private static func page(_ key: String) -> [JSONValue] { (1...50).map { row(key, id: $0) } }

    private static func rows(_ rows: [JSONValue], next: Int? = nil) -> CommandOutcome {
        .succeeded(CommandReply(result: .array(rows), next: next))
    }

    private static func id(_ text: String) -> CommandOutcome {
        .succeeded(CommandReply(result: .object(["CALL_ID": .string(text)])))
    }

    static let whole: [(BatchOutcome, isUnknown: Bool, Kind)] = [
        (.neverSent(TransportFailure(.connectionRefused)), false, .unreachable),
        (.unknown("reset", elapsed: .seconds(1)), true, .unknown),
        (.moved(newHost: "new.example"), false, .rejected),
        (.refused(error("QUERY_LIMIT_EXCEEDED", status: 503)), false, .rateLimited),
        (.refused(error("OPERATION_TIME_LIMIT", status: 429)), false, .operatingLimited),
        (.refused(error("NO_AUTH_FOUND", status: 401)), false, .rejected),
        (.refused(error("expired_token", status: 401)), false, .rejected),
        (.refused(error("OVERLOAD_LIMIT", status: 503)), false, .rejected),
        (.refused(error("INTERNAL_SERVER_ERROR", status: 500)), true, .unknown),
    ]

    @Test(arguments: whole)
    func `a request without an answer`(_ outcome: BatchOutcome, _ isUnknown: Bool, _ kind: Kind) {
        let registered = registers().read(outcome)
        #expect(registered.events == Array(repeating: isUnknown ? .registerUnanswered : .registerNotExecuted, count: 2))
        #expect(Self.kind(registered.verdict) == kind)
        let finished = finishes().read(outcome)
        #expect(finished.events == Array(repeating: isUnknown ? .finishUnanswered : .finishNotExecuted, count: 2))
        #expect(Self.kind(finished.verdict) == kind && !finished.dropsKeys)
    }

    static let registerRows: [(CommandOutcome?, CallEvent, Kind)] = [
        (id("externalCall.9"), .registered(portalCallID: "externalCall.9"), .ok),
        (id("externalCall.1"), .callIDTaken, .ok),
        (nil, .registerWithoutCallID, .ok), (.missing, .registerWithoutCallID, .ok),
        (.succeeded(CommandReply(result: .null)), .registerWithoutCallID, .ok),
        (.succeeded(CommandReply(result: .bool(false))), .registerWithoutCallID, .ok),
        (.failed(error("", "something else")), .registerRefused(.unclear("something else")), .ok),
        (
            .failed(error("", "Unsupported phone number format")),
            .registerRefused(.permanent("Unsupported phone number format")), .ok
        ),
        (
            .failed(error("", "User is not found or is not active")),
            .registerRefused(.userNotActive(canSubstitute: false)), .ok
        ),
        (.failed(error("", "USER_ID or USER_PHONE_INNER should be set")), .registerRefused(.userUnknown), .ok),
        (.failed(error("ERROR_CORE", "Unexpected database error; x")), .registerRefused(.database), .ok),
        (.failed(error("ERROR_CORE", "SQL query error!")), .registerUnanswered, .ok),
        (.failed(error("OPERATION_TIME_LIMIT")), .registerNotExecuted, .operatingLimited),
        (.failed(error("QUERY_LIMIT_EXCEEDED")), .registerNotExecuted, .rateLimited),
        (.failed(error("insufficient_scope")), .registerNotExecuted, .rejected),
        (.failed(error("WRONG_AUTH_TYPE")), .registerNotExecuted, .rejected),
    ]

    @Test(arguments: registerRows)
    func `the answer to a register touches no neighbour`(
        _ outcome: CommandOutcome?, _ event: CallEvent, _ kind: Kind
    ) {
        var outcomes = ["r0": Self.id("externalCall.1"), "l0": Self.rows([])]
        outcomes["r1"] = outcome
        let (events, verdict) = registers().read(Self.answered(outcomes))
        #expect(events == [.registered(portalCallID: "externalCall.1"), event] && Self.kind(verdict) == kind)
    }

    @Test(
        arguments: [
            (rows([row("pbx:1")]), [.registered(portalCallID: "a"), .foundAtPortal(statisticID: 7)], Kind.ok),
            (rows([row("PBX:1")]), [.registered(portalCallID: "a"), .foundAtPortal(statisticID: 7)], .ok),
            (rows(page("pbx:1"), next: 50), [.registerUnanswered, .foundAtPortal(statisticID: 50)], .ok),
            (rows([row("pbx:1")], next: 50), [.registerUnanswered, .registerUnanswered], .nonsense),
            (rows([row("pbx:8")]), [.registerUnanswered, .registerUnanswered], .nonsense),
            (rows([row(nil)], next: 50), [.registered(portalCallID: "a"), .registered(portalCallID: "b")], .ok),
            (.failed(error("ACCESS_DENIED", "Access denied!")), [.registerUnanswered, .registerUnanswered], .rejected),
            (.failed(error("OPERATION_TIME_LIMIT")), [.registerUnanswered, .registerUnanswered], .operatingLimited),
            (.missing, [.registerUnanswered, .registerUnanswered], .unknown),
            (.succeeded(CommandReply(result: .bool(false))), [.registerUnanswered, .registerUnanswered], .unknown),
        ] as [(CommandOutcome, [CallEvent], Kind)])
    func `the look-up decides over the registers beside it`(
        _ outcome: CommandOutcome, _ expected: [CallEvent], _ kind: Kind
    ) {
        let outcomes = ["r0": Self.id("a"), "r1": Self.id("b"), "l0": outcome]
        let (events, verdict) = registers().read(Self.answered(outcomes))
        #expect(events == expected && Self.kind(verdict) == kind)
    }

    @Test func `rows without keys are strangers where the portal is known to keep keys`() {
        let outcomes = ["r0": Self.id("a"), "r1": Self.id("b"), "l0": Self.rows([Self.row(nil)])]
        let (events, verdict) = registers(keepsKeys: true).read(Self.answered(outcomes))
        #expect(events == [.registerUnanswered, .registerUnanswered] && Self.kind(verdict) == .nonsense)
        let blind = registers(looksUp: false)
        #expect(blind.commands.count == 2 && registers().commands.count == 3)
        #expect(blind.read(Self.answered(outcomes)).events.first == .registered(portalCallID: "a"))
    }

    private static func finished(_ changes: [String: JSONValue] = [:]) -> CommandOutcome {
        let fields: [String: JSONValue] = [
            "ID": .int(9), "EXTERNAL_CALL_ID": .string("pbx:1"), "PHONE_NUMBER": .string("+12025550101"),
            "INCOMING": .string("2"), "PORTAL_USER_ID": .int(1), "CALL_START_DATE": .object([:]),
        ]
        return .succeeded(CommandReply(result: .object(fields.merging(changes) { $1 })))
    }

    static let finishRows: [(CommandOutcome?, CallEvent, Kind)] = [
        (finished(), .finished(statisticID: 9), .ok), (finished(["ID": .null]), .finished(statisticID: nil), .ok),
        (finished(["EXTERNAL_CALL_ID": .string("PBX:1")]), .finished(statisticID: 9), .ok),
        (finished(["EXTERNAL_CALL_ID": .string("pbx:2")]), .finishRefused(.mismatch), .nonsense),
        (finished(["PHONE_NUMBER": .string("+1")]), .finishRefused(.mismatch), .nonsense),
        (finished(["INCOMING": .string("1")]), .finishRefused(.mismatch), .nonsense),
        (finished(["PORTAL_USER_ID": .int(2)]), .finishRefused(.mismatch), .nonsense),
        (nil, .finishUnanswered, .ok), (.missing, .finishUnanswered, .ok),
        (.succeeded(CommandReply(result: .bool(true))), .finishUnanswered, .ok),
        (.failed(error("", "Call is not found (call should be registered prior to finishing")), .callNotFound, .ok),
        (.failed(error("ERROR_CORE", "Call is not found (x)")), .callNotFound, .ok),
        (.failed(error("", "Unexpected database error; y")), .finishRefused(.database), .ok),
        (.failed(error("", "USER_ID or USER_PHONE_INNER should be set")), .finishRefused(.userUnknown), .ok),
        (.failed(error("", "something else")), .finishRefused(.unclear("something else")), .ok),
        (.failed(error("ERROR_ARGUMENT", "Odd")), .finishRefused(.unclear("Odd [ERROR_ARGUMENT]")), .ok),
        (
            .failed(error("ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded")),
            .finishRefused(.permanent("Max batch length exceeded")), .ok
        ),
        (.failed(error("INTERNAL_SERVER_ERROR")), .finishUnanswered, .ok),
        (.failed(error("OPERATION_TIME_LIMIT")), .finishNotExecuted, .operatingLimited),
        (.failed(error("QUERY_LIMIT_EXCEEDED")), .finishNotExecuted, .rateLimited),
        (.failed(error("ACCESS_DENIED", "Access denied!")), .finishNotExecuted, .rejected),
    ]

    @Test(arguments: finishRows)
    func `the answer to a finish touches no neighbour`(_ outcome: CommandOutcome?, _ event: CallEvent, _ kind: Kind) {
        let first: CommandOutcome = Self.finished([
            "ID": .int(8), "EXTERNAL_CALL_ID": .string("pbx:0"), "PHONE_NUMBER": .string("+12025550100"),
        ])
        var outcomes = ["f0": first]
        outcomes["f1"] = outcome
        let (events, verdict, dropsKeys) = finishes().read(Self.answered(outcomes))
        #expect(events == [.finished(statisticID: 8), event] && Self.kind(verdict) == kind && !dropsKeys)
    }

    @Test(arguments: [JSONValue.null, .string("")])
    func `an answer without the key that was sent shows a portal that drops keys`(_ key: JSONValue) {
        let outcomes = ["f0": Self.finished(["EXTERNAL_CALL_ID": key, "PHONE_NUMBER": .string("+12025550100")])]
        #expect(finishes().read(Self.answered(outcomes)).dropsKeys)
    }

    @Test(arguments: [true, false])
    func `a dismissed employee may have a substitute`(_ canSubstitute: Bool) {
        let outcomes: [String: CommandOutcome] = [
            "f0": .failed(Self.error("", "User is not found or is not active")), "f1": .missing,
        ]
        let events = finishes(canSubstitute: canSubstitute).read(Self.answered(outcomes)).events
        #expect(events == [.finishRefused(.userNotActive(canSubstitute: canSubstitute)), .finishUnanswered])
    }

    @Test func `keys and CALL_IDs are asked as two questions, and a row of either proves its call`() {
        let lookUp = LookUp("s", keysAndCallIDsOf: calls())
        #expect(lookUp.commands.map(\.key) == ["sk0", "sc0"])
        let reply = BatchReply(
            outcomes: [
                "sk0": Self.rows([Self.row("pbx:0")]),
                "sc0": Self.rows([Self.row(nil, id: 8, callID: "externalCall.1")]),
            ],
            elapsed: .seconds(1))
        let finding = lookUp.read(reply)
        #expect(calls().map { finding.row(of: $0) } == [7, 8])
        #expect(LookUp("v", keysOf: []).commands.isEmpty)
    }

    @Test func `an answer about another call stops delivery whatever else the reply says`() throws {
        let entries = calls().map { FinishBatch.Entry(call: $0, employee: .user(1), canSubstitute: false) }
        let reply = BatchReply(
            outcomes: [
                "f0": .succeeded(CommandReply(result: .object(["EXTERNAL_CALL_ID": .string("pbx:9")]))),
                "f1": .failed(PortalError(code: "OPERATION_TIME_LIMIT", text: "", status: 200)),
            ], elapsed: .seconds(1))
        let (events, verdict, _) = FinishBatch("", entries).read(.answered(reply))
        #expect(events == [.finishRefused(.mismatch), .finishNotExecuted])
        guard case .nonsense = verdict else {
            Issue.record("\(verdict)")
            return
        }
    }
}

@Suite struct DeliveryPaceTests {
    private func pace(_ change: (inout PortalSettings) -> Void = { _ in }) -> DeliveryPace {
        var settings = PortalSettings()
        change(&settings)
        return DeliveryPace(settings: settings, epoch: 1_790_000_000, memory: nil)
    }

    private let question = [StatisticQuery.probe.command(key: "q")]

    @Test func `a burst is followed by the portal's rate`() {
        var pace = pace()
        var now = Duration.seconds(1)
        var sent = 0
        while now < .seconds(61) {
            let earliest = pace.earliest(at: now)
            if earliest > now + .microseconds(1) {
                now = earliest
            } else {
                _ = pace.sending([], at: now)
                sent += 1
            }
        }
        #expect((150...170).contains(sent), "\(sent)")
    }

    @Test func `pauses grow from failure to failure up to half a minute, and end with an answer`() {
        var pace = pace()
        var pauses: [Double] = []
        for _ in 0..<7 {
            pace.note(.unknown("x"), at: .seconds(100), jitter: 1)
            pauses.append((pace.earliest(at: .seconds(100)) - .seconds(100)).inSeconds.rounded())
        }
        #expect(pauses == [1, 2, 4, 8, 16, 30, 30])
        #expect(!pace.hasGivenUp(at: .seconds(129)) && pace.hasGivenUp(at: .seconds(130)))
        pace.note(.ok, at: .seconds(131), jitter: 1)
        #expect(!pace.hasGivenUp(at: .seconds(1_000)))
    }

    @Test func `a method that is blocked is waited for, and what was learnt goes into the next run`() {
        var first = pace()
        let now = Duration.seconds(100)
        let ticket = first.sending(question, at: now)
        let reply = BatchReply(
            outcomes: ["q": .failed(PortalError(code: "OPERATION_TIME_LIMIT", text: "", status: 200))],
            elapsed: .seconds(1))
        first.ended(ticket, question, .answered(reply), at: now + .seconds(1))
        #expect(first.earliestQuestion(at: now + .seconds(2)) >= now + .seconds(290))
        #expect(first.earliest(question, at: now + .seconds(2)) >= now + .seconds(290))
        #expect(first.earliest([ProfileReply.command()], at: now + .seconds(2)) <= now + .seconds(2.001))
        let next = DeliveryPace(
            settings: PortalSettings(), epoch: 1_790_000_000, memory: first.memory(at: now + .seconds(2)))
        #expect(next.earliestQuestion(at: now + .seconds(3)) >= now + .seconds(290))
    }

    @Test func `nothing is put off by the smallest part of a second`() {
        for index in 0..<1_000 {
            // Moments since 1970 in a Double are a quarter of a microsecond apart, and not where durations are.
            let now = Duration.nanoseconds(213_822_000_000 + index * 7_919)
            let pace = DeliveryPace(settings: PortalSettings(), epoch: 1_795_698_091.123_456_7, memory: nil)
            #expect(pace.earliest(at: now) <= now)
        }
    }
}
