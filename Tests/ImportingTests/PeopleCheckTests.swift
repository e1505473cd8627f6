// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import Ledger
import Reporting
import TestSupport
import Testing

@testable import Importing

/// What is known of the employees before a call is sent.
@Suite struct PeopleCheckTests {
    private static let people = PortalPeople([
        PortalUser(id: 1, isActive: true, innerNumber: "101"), PortalUser(id: 2, isActive: false, innerNumber: "102"),
        PortalUser(id: 3, isActive: true, innerNumber: "103"), PortalUser(id: 4, isActive: true, innerNumber: "103"),
        PortalUser(id: 5, isActive: false, innerNumber: "101"), PortalUser(id: 6, isActive: nil, innerNumber: nil),
    ])

    @Test(arguments: [
        ("101", PortalPeople.Standing.active), ("102", .dismissed), ("103", .shared([3, 4])), ("104", .unknown),
    ])
    func `extensions are active, dismissed, shared or unknown`(_ name: String, _ standing: PortalPeople.Standing) {
        #expect(Self.people.standing(ofExtension: name) == standing)
    }

    @Test(arguments: [(1, PortalPeople.Standing.active), (2, .dismissed), (6, .active), (7, .unknown)])
    func `users are active, dismissed or unknown`(_ id: Int, _ standing: PortalPeople.Standing) {
        #expect(Self.people.standing(ofUser: id) == standing)
    }

    /// A demand of calls by their extensions.
    private func demand(_ calls: [String?: Int], _ settings: UserSettings) throws -> CallDemand {
        let ledger = try Ledger.temporary(wallClock: { 0 })
        _ = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        var number = 0
        try ledger.intake { writer in
            for (name, count) in calls {
                for _ in 0..<count {
                    number += 1
                    try writer.insert(
                        .sample(.sample("pbx:\(number)", employee: name, line: "+7495", callListID: number % 2 + 1)))
                }
            }
        }
        return try CallDemand(ledger, users: settings)
    }

    private func texts(_ calls: [String?: Int], _ settings: UserSettings) throws -> [String] {
        var report = CheckReport()
        PeopleCheck(Self.people, settings, try demand(calls, settings)).run("portal", &report)
        return report.findings.map { "\($0.severity.rawValue): \($0.message)" }
    }

    @Test func `unknown and dismissed people are counted with their calls`() throws {
        var settings = UserSettings()
        settings.extensions = ["200": 2, "201": 99]
        settings.fallback = 1
        settings.substitute = 98
        let found = try texts(["104": 700, "105": 17, "102": 3, "200": 2, "201": 1, "101": 5, nil: 4], settings)
        #expect(
            found == [
                "warning: 2 extensions are unknown there: 717 calls would be held; add them to users.extensions, or set the "
                    + "inner number in the portal: 104 (700 calls), 105 (17 calls)",
                "warning: 1 extension belongs to dismissed users there: 3 calls would be held; map them in "
                    + "users.extensions: 102 (3 calls)",
                "warning: 2 USER_IDs are unknown there: 1 call would be held; correct users in the configuration: 99 (1 "
                    + "call), 98 (0 calls)",
                "warning: 1 USER_ID belongs to dismissed users there: 2 calls would be held; give their calls to others in "
                    + "users: 2 (2 calls)",
            ])
    }

    @Test func `an extension of two people is mentioned`() throws {
        let found = try texts(["103": 1], UserSettings())
        #expect(found.count == 1 && found[0].contains("103 (USER_IDs 3, 4)"), "\(found)")
    }

    @Test func `people who are all there are fine`() throws {
        var settings = UserSettings()
        settings.extensions = ["7": 3]
        settings.fallback = 1
        #expect(
            try texts(["101": 2, "7": 1, nil: 1], settings)
                == ["ok: all extensions and USER_IDs are active users of the portal"])
    }

    @Test func `lines, call lists and calls are counted`() throws {
        let demand = try demand(["101": 3, nil: 1], UserSettings())
        #expect(demand.calls == 4)
        #expect(demand.lines == ["+7495": 4])
        #expect(demand.callLists == [1: 2, 2: 2])
        #expect(demand.extensions == ["101": 3])
        #expect(demand.users == [:])
    }
}
