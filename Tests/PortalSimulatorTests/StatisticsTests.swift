// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PortalSimulator

@Suite struct StatisticsTests {
    /// Calls c1, c2, … of users 1, 2, …, an hour apart.
    static func portal(_ count: Int, _ configure: (inout PortalOptions) -> Void = { _ in }) async throws -> TestPortal {
        let test = try TestPortal(configure)
        for index in 1...count {
            await test.wholeCall(
                [
                    "EXTERNAL_CALL_ID": .string("c\(index)"), "PHONE_NUMBER": .string("+1202555010\(index % 10)"),
                    "CALL_START_DATE": .string("2026-03-01T0\(index % 10):00:00Z"), "TYPE": .int(1 + index % 2),
                ], ["USER_ID": .int(1 + (index - 1) % 20), "DURATION": .int(index)])
        }
        return test
    }

    static func ids(_ answer: Answer) -> [String] { answer.result.list.map { $0["EXTERNAL_CALL_ID"].asText } }

    static let filters: [(PortalValue, [String])] = [
        (["EXTERNAL_CALL_ID": "c2"], ["c2"]), (["=EXTERNAL_CALL_ID": .list(["c4", "c2", "zz"])], ["c2", "c4"]),
        (["external_call_id": "C2 "], ["c2"]), ([">ID": 3], ["c4", "c5"]), (["<=ID": "2"], ["c1", "c2"]),
        (["><CALL_DURATION": .list([2, 3])], ["c2", "c3"]), (["!><CALL_DURATION": .list([2, 4])], ["c1", "c5"]),
        (["!EXTERNAL_CALL_ID": .list(["c1", "c2", "c3"])], ["c4", "c5"]), (["!=ID": 1, "<ID": 3], ["c2"]),
        (["%PHONE_NUMBER": "0103"], ["c3"]), (["!%PHONE_NUMBER": "010"], []), (["?EXTERNAL_CALL_ID": "C5"], ["c5"]),
        ([">=CALL_START_DATE": "2026-03-01T07:00:00+03:00"], ["c4", "c5"]),
        (["><CALL_START_DATE": .list(["2026-03-01T01:30:00Z", "2026-03-01T03:30:00Z"])], ["c2", "c3"]),
        (["CALL_TYPE": 1], ["c2", "c4"]), (["PORTAL_USER_ID": "5"], ["c5"]), (["CALL_FAILED_CODE": "304"], []),
        (["CALL_START_DATE": "soon"], []), (["EXTERNAL_CALL_ID": "c1", "CALL_DURATION": 2], []),
        (["ID": .list([5, 1])], ["c1", "c5"]),
    ]

    @Test(arguments: filters)
    func filtersAsThePortalDoes(_ filter: PortalValue, _ expected: [String]) async throws {
        let answer = await (try Self.portal(5)).rows(filter)
        #expect(Self.ids(answer) == expected)
        #expect(answer["total"] == .int(expected.count))
    }

    static let widening: [PortalValue] = [
        ["EXTERNAL_ID": "c2"], ["EXTERNAL_CALL_ID": .empty], ["@ID": .list([1])], ["!@ID": .list([1])],
        ["=%PHONE_NUMBER": "9"],
        ["LOGIC": "OR"], "EXTERNAL_CALL_ID=c2", .null, 5,
    ]

    @Test(arguments: widening)
    func whatItDoesNotKnowItLeavesOutAndAnswersMore(_ filter: PortalValue) async throws {
        #expect(Self.ids(await (try Self.portal(3)).rows(filter)) == ["c1", "c2", "c3"])
    }

    @Test func pagesByFifty() async throws {
        let test = try await Self.portal(120)
        let method = "voximplant.statistic.get"
        let first = await test.call(method)
        #expect(first.result.count == 50)
        #expect(first["total"] == 120)
        #expect(first["next"] == 50)
        let middle = await test.call(method, ["start": 37])
        #expect(middle.result[0]["ID"] == "38")
        #expect(middle["next"] == 87)
        let last = await test.call(method, ["start": "100"])
        #expect(last.result.count == 20)
        #expect(last["next"] == .null)
        let beyond = await test.call(method, ["start": 500])
        #expect(beyond.result == .empty)
        #expect(beyond["total"] == 120)
        #expect(beyond["next"] == .null)
        let uncounted = await test.call(method, ["start": -1, "FILTER": [">ID": 60], "SORT": "ID", "ORDER": "ASC"])
        #expect(uncounted.result.list.map { $0["ID"].asInt } == Array(61...110))
        #expect(uncounted["total"] == 0)
        #expect(uncounted["next"] == .null)
    }

    @Test func sortsOnlyByKnownFieldsAndExactDirections() async throws {
        let test = try await Self.portal(12)
        func sorted(_ field: PortalValue, _ order: PortalValue) async -> [Int] {
            await test.call("voximplant.statistic.get", ["SORT": field, "ORDER": order]).result.list
                .map { $0["ID"].asInt }
        }
        #expect(await sorted("ID", "DESC") == Array((1...12).reversed()))
        #expect(await sorted("CALL_DURATION", "DESC") == Array((1...12).reversed()))
        #expect(await sorted("CALL_START_DATE", "ASC") == [10, 1, 11, 2, 12, 3, 4, 5, 6, 7, 8, 9])
        #expect(await sorted("ID", "desc") == Array(1...12))
        #expect(await sorted("CALL_TYPE", "DESC") == Array(1...12))
    }

    @Test func rightsLimitTheRowsWithoutAHint() async throws {
        let test = try await Self.portal(20) { $0.statisticsRights = .own }
        let own = await test.rows(.empty)
        #expect(Self.ids(own) == ["c1"])
        #expect(own["total"] == 1)
        #expect(Self.ids(await test.rows(["EXTERNAL_CALL_ID": "c2"])).isEmpty)
        _ = await test.portal.control(#"{"rights":{"user":1,"statistics":"department"}}"#)
        #expect(Self.ids(await test.rows(.empty)).count == 10)
        _ = await test.portal.control(#"{"rights":{"user":1,"statistics":"none"}}"#)
        #expect(await test.rows(.empty).refusal == "403 ACCESS_DENIED Access denied!")
        _ = await test.portal.control(#"{"rights":{"user":1,"statistics":"any"}}"#)
        #expect(await test.rows(.empty)["total"] == 20)
    }

    @Test func rowsBecomeVisibleAfterTheReadDelay() async throws {
        let test = try await Self.portal(1) { $0.statisticsDelay = 5 }
        #expect(await test.rows(["EXTERNAL_CALL_ID": "c1"]).result == .empty)
        test.advance(4.9)
        #expect(await test.rows(["EXTERNAL_CALL_ID": "c1"])["total"] == 0)
        test.advance(0.2)
        #expect(await test.rows(["EXTERNAL_CALL_ID": "c1"])["total"] == 1)
    }

    @Test func scalarsAreTextsAndTheZoneIsThePortals() async throws {
        let row = await (try Self.portal(1)).rows(["ID": 1]).result[0]
        #expect(Set(row.names) == StatisticsFilter.fields)
        #expect(row["ID"] == "1")
        #expect(row["CALL_DURATION"] == "1")
        #expect(row["COST"] == "0.0000")
        #expect(row["CALL_START_DATE"] == "2026-03-01T04:00:00+03:00")
        #expect(row["CALL_CATEGORY"] == "external")
        #expect(row["CRM_ACTIVITY_ID"] == .null)
        #expect(row["CALL_STATUS"] == .null)
    }
}
