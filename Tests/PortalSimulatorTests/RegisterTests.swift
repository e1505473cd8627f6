// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PortalSimulator

@Suite struct RegisterTests {
    static let refusals: [(PortalMap, String)] = [
        (["USER_ID": "abc"], "USER_ID or USER_PHONE_INNER should be set"),
        (["USER_ID": .null, "USER_PHONE_INNER": "999"], "USER_ID or USER_PHONE_INNER should be set"),
        (["USER_ID": .null, "USER_PHONE_INNER": "121"], "USER_ID or USER_PHONE_INNER should be set"),
        (["TYPE": 6], "Unknown TYPE"), (["TYPE": .null], "Unknown TYPE"), (["TYPE": "abc"], "Unknown TYPE"),
        (["CALL_START_DATE": "soon"], "CALL_START_DATE should be in the ISO-8601 format"),
        (["PHONE_NUMBER": "anonymous"], "Unsupported phone number format"),
        (["PHONE_NUMBER": "0"], "Unsupported phone number format"),
        (["PHONE_NUMBER": .null], "Unsupported phone number format"),
        (["USER_ID": 21], "User is not found or is not active"),
        (["USER_ID": 22], "User is not found or is not active"),
        (["USER_ID": 9999], "User is not found or is not active"),
        // Of two faults the earlier step wins.
        (["TYPE": 9, "CALL_START_DATE": "soon"], "Unknown TYPE"),
        (["CALL_START_DATE": "soon", "USER_ID": 21], "CALL_START_DATE should be in the ISO-8601 format"),
        (["PHONE_NUMBER": "-", "USER_ID": 21], "Unsupported phone number format"),
    ]

    @Test(arguments: refusals)
    func refusesInThePortalsOrder(_ parameters: PortalMap, _ text: String) async throws {
        let answer = try await TestPortal().register(parameters)
        #expect(answer.refusal == "400  \(text)")
        let documented = try await TestPortal { $0.errorStyle = .d }.register(parameters)
        #expect(documented.refusal == "400 ERROR_CORE \(text)")
    }

    @Test func answersWithAFreshCallID() async throws {
        let test = try TestPortal()
        let answer = await test.register()
        let id = try #require(answer.result["CALL_ID"].string)
        #expect(id.wholeMatch(of: /externalCall\.[0-9a-f]{32}\.1772868030/) != nil)
        #expect(
            JSONWriter.text(answer.result).hasSuffix(
                #""CRM_CREATED_LEAD":null,"CRM_CREATED_ENTITIES":[],"CRM_ENTITY_TYPE":"","CRM_ENTITY_ID":null}"#))
        #expect(await test.audit["liveCalls"].count == 1)
        #expect(await test.audit["statistics"].count == 0)
        #expect(await test.events("app") == ["ONVOXIMPLANTCALLINIT", "ONVOXIMPLANTCALLSTART"])
    }

    @Test func findsEmployeesByInnerNumberOnlyWithoutUserID() async throws {
        let test = try TestPortal()
        await test.register(["USER_ID": 0, "USER_PHONE_INNER": "103"])
        await test.register(["USER_ID": "5x", "USER_PHONE_INNER": "103"])
        #expect(await test.audit["liveCalls"].list.map { $0["USER_ID"].asInt }.sorted() == [3, 5])
    }

    @Test(arguments: [
        ("+1 (202) 555-0101", "+12025550101"), ("*99#,12;3", "*99#,12;3"), ("tel +4420a7946", "+4420" + "7946"),
        ("+", "+"),
        ("１２3", "3"),
    ])
    func numbersAreStrippedAndNotNormalised(_ given: String, _ kept: String) async throws {
        let test = try TestPortal()
        await test.register(["PHONE_NUMBER": .string(given)])
        #expect(await test.audit["liveCalls"][0]["PHONE_NUMBER"] == .string(kept))
    }

    @Test(arguments: [
        (PortalValue.null, 1), (.int(1), 1), ("N", 1), ("false", 1), (0, 0), ("0", 0), ("", 0), (false, 0),
    ])
    func theCardIsShownUnlessShowIsFalsy(_ show: PortalValue, _ popups: Int) async throws {
        let test = try TestPortal()
        var parameters: PortalMap = [
            "USER_ID": 7, "PHONE_NUMBER": "1", "TYPE": 2, "CALL_START_DATE": "2026-03-01",
        ]
        // Left out altogether the default is to show.
        if !show.isNull { parameters["SHOW"] = show }
        await test.call("telephony.externalCall.register", .map(parameters))
        #expect(await test.counter("popups") == popups)
        #expect(await test.events("popup").count == popups)
    }

    @Test func linesAreTrimmedCutAndMade() async throws {
        let test = try TestPortal()
        await test.register(["LINE_NUMBER": "  trunk-1 "])
        await test.register(["LINE_NUMBER": "TRUNK-1"])
        await test.register(["LINE_NUMBER": .string(String(repeating: "x", count: 60))])
        await test.register(["LINE_NUMBER": "   "])
        let lines = await test.call("telephony.externalLine.get").result
        #expect(lines.list.map { $0["NUMBER"] } == ["trunk-1", .string(String(repeating: "x", count: 50))])
        #expect(lines[0]["NAME"] == .null)
        #expect(await test.counter("linesCreated") == 2)
        #expect(await test.audit["liveCalls"].list.filter { $0["LINE_NUMBER"] == "trunk-1" }.count == 2)
    }

    @Test func aNamelessLineUnusedForNinetyDaysIsRemoved() async throws {
        let test = try TestPortal()
        await test.register(["LINE_NUMBER": "made"])
        await test.call("telephony.externalLine.add", ["NUMBER": "named", "NAME": "Office"])
        test.advance(91 * 86_400)
        #expect(await test.call("telephony.externalLine.get").result.list.map { $0["NUMBER"] } == ["named"])
    }

    @Test func whatIsDocumentedAndIgnoredIsKeptForTheAudit() async throws {
        let test = try TestPortal()
        await test.wholeCall(["CALL_LIST_ID": 4, "ADD_TO_CHAT": 1])
        #expect(await test.audit["statistics"][0]["CALL_LIST_ID"] == "4")
        #expect(await test.counter("chatMessages") == 0)
    }

    @Test func aFailingCRMFailsRegisterInOldPortalsOnly() async throws {
        for (style, status) in [(PortalOptions.RegisterStyle.a, 400), (.b, 200)] {
            let test = try TestPortal {
                $0.crmFails = true
                $0.registerStyle = style
            }
            #expect(await test.register(["SHOW": 1]).status == status)
            // The call exists either way, and no card is shown.
            #expect(await test.audit["liveCalls"].count == 1)
            #expect(await test.counter("popups") == 0)
        }
    }

    @Test func oldPortalsAskForTheModifyRight() async throws {
        let test = try TestPortal { $0.modifyRightNeeded = true }
        #expect(await test.register().status == 200)
        let path = "/rest/2/secret/telephony.externalCall.register"
        #expect(await test.send(.json(path, "{\"USER_ID\":7}")).refusal == "403 ACCESS_DENIED Access denied!")
    }

    @Test func unfinishedCallsGoThirtyDaysAfterTheirStart() async throws {
        let test = try TestPortal()
        let old = await test.register(["CALL_START_DATE": "2026-01-01T00:00:00Z"]).result["CALL_ID"]
        let young = await test.register(["CALL_START_DATE": "2026-02-20T00:00:00Z"]).result["CALL_ID"]
        await test.call("scope")
        #expect(await test.audit["liveCalls"].count == 2)
        test.advance(86_400)
        #expect(await test.finish(old).description.hasPrefix("Call is not found"))
        #expect(await test.finish(young).status == 200)
        #expect(await test.counter("cleaned") == 1)
    }
}

@Suite struct DuplicateRuleTests {
    static let recent = PortalMap(dictionaryLiteral: ("CALL_START_DATE", "2026-03-07T10:15:00+03:00"))

    static func ids(
        _ first: PortalMap, _ second: PortalMap, window: PortalOptions.DuplicateWindow = .a, finishFirst: Bool = false
    ) async throws -> Bool {
        let test = try TestPortal { $0.duplicateWindow = window }
        let one = await test.register(first).result["CALL_ID"]
        if finishFirst { await test.finish(one) }
        return await test.register(second).result["CALL_ID"] == one
    }

    static func with(_ more: PortalMap, start: String? = nil) -> PortalMap {
        var map = recent
        map.merge(more)
        if let start { map["CALL_START_DATE"] = .string(start) }
        return map
    }

    @Test func recentLookAlikesAreOneCall() async throws {
        #expect(try await Self.ids(Self.recent, Self.with(["SHOW": 0], start: "2026-03-07T10:10:00+03:00")))
    }

    @Test func yesterdaysCallsNeverMatch() async throws {
        #expect(try await !Self.ids(["EXTERNAL_CALL_ID": "a"], ["EXTERNAL_CALL_ID": "a"]))
    }

    @Test(arguments: [
        PortalMap(dictionaryLiteral: ("USER_ID", 8)), ["TYPE": 1], ["PHONE_NUMBER": "12025550101"],
        ["LINE_NUMBER": "x"],
        ["EXTERNAL_CALL_ID": "x"], ["EXTERNAL_CALL_ID": ""],
    ])
    func anythingInTheKeyKeepsThemApart(_ difference: PortalMap) async throws {
        #expect(try await !Self.ids(Self.recent, Self.with(difference)))
    }

    @Test func whatTheSecondRequestLeavesOutMatchesAnything() async throws {
        #expect(try await Self.ids(Self.with(["EXTERNAL_CALL_ID": "x", "LINE_NUMBER": "l"]), Self.recent))
        #expect(try await Self.ids(Self.with(["EXTERNAL_CALL_ID": "x"]), Self.with(["EXTERNAL_CALL_ID": "X"])))
    }

    @Test func theDocumentedRuleLooksAtTheRegistrationAndAtFinishedCallsToo() async throws {
        let old: PortalMap = ["EXTERNAL_CALL_ID": "a"]
        #expect(try await Self.ids(old, old, window: .d))
        #expect(try await Self.ids(old, old, window: .d, finishFirst: true))
        #expect(try await !Self.ids(Self.recent, Self.recent, finishFirst: true))
    }

    @Test func theWindowEndsAfterHalfAnHour() async throws {
        for window in PortalOptions.DuplicateWindow.allCases {
            let test = try TestPortal { $0.duplicateWindow = window }
            let one = await test.register(Self.recent).result["CALL_ID"]
            test.advance(1801)
            #expect(await test.register(Self.recent).result["CALL_ID"] != one)
        }
    }

    @Test func aCallInTheFutureStaysInTheWindow() async throws {
        let test = try TestPortal()
        let future: PortalMap = ["CALL_START_DATE": "2026-03-07T12:20:30+03:00"]
        let one = await test.register(future).result["CALL_ID"]
        test.advance(7200 + 1790)
        #expect(await test.register(future).result["CALL_ID"] == one)
        test.advance(20)
        #expect(await test.register(future).result["CALL_ID"] != one)
    }

    @Test func aHitAnswersWithTheOldCallAndForgetsTheNewData() async throws {
        let test = try TestPortal()
        await test.register(Self.recent)
        let hit = await test.register(Self.with(["SHOW": 1], start: "2026-03-07T10:16:00+03:00"))
        #expect(hit.result["CRM_ENTITY_TYPE"] == false)
        #expect(await test.counter("popups") == 1)
        #expect(await test.counter("registers") == 1)
        #expect(await test.counter("duplicateRegisters") == 1)
        #expect(await test.audit["liveCalls"][0]["CALL_START_DATE"] == "2026-03-07T10:15:00+03:00")
    }

    @Test func aPortalThatDropsExternalIDsMergesWhatTheyKeptApart() async throws {
        let test = try TestPortal { $0.keepsExternalIDs = false }
        let one = await test.register(Self.with(["EXTERNAL_CALL_ID": "a"])).result["CALL_ID"]
        #expect(await test.register(Self.with(["EXTERNAL_CALL_ID": "b"])).result["CALL_ID"] == one)
        #expect(await test.finish(one).result["EXTERNAL_CALL_ID"] == .null)
        #expect(await test.rows(["EXTERNAL_CALL_ID": "a"]).result == .empty)
    }

    @Test func webhooksShareTheirCallsAndApplicationsKeepTheirs() async throws {
        let test = try TestPortal()
        let one = await test.register(Self.recent).result["CALL_ID"]
        var body = Self.recent
        body.merge(["USER_ID": 7, "PHONE_NUMBER": "+12025550101", "TYPE": 2, "SHOW": 0])
        let path = "telephony.externalCall.register"
        let other = await test.send(.json("/rest/2/secret/\(path)", JSONWriter.text(.map(body))))
        #expect(other.result["CALL_ID"] == one)
        body["auth"] = "access-1"
        let application = await test.send(.json("/rest/\(path)", JSONWriter.text(.map(body))))
        #expect(application.result["CALL_ID"] != one)
    }
}
