// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PortalSimulator

@Suite struct FinishTests {
    @Test func writesTheRowAndForgetsTheLiveCall() async throws {
        let test = try TestPortal()
        let call = await test.register(["EXTERNAL_CALL_ID": "pbx-1", "LINE_NUMBER": "trunk-1"]).result["CALL_ID"]
        let answer = await test.finish(
            call, ["DURATION": "95", "COST": "1,5", "COST_CURRENCY": "RUB", "VOTE": 4, "USER_ID": 8])
        #expect(
            answer.text.hasPrefix(
                #"{"result":{"CALL_ID":"\#(call.asText)","EXTERNAL_CALL_ID":"pbx-1","PORTAL_USER_ID":8,"#
                    + #""PHONE_NUMBER":"+12025550101","PORTAL_NUMBER":"trunk-1","INCOMING":"2","CALL_DURATION":95,"#
                    + #""CALL_START_DATE":{},"CALL_STATUS":1,"CALL_VOTE":4,"COST":1,"COST_CURRENCY":"RUB","#
                    + #""CALL_FAILED_CODE":"200","CALL_FAILED_REASON":"","REST_APP_ID":null,"REST_APP_NAME":false,"#
                    + #""CRM_ACTIVITY_ID":false,"COMMENT":null,"ID":1,"ERRORS":{"ACTIVITY_CREATION":"#
                    + #""Could not find associated crm entity for the current call"}},"time""#))
        let audit = await test.audit
        #expect(audit["liveCalls"].count == 0)
        #expect(audit["statistics"][0]["CALL_START_UTC"] == 1_772_349_630)
        #expect(audit["statistics"][0]["REGISTERED_USER_ID"] == 7)
        #expect(audit["statistics"][0]["COST"] == "1.0000")
        let repeated = await test.finish(call)
        #expect(repeated.refusal == "400  Call is not found (call should be registered prior to finishing")
    }

    @Test func theDocumentedStyleClosesTheBracket() async throws {
        let answer = try await TestPortal { $0.errorStyle = .d }.finish("externalCall.unknown.1")
        #expect(
            answer.refusal == "400 ERROR_CORE Call is not found (call should be registered prior to finishing)")
    }

    static let refusals: [(PortalMap, String)] = [
        (["USER_ID": 0], "400  USER_ID or USER_PHONE_INNER should be set"),
        (["CALL_ID": 5], "400 INVALID_ARGUMENT CALL_ID must be a string"),
        (["CALL_ID": .list(["x"])], "400 INVALID_ARGUMENT CALL_ID must be a string"),
        (["CALL_ID": .null], "400 INVALID_ARGUMENT CALL_ID must be a string"),
        (["USER_ID": 21], "400  User is not found or is not active"),
        (["USER_ID": 21, "CALL_ID": "x"], "400  Call is not found (call should be registered prior to finishing"),
        (["USER_ID": 0, "CALL_ID": 5], "400  USER_ID or USER_PHONE_INNER should be set"),
    ]

    @Test(arguments: refusals)
    func refusesInThePortalsOrder(_ parameters: PortalMap, _ refusal: String) async throws {
        let test = try TestPortal()
        let call = await test.register().result["CALL_ID"]
        #expect(await test.finish(call, parameters).refusal == refusal)
        #expect(await test.finish(call).status == 200)
    }

    static let endings: [(PortalMap, String, Int, Int)] = [
        (["DURATION": 0], "304", 0, 0), (["DURATION": 9], "200", 1, 9),
        (["DURATION": 9, "STATUS_CODE": "304"], "304", 1, 9), (["DURATION": "1:35"], "200", 1, 1),
        (["DURATION": -5], "304", 0, -5), (["DURATION": 0, "STATUS_CODE": "603-S"], "603-S", 0, 0),
        (["DURATION": 0, "STATUS_CODE": ""], "304", 0, 0),
        (["DURATION": 3, "STATUS_CODE": "nonsense"], "nonsense", 1, 3),
    ]

    @Test(arguments: endings)
    func codeAndDurationAreTakenAsTheyCome(
        _ ending: PortalMap, _ code: String, _ status: Int, _ duration: Int
    ) async throws {
        let result = try await TestPortal().wholeCall([:], ending).result
        #expect(result["CALL_FAILED_CODE"] == .string(code))
        #expect(result["CALL_STATUS"] == .int(status))
        #expect(result["CALL_DURATION"] == .int(duration))
    }

    @Test(arguments: [
        (PortalValue.null, 0), (0, 0), ("0", 0), ("", 0), (false, 0), (1, 1), ("N", 1), ("false", 1),
    ])
    func aChatMessageIsSentUnlessAddToChatIsFalsy(_ value: PortalValue, _ messages: Int) async throws {
        let test = try TestPortal()
        await test.wholeCall([:], ["ADD_TO_CHAT": value])
        #expect(await test.counter("chatMessages") == messages)
        let blocked = try TestPortal()
        await blocked.wholeCall([:], ["ADD_TO_CHAT": value, "STATUS_CODE": "423"])
        #expect(await blocked.counter("chatMessages") == 0)
    }

    static let tooLong: [(PortalMap, PortalMap)] = [
        (["PHONE_NUMBER": "+12345678901234567890"], [:]),
        (["EXTERNAL_CALL_ID": .string(String(repeating: "e", count: 65))], [:]),
        ([:], ["FAILED_REASON": .string(String(repeating: "ж", count: 256))]),
        ([:], ["STATUS_CODE": .string(String(repeating: "2", count: 256))]),
        ([:], ["COST_CURRENCY": .string(String(repeating: "R", count: 51))]),
        ([:], ["RECORD_URL": .string("http://" + String(repeating: "r", count: 2000))]),
    ]

    @Test(arguments: tooLong)
    func whatIsTooLongFailsAfterTheActivityWasWritten(_ register: PortalMap, _ ending: PortalMap) async throws {
        let test = try TestPortal()
        let phone = register["PHONE_NUMBER"]?.asText ?? "+12025550101"
        _ = await test.portal.control(#"{"addEntity":{"type":"CONTACT","phones":["\#(phone)"]}}"#)
        let call = await test.register(register).result["CALL_ID"]
        for attempt in 1...3 {
            let answer = await test.finish(call, ending)
            #expect(answer.refusal.hasPrefix("400  Unexpected database error; "))
            #expect(await test.counter("activities") == attempt)
        }
        #expect(await test.audit["checks"]["activitiesWithoutRow"] == 3)
        #expect(await test.audit["liveCalls"].count == 1)
        #expect(await test.counter("finishes") == 0)
    }

    @Test func twentyCharactersAndSixtyFourFit() async throws {
        let test = try TestPortal()
        let answer = await test.wholeCall([
            "PHONE_NUMBER": "+1234567890123456789", "EXTERNAL_CALL_ID": .string(String(repeating: "e", count: 64)),
        ])
        #expect(answer.status == 200)
    }

    @Test func twoFinishesAtOnceMakeTwoRows() async throws {
        let test = try TestPortal(clock: MachineClock()) {
            $0.costs["telephony.externalcall.finish"] = MethodCost(latency: 1, operating: 0)
        }
        let call = await test.register(["EXTERNAL_CALL_ID": "twice"]).result["CALL_ID"]
        async let one = test.finish(call)
        async let two = test.finish(call)
        #expect(await [one.status, two.status] == [200, 200])
        let checks = await test.audit["checks"]
        #expect(checks["finishedTwiceByCallID"] == .list([call]))
        #expect(checks["finishedTwice"] == .list(["twice"]))
    }

    @Test func lineZeroIsMadeAndNotShown() async throws {
        let test = try TestPortal()
        #expect(await test.wholeCall(["LINE_NUMBER": "0"]).result["PORTAL_NUMBER"] == "REST_APP:")
        #expect(await test.counter("linesCreated") == 1)
    }

    @Test func finishHidesTheCard() async throws {
        let test = try TestPortal()
        let call = await test.register(["SHOW": 1]).result["CALL_ID"]
        #expect(await test.audit["liveCalls"][0]["CARD_SHOWN_TO"] == .list([7]))
        await test.finish(call)
        #expect(await test.counter("popupsHidden") == 1)
    }
}

@Suite struct MissedCallTests {
    @Test(arguments: [(1, "304", 0), (2, "304", 1), (3, "304", 1), (4, "304", 0), (2, "486", 0), (2, "603", 0)])
    func onlyIncoming304Counts(_ type: Int, _ code: String, _ missed: Int) async throws {
        let test = try TestPortal()
        await test.wholeCall(["TYPE": .int(type)], ["STATUS_CODE": .string(code), "DURATION": 0])
        #expect(await test.counter("missedCalls") == missed)
    }

    @Test func anAnsweredOutgoingCallClosesAllOfItsNumberEvenLaterOnes() async throws {
        let test = try TestPortal()
        let missed: PortalMap = ["DURATION": 0, "STATUS_CODE": "304"]
        await test.wholeCall(["CALL_START_DATE": "2026-03-01T10:00:00Z"], missed)
        await test.wholeCall(["CALL_START_DATE": "2026-03-03T10:00:00Z", "USER_ID": 9], missed)
        await test.wholeCall(["PHONE_NUMBER": "12025550101"], missed)
        await test.wholeCall(["TYPE": 1, "CALL_START_DATE": "2026-03-02T10:00:00Z"], ["STATUS_CODE": "486"])
        #expect(await test.counter("missedCallsClosed") == 0)
        await test.wholeCall(["TYPE": 1, "CALL_START_DATE": "2026-03-02T10:00:00Z"])
        #expect(await test.counter("missedCallsClosed") == 2)
        #expect(await test.audit["missedCalls"].list.map { $0["CLOSED_BY"] } == [5, 5, .null])
    }
}
