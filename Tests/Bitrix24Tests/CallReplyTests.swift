// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Testing

struct CallReplyTests {
    private func json(_ text: String) throws -> JSONValue { try #require(JSONValue(Array(text.utf8))) }

    @Test func readsWhatRegisterAnswers() throws {
        let new = try RegisteredCall(
            json(
                """
                {"CALL_ID":"externalCall.0f3c.1772868031","CRM_CREATED_LEAD":null,"CRM_CREATED_ENTITIES":[],
                "CRM_ENTITY_TYPE":"","CRM_ENTITY_ID":null}
                """))
        #expect(new.callID == "externalCall.0f3c.1772868031")
        #expect(new.crmEntityType == nil)
        let known = try RegisteredCall(
            json(#"{"CALL_ID":"c","CRM_CREATED_LEAD":5,"CRM_ENTITY_TYPE":"CONTACT","CRM_ENTITY_ID":"17"}"#))
        #expect(known.createdLead == 5)
        #expect(known.crmEntityID == 17)
        let odd = try RegisteredCall(json(#"{"CALL_ID":"c","CRM_ENTITY_TYPE":false,"CRM_ENTITY_ID":false}"#))
        #expect(odd.crmEntityType == nil)
    }

    @Test(arguments: ["null", "[]", "{}", "false", #"{"CALL_ID":""}"#, #"{"CALL_ID":7}"#, #"{"CALL_ID":["c"]}"#])
    func aRegisterWithoutACallIDIsUnreadable(_ text: String) throws {
        let value = try json(text)
        #expect(throws: UnreadableResult(field: "CALL_ID")) { try RegisteredCall(value) }
    }

    @Test func readsWhatFinishAnswers() throws {
        let finished = FinishedCall(
            try json(
                """
                {"CALL_ID":"c","EXTERNAL_CALL_ID":"pbx1-000001","PORTAL_USER_ID":12,"PHONE_NUMBER":"+12025550100",
                "PORTAL_NUMBER":"trunk-1","INCOMING":"2","CALL_DURATION":0,"CALL_START_DATE":{},"CALL_STATUS":0,
                "CALL_VOTE":0,"COST":0,"COST_CURRENCY":"","CALL_FAILED_CODE":"304","CALL_FAILED_REASON":"",
                "REST_APP_ID":"3","REST_APP_NAME":false,"CRM_ACTIVITY_ID":false,"COMMENT":null,"ID":4711,
                "ERRORS":{"ACTIVITY_CREATION":"Could not find associated crm entity for the current call"}}
                """))
        #expect(finished.statisticsID == 4711)
        #expect(finished.externalCallID == "pbx1-000001")
        #expect(finished.phoneNumber == "+12025550100")
        #expect(finished.type == 2)
        #expect(finished.userID == 12)
        #expect(finished.activityID == nil)
        #expect(finished.activityFault == "Could not find associated crm entity for the current call")
    }

    @Test(arguments: ["null", "[]", "true", "{}", #"{"ID":false,"CALL_ID":[],"INCOMING":{},"ERRORS":[]}"#])
    func aFinishIsReadHoweverLittleItSays(_ text: String) throws {
        #expect(FinishedCall(try json(text)) == FinishedCall(.null))
    }

    @Test func readsRowsOfStatistics() throws {
        let rows = try StatisticRow.rows(
            json(
                """
                [{"ID":"17","CALL_ID":"c","EXTERNAL_CALL_ID":null,"PORTAL_USER_ID":"12","PHONE_NUMBER":"+12025550100",
                "CALL_TYPE":"2","CALL_START_DATE":"2026-03-07T10:20:30+03:00","CALL_DURATION":"95","CALL_FAILED_CODE":"200",
                "CRM_ACTIVITY_ID":"0","RECORD_FILE_ID":null},{"ID":18}]
                """))
        #expect(rows.map(\.id) == [17, 18])
        #expect(rows[0].startEpoch == 1_772_868_030)
        #expect(rows[0].type == 2)
        #expect(rows[0].durationSeconds == 95)
        #expect(rows[0].externalCallID == nil)
        #expect(rows[0].activityID == nil)
        #expect(try StatisticRow.rows(json("[]")).isEmpty)
        let broken = try [json("false"), json(#"[{"CALL_ID":"c"}]"#), json("null")]
        for value in broken {
            #expect(throws: UnreadableResult.self) { try StatisticRow.rows(value) }
        }
    }

    @Test func readsPagesOfUsers() throws {
        let page = try UserPage(
            CommandReply(
                result: json(
                    """
                    [{"ID":"1","ACTIVE":true,"UF_PHONE_INNER":"101"},{"ID":2,"ACTIVE":"N","UF_PHONE_INNER":""},
                    {"ID":"3","ACTIVE":false,"UF_PHONE_INNER":null}]
                    """), total: 120, next: 50))
        #expect(page.users.map(\.id) == [1, 2, 3])
        #expect(page.users.map(\.isActive) == [true, false, false])
        #expect(page.users.map(\.innerNumber) == ["101", nil, nil])
        #expect(page.next == 50)
        #expect(
            UserPage.active(start: 50).text == "user.get?FILTER[ACTIVE]=Y&sort=ID&order=ASC&start=50")
    }

    @Test func readsThePreflight() throws {
        #expect(ProfileReply(try json(#"{"ID":"1","ADMIN":true}"#)) == ProfileReply(try json(#"{"ID":1,"ADMIN":"Y"}"#)))
        #expect(ProfileReply(try json("[]")).isAdmin == false)
        #expect(try ScopeReply(json(#"["Telephony","crm"]"#)).scopes == ["telephony", "crm"])
        #expect(try ServerTimeReply(json(#""2026-03-07T10:20:30+03:00""#)).date.epochSeconds == 1_772_868_030)
        #expect(try LinesReply(json(#"[{"NUMBER":"trunk-1","NAME":""}]"#)).numbers == ["trunk-1"])
        let nothing = try json("false")
        #expect(throws: UnreadableResult.self) { try ServerTimeReply(nothing) }
        #expect(throws: UnreadableResult.self) { try ScopeReply(nothing) }
    }
}
