// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import CallRecords

/// A leg of a call that began at second 1,000.
private func leg(
    _ direction: LegDirection, at start: Int64 = 1000, lasting length: Int64 = 30, by employee: String? = nil,
    talk: Int64 = 0, external: ExternalParty? = nil, line: String? = nil, status: StatusCode = .missed,
    sequence: Int64 = 0
) -> Leg {
    let party = external ?? (direction == .internal ? ExternalParty.none : .number("+79000000001"))
    return Leg(
        key: "pbx1:1", direction: direction, external: party, start: CallTime(epochSeconds: start),
        end: CallTime(epochSeconds: start + length), employeeExtension: employee, line: line, talk: .seconds(talk),
        isAnswered: talk > 0, status: talk > 0 ? .success : status, failedReason: talk > 0 ? nil : "NO ANSWER",
        sequence: sequence,
        fingerprint: UInt64(
            start * 1000 + sequence * 10 + length + (employee.flatMap(UInt64.init).map(Int64.init) ?? 0) * 100_000))
}

private func fold(_ legs: [Leg], _ rules: FoldRules = FoldRules()) -> Call? {
    if case .call(let call) = CallFolder(rules: rules).fold(legs) { call } else { nil }
}

/// All orders of up to five things.
private func permutations<Element>(_ values: [Element]) -> [[Element]] {
    guard values.count > 1 else { return [values] }
    return values.indices.flatMap { index in
        var rest = values
        let first = rest.remove(at: index)
        return permutations(rest).map { [first] + $0 }
    }
}

@Suite struct FoldingTests {
    private let ringGroup = [
        leg(.incoming, by: "101", sequence: 1), leg(.incoming, lasting: 54, by: "102", talk: 45, sequence: 2),
        leg(.incoming, by: "103", sequence: 3),
    ]

    @Test func `a ring group is one call of the one who answered`() throws {
        let call = try #require(fold(ringGroup))
        #expect(call.employeeExtension == "102")
        #expect(call.talk == .seconds(45))
        #expect(call.status == .success)
        #expect(call.failedReason == nil)
        #expect(call.end.epochSeconds == 1054)
    }

    @Test func `a missed ring group has no employee, a missed extension has`() throws {
        let missed = ringGroup.map { leg in
            var leg = leg
            (leg.isAnswered, leg.talk, leg.status) = (false, .zero, .missed)
            return leg
        }
        #expect(try #require(fold(missed)).employeeExtension == nil)
        #expect(try #require(fold([missed[0]])).employeeExtension == "101")
        #expect(try #require(fold([missed[0], leg(.incoming, at: 1010, by: "101")])).employeeExtension == "101")
        #expect(try #require(fold(missed)).status == .missed)
    }

    @Test func `no order of the legs and no repeated leg changes the call`() throws {
        let legs = [
            leg(.incoming, by: "101", talk: 20, sequence: 1), leg(.internal, at: 1030, lasting: 10, by: "104", talk: 8),
            leg(.incoming, at: 1040, lasting: 60, by: "104", talk: 60, line: "+74950000000", sequence: 3),
            leg(.incoming, by: "103", sequence: 2),
        ]
        for rules in FoldRules.Talk.allCases.flatMap({ talk in
            FoldRules.Employee.allCases.map { FoldRules(talk: talk, employee: $0) }
        }) {
            let expected = fold(legs, rules)
            for order in permutations(legs) {
                #expect(fold(order, rules) == expected)
                #expect(fold(order + order, rules) == expected)
            }
        }
    }

    @Test(
        arguments: [
            (FoldRules.Talk.union, Int64(90)), (.sum, 120), (.max, 60), (.first, 60), (.last, 60), (.span, 90),
        ] as [(FoldRules.Talk, Int64)])
    func talkIsMadeByTheChosenRule(_ rule: FoldRules.Talk, _ seconds: Int64) throws {
        // 1000–1060 with 101; 1030–1090 with 104: half a minute of conference.
        let legs = [
            leg(.incoming, lasting: 60, by: "101", talk: 60),
            leg(.incoming, at: 1030, lasting: 60, by: "104", talk: 60),
        ]
        #expect(try #require(fold(legs, FoldRules(talk: rule))).talk == .seconds(seconds))
    }

    @Test func `a queue's row and the agent's row that tell of one talk count once`() throws {
        let legs = [
            leg(.incoming, lasting: 244, by: "224", talk: 234, sequence: 1),
            leg(.internal, lasting: 234, by: "224", talk: 234, sequence: 2),
        ]
        #expect(try #require(fold(legs)).talk == .seconds(234))
    }

    @Test(arguments: [(FoldRules.Employee.first, "101"), (.last, "104"), (.longest, "104")])
    func theEmployeeIsTheChosenOne(_ rule: FoldRules.Employee, _ expected: String) throws {
        let legs = [
            leg(.incoming, lasting: 30, by: "101", talk: 30),
            leg(.incoming, at: 1030, lasting: 60, by: "104", talk: 60),
        ]
        #expect(try #require(fold(legs, FoldRules(employee: rule))).employeeExtension == expected)
    }

    @Test func `talk between colleagues before an outgoing call is not talk with the client`() throws {
        let legs = [
            leg(.internal, lasting: 40, by: "102", talk: 40),
            leg(.outgoing, at: 1040, lasting: 20, by: "102", talk: 15, line: "+74950000000"),
        ]
        let call = try #require(fold(legs))
        #expect(call.type == .outgoing)
        #expect(call.talk == .seconds(15))
        #expect(call.start.epochSeconds == 1000)
    }

    @Test func `talk with the client after a transfer counts, whoever the leg began with`() throws {
        let legs = [
            leg(.outgoing, lasting: 20, by: "101", talk: 15), leg(.incoming, at: 1020, by: "104", talk: 30),
        ]
        let call = try #require(fold(legs))
        #expect((call.type, call.employeeExtension, call.talk) == (.outgoing, "101", .seconds(45)))
    }

    @Test func `an outgoing call that tried two trunks has the line that got through`() throws {
        let legs = [
            leg(.outgoing, lasting: 1, by: "101", line: "+74950000001", status: .unavailable),
            leg(.outgoing, at: 1001, by: "101", talk: 25, line: "+74950000002"),
        ]
        let call = try #require(fold(legs))
        #expect(call.line == "+74950000002")
        #expect(call.status == .success)
    }

    @Test func `an incoming call that was forwarded outside stays the client's call`() throws {
        let legs = [
            leg(.incoming, by: "101"),
            leg(.outgoing, at: 1020, talk: 30, external: .number("+79000000099")),
        ]
        let call = try #require(fold(legs))
        #expect(call.type == .incoming)
        #expect(call.phoneNumber == "+79000000001")
        #expect(call.talk == .seconds(30))
    }

    @Test func `what nobody outside took part in is skipped, and so is a hidden number`() {
        let folder = CallFolder(rules: FoldRules())
        #expect(folder.fold([leg(.internal, by: "101", talk: 5)]) == .skipped(.internalCall))
        #expect(folder.fold([leg(.incoming, external: .hidden)]) == .skipped(.hiddenNumber))
        #expect(folder.fold([]) == .skipped(.notACall))
        #expect(fold([leg(.incoming, external: .hidden), leg(.incoming, sequence: 1)])?.phoneNumber == "+79000000001")
    }

    @Test func `an answered leg without talk is no talk`() throws {
        var answered = leg(.outgoing, by: "101")
        (answered.isAnswered, answered.status) = (true, .success)
        #expect(try #require(fold([answered])).status == .cancelled)
        answered.direction = .incoming
        #expect(try #require(fold([answered])).status == .missed)
        // Where the end of the call stands in another record, the answer counts.
        #expect(try #require(fold([answered], FoldRules(talk: .span))).status == .success)
    }

    @Test func `a single leg gives what it would give among several`() {
        for rules in FoldRules.Talk.allCases.map({ FoldRules(talk: $0) }) {
            let folder = CallFolder(rules: rules)
            for direction in LegDirection.allCases {
                for (talk, status) in [(Int64(0), StatusCode.busy), (0, .success), (25, .success)] {
                    for party in [ExternalParty.hidden, .none, .number("+79000000001")] {
                        var leg = leg(direction, by: "101", talk: talk, external: party, status: status)
                        #expect(folder.fold([leg]) == folder.foldSeveral([leg]))
                        leg.isAnswered = true
                        leg.employeeExtension = nil
                        #expect(folder.fold([leg]) == folder.foldSeveral([leg]))
                    }
                }
            }
        }
    }

    @Test func `no call is longer than the portal takes`() throws {
        let legs = [
            leg(.incoming, lasting: 80_000, by: "101", talk: 80_000),
            leg(.incoming, at: 81_001, lasting: 80_000, by: "102", talk: 80_000),
        ]
        #expect(try #require(fold(legs)).talk == .seconds(86_400))
    }
}

@Suite(.seeded) struct LegCodingTests {
    private func anyLeg(_ generator: inout SeededRandom) -> Leg {
        let words: [String?] = [nil, "", "101", "+74950000000", "Ошибка \u{1F4DE}", String(repeating: "x", count: 300)]
        let parties: [ExternalParty] = [.none, .hidden, .number("+79000000001")]
        return Leg(
            key: "pbx1:1", aliases: Bool.random(using: &generator) ? [] : ["pbx1:2", "pbx1:3"],
            direction: LegDirection.allCases.randomElement(using: &generator) ?? .incoming,
            external: parties.randomElement(using: &generator) ?? .none,
            start: CallTime(
                epochSeconds: Int64.random(in: 0...7_258_118_400, using: &generator),
                offsetSeconds: Int32.random(in: -64_800...64_800, using: &generator)),
            end: CallTime(epochSeconds: Int64.random(in: 0...7_258_118_400, using: &generator)),
            employeeExtension: words.randomElement(using: &generator) ?? nil,
            line: words.randomElement(using: &generator) ?? nil,
            callListID: Bool.random(using: &generator) ? nil : Int.random(in: Int.min...Int.max, using: &generator),
            talk: .milliseconds(Int64.random(in: 0...86_400_000, using: &generator)),
            isAnswered: Bool.random(using: &generator),
            status: StatusCode.allCases.randomElement(using: &generator) ?? .other,
            failedReason: words.randomElement(using: &generator) ?? nil,
            sequence: Int64.random(in: Int64.min...Int64.max, using: &generator),
            fingerprint: UInt64.random(in: UInt64.min...UInt64.max, using: &generator))
    }

    @Test func `legs are read back as they were written`() {
        var generator = SeededRandom()
        let legs = (0..<500).map { _ in anyLeg(&generator) }
        #expect(legs.map { Leg(encoded: $0.encoded(), key: $0.key) } == legs)
        #expect(Leg.decode(Leg.encode(legs)) == legs)
        #expect(Leg.decode(Leg.encode([])) == [])
    }

    @Test func `damaged bytes give no leg and no crash`() {
        var generator = SeededRandom()
        var survivors = 0
        for _ in 0..<3000 {
            let leg = anyLeg(&generator)
            var bytes = leg.encoded()
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
            case 1: bytes.append(UInt8.random(in: 0...255, using: &generator))
            default:
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            let read = Leg(encoded: bytes, key: leg.key)
            if bytes.count != leg.encoded().count { #expect(read == nil || read?.encoded() == bytes) }
            survivors += read == nil ? 0 : 1
        }
        // A changed number is a number still; a cut or lengthened leg is none.
        #expect(survivors < 2000)
        for _ in 0..<3000 {
            let noise = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            _ = Leg.decode(noise)
            _ = Leg(encoded: noise, key: "k")
        }
    }

    @Test func `a leg takes few bytes`() {
        let leg = leg(.incoming, by: "101", talk: 63, line: "+74950000000")
        #expect(leg.encoded().count < 64)
    }
}
