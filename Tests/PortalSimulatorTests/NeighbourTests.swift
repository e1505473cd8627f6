// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PortalSimulator

/// Another integration at the same portal.
@Suite struct NeighbourTests {
    private static let calls = (0..<200).map { index in
        #"{"phone": "8900100\#(1000 + index)", "type": 2, "start": \#(1_772_800_000 + index * 60), "duration": 30, "user": 7}"#
    }.joined(separator: ",")

    private static func rows(_ settings: String, _ portal: TestPortal) async -> [PortalValue] {
        let answer = await portal.portal.control(#"{"neighbour": {\#(settings), "calls": [\#(calls)]}}"#)
        #expect(answer.contains(#""ok":true"#), "\(answer)")
        return await portal.audit["statistics"].list
    }

    @Test func aNeighbourRegistersCallsUnderItsOwnName() async throws {
        let portal = try TestPortal()
        let rows = await Self.rows(#""app": "Connector", "appId": "12", "skew": 40"#, portal)
        #expect(rows.count == 200)
        #expect(rows[0]["REST_APP_NAME"] == "Connector" && rows[0]["REST_APP_ID"] == "12")
        #expect(rows[0]["EXTERNAL_CALL_ID"].isNull && rows[0]["PHONE_NUMBER"] == "89001001000")
        #expect(rows[0]["CALL_START_UTC"].asInt == 1_772_800_040 && rows[0]["CALL_FAILED_CODE"] == "200")
        #expect(Set(rows.map { $0["CALL_ID"].asText }).count == 200)
        #expect(await portal.rows(["PHONE_NUMBER": "89001001000"]).result.count == 1)
    }

    @Test func lossAndDoublesAreTheSameForTheSameSeed() async throws {
        let lossy = await Self.rows(#""loss": 0.3, "seed": 3"#, try TestPortal())
        #expect((120...160).contains(lossy.count), "\(lossy.count)")
        let again = await Self.rows(#""loss": 0.3, "seed": 3"#, try TestPortal())
        #expect(again.map { $0["CALL_ID"] } == lossy.map { $0["CALL_ID"] })
        let doubled = await Self.rows(#""doubles": 0.1, "seed": 3"#, try TestPortal())
        #expect((210...235).contains(doubled.count), "\(doubled.count)")
    }

    @Test func aCallAppearsSomeTimeAfterItsEnd() async throws {
        let portal = try TestPortal()
        let now = Int(portal.clock.now())
        _ = await portal.portal.control(
            #"{"neighbour": {"delay": 20, "calls": [{"phone": "55", "type": 2, "start": \#(now), "duration": 10}]}}"#)
        portal.advance(29)
        #expect(await portal.audit["statistics"].count == 0)
        portal.advance(1)
        #expect(await portal.audit["statistics"].count == 1)
    }

    @Test func whatIsNoPlanIsRefused() async throws {
        for text in [
            #"{"loss": 2, "calls": []}"#, #"{"odd": 1}"#, #"{"calls": [{"phone": "", "type": 2, "start": 1}]}"#, "[]x",
        ] {
            #expect(NeighbourPlan(json: text) == nil, "\(text)")
        }
        #expect(NeighbourPlan(json: "[]")?.calls.isEmpty == true)
    }
}
