// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import PortalSimulator

/// What a program that holds the portal in its own process can ask of it beyond the control endpoint.
@Suite struct ChosenFaultTests {
    private static let register = PortalRequest.json(
        "/rest/1/secret/telephony.externalCall.register",
        #"{"USER_ID":7,"PHONE_NUMBER":"+12025550101","TYPE":2,"SHOW":0,"CRM_CREATE":0}"#)

    @Test func `a fault that the caller chose hits its request and wins over the plan`() async throws {
        let test = try FaultTests.portal("unavailable@1")
        #expect(await test.portal.handle(Self.register, fault: .dropAfter).delivery == .dropped)
        #expect(await test.counter("registers") == 1)
        #expect(await test.portal.handle(Self.register).status == 200)
        #expect(await test.counter("faults") == 1)
    }

    @Test func `a method is refused for its operating time as long as it is banned`() async throws {
        let test = try TestPortal()
        let now = test.clock.now()
        let banned = try TestPortal(clock: test.clock) { $0.operatingBans = ["scope": now..<now + 300] }
        #expect(await banned.call("scope").error == "OPERATION_TIME_LIMIT")
        #expect(await banned.call("profile").status == 200)
        banned.advance(300)
        #expect(await banned.call("scope").status == 200)
    }

    @Test func `a portal that knows no filter over EXTERNAL_CALL_ID answers with every row`() async throws {
        let test = try await StatisticsTests.portal(3) { $0.filtersByExternalID = false }
        #expect(StatisticsTests.ids(await test.rows(["EXTERNAL_CALL_ID": "c2"])) == ["c1", "c2", "c3"])
        #expect(StatisticsTests.ids(await test.rows(["EXTERNAL_CALL_ID": "c2", "CALL_DURATION": 3])) == ["c3"])
    }

    @Test func `a held request goes on in virtual time`() async throws {
        try await VirtualTime.run { time in
            let portal = try SimulatedPortal(clock: VirtualClock(time))
            let start = time.now
            #expect(await portal.handle(Self.register, fault: .stall(seconds: 20)).status == 200)
            #expect(time.now - start == .seconds(20))
        }
    }
}
