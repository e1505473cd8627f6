// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle
import CallRecords
import TestSupport
import Testing

@testable import Delivery

/// Which row of the statistics is which call's, where the portal keeps no keys.
@Suite struct AttributeMatchingTests {
    private static func call(
        _ number: Int, startedBefore age: Int64, _ time: VirtualTime, employee: String = "101"
    ) -> TrackedCall {
        .sample(
            id: Int64(number) + 1, .sample("pbx:\(number)", start: time.wallSeconds - age, employee: employee))
    }

    private static func row(_ id: Int64, of call: TrackedCall, user: Int = 1, key: String? = nil) -> StatisticRow {
        let fields: [String: JSONValue] = [
            "ID": .string("\(id)"), "CALL_ID": .string("externalCall.\(id).1"),
            "EXTERNAL_CALL_ID": key.map { .string($0) } ?? .null, "PHONE_NUMBER": .string(call.call.phoneNumber),
            "CALL_TYPE": .string("\(call.call.type.rawValue)"), "PORTAL_USER_ID": .string("\(user)"),
            "CALL_START_DATE": .string(PortalDate(epochSeconds: call.call.start.epochSeconds).description),
        ]
        guard let row = try? StatisticRow(.object(fields)) else { preconditionFailure("the row has an ID") }
        return row
    }

    @Test func `every row is one call's, and the employee tells apart what is alike`() {
        let time = VirtualTime()
        var users = DeliveryScene.users
        users.substitute = 9
        let calls = ["101", "102", "101", "104"].enumerated().map {
            Self.call($0, startedBefore: 7_200, time, employee: $1)
        }
        func matches(_ rows: [StatisticRow]) -> [Int64: AttributeMatching.Match] {
            AttributeMatching(calls, rows: rows, users: users).matches
        }
        // Two calls of one employee need two rows; who is reached by an extension may be anybody.
        let one = Self.row(1, of: calls[0])
        #expect(matches([one]) == [1: .row(one)])
        let two = Self.row(2, of: calls[0])
        #expect(matches([one, two]) == [1: .row(one), 3: .row(two)])
        let other = Self.row(3, of: calls[0], user: 2)
        #expect(matches([other]) == [2: .row(other)])
        let substituted = Self.row(4, of: calls[0], user: 9)
        #expect(matches([substituted]) == [1: .row(substituted)])
        // Nobody's employee: the call behind the portal's own look-up of an extension takes it.
        let unknown = Self.row(5, of: calls[0], user: 77)
        #expect(matches([unknown]) == [4: .row(unknown)])
        let more = Self.row(6, of: calls[0], user: 78)
        #expect(matches([unknown, more])[1] == .ofAnotherEmployee)
        #expect(matches([Self.row(7, of: calls[0], key: "other:1")]).isEmpty)
        var later = Self.row(8, of: calls[0])
        later.startEpoch = calls[0].call.start.epochSeconds + 1
        #expect(matches([later]).isEmpty)
    }

    @Test func `a CALL_ID older than its register is the call's own only if a register was lost`() {
        var call = Self.call(0, startedBefore: 600, VirtualTime())
        var origins = CallIDOrigins()
        origins.knows(clock: 1_000_000, firstContact: nil)
        func isForeign(_ id: String, _ origins: CallIDOrigins, trusts: Bool = true) -> Bool {
            origins.isForeign("externalCall.a\(id)", to: call, askedAt: 1_000_100.9, trustsEarlierRuns: trusts)
        }
        #expect(!isForeign(".1000100", origins))
        #expect(isForeign(".1000099", origins))
        // Other forms tell nothing.
        #expect(!isForeign("", origins))
        origins.registers(call, at: .seconds(50))
        call = TrackedCall(
            id: call.id, call: call.call, progress: DeliveryProgress(stored: .pending, lostRegister: true))
        #expect(!isForeign(".1000050", origins))
        #expect(isForeign(".1000049", origins))
        // Lost by an earlier run: any time since the ledger's first contact, if the ledger was surely not set back.
        var resumed = CallIDOrigins()
        resumed.knows(clock: 1_000_000, firstContact: nil)
        resumed.registers(call, at: .seconds(50))
        #expect(!isForeign(".1000049", resumed))
        #expect(isForeign(".1000049", resumed, trusts: false))
        #expect(!isForeign(".1000050", resumed, trusts: false))
        resumed.knows(clock: 1_000_000, firstContact: 1_000_040)
        #expect(!isForeign(".1000040", resumed))
        #expect(isForeign(".1000039", resumed))
    }
}
