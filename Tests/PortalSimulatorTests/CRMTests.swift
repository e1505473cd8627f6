// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PortalSimulator

@Suite struct CRMTests {
    static func portal(
        entities: [String] = [], _ configure: (inout PortalOptions) -> Void = { _ in }
    ) async throws -> TestPortal {
        let test = try TestPortal(configure)
        for entity in entities {
            let answer = await test.portal.control("{\"addEntity\":\(entity)}")
            try #require(answer.hasPrefix("{\"ok\":true"))
        }
        return test
    }

    static let contact = #"{"type":"CONTACT","id":5,"name":"Known Client","phones":["8 (900) 000-11-22"],"user":3}"#
    static let company = #"{"type":"COMPANY","id":6,"phones":["+79000001122"]}"#
    static let lead = #"{"type":"LEAD","id":7,"phones":["79000001122"]}"#
    static let known: PortalMap = ["PHONE_NUMBER": "+7 900 000-11-22"]

    static func creating(_ more: PortalMap = [:]) -> PortalMap {
        var map = known
        map["CRM_CREATE"] = 1
        map.merge(more)
        return map
    }

    @Test func clientsAreFoundByNormalisedNumberInTheOrderContactLeadCompany() async throws {
        let test = try await Self.portal(entities: [Self.company, Self.lead, Self.contact])
        let found = await test.call("telephony.externalCall.searchCrmEntities", ["PHONE_NUMBER": "8-900-000-11-22"])
        #expect(found.result.list.map { $0["CRM_ENTITY_TYPE"] } == ["CONTACT", "LEAD", "COMPANY"])
        #expect(found.result[0]["ASSIGNED_BY"]["USER_PHONE_INNER"] == "103")
        #expect(await test.call("telephony.externalCall.searchCrmEntities").description == "PHONE_NUMBER is empty")
        #expect(
            await test.call("telephony.externalCall.searchCrmEntities", ["PHONE_NUMBER": "1"]).result == .empty)
        let answer = await test.register(Self.known)
        #expect(answer.result["CRM_ENTITY_TYPE"] == "CONTACT")
        #expect(answer.result["CRM_ENTITY_ID"] == 5)
    }

    @Test(arguments: [
        (PortalValue.null, 0), (0, 0), ("0", 0), (1, 1), ("N", 1), ("Y", 1), (false, 0),
    ])
    func aLeadIsMadeForAnUnknownNumberWhenAskedLoosely(_ create: PortalValue, _ leads: Int) async throws {
        let test = try await Self.portal()
        let answer = await test.register(["CRM_CREATE": create, "CRM_SOURCE": "WEB"])
        #expect(await test.counter("leads") == leads)
        #expect((answer.result["CRM_CREATED_LEAD"] == 1) == (leads == 1))
        if leads == 1 { #expect(await test.audit["entities"][0]["SOURCE_ID"] == "WEB") }
    }

    @Test func theOldNameOfTheSwitchCountsToo() async throws {
        let test = try await Self.portal()
        await test.register(["CRM": "1", "CRM_SOURCE": "NONE"])
        #expect(await test.audit["entities"][0]["SOURCE_ID"] == "CALL")
    }

    @Test func simpleCRMMakesContactAndDeal() async throws {
        let test = try await Self.portal { $0.crmMode = .simple }
        let answer = await test.register(["CRM_CREATE": 1])
        #expect(answer.result["CRM_CREATED_LEAD"] == .null)
        #expect(answer.result["CRM_CREATED_ENTITIES"].list.map { $0["ENTITY_TYPE"] } == ["CONTACT", "DEAL"])
        #expect(answer.result["CRM_ENTITY_TYPE"] == "CONTACT")
    }

    @Test func aKnownClientGetsARepeatLeadUnlessWorkIsOpen() async throws {
        let repeated = try await Self.portal(entities: [Self.contact])
        #expect(await repeated.register(Self.creating()).result["CRM_CREATED_LEAD"] == 1)
        // The lead just made is open work.
        #expect(await repeated.register(Self.creating()).result["LEAD_CREATION_ERROR"] == "")
        let outgoing = try await Self.portal(entities: [Self.contact])
        #expect(await outgoing.register(Self.creating(["TYPE": 1])).result["LEAD_CREATION_ERROR"] == "")
        let off = try await Self.portal(entities: [Self.contact]) { $0.repeatLeads = false }
        #expect(await off.register(Self.creating()).result["LEAD_CREATION_ERROR"] == "")
        let leadOnly = try await Self.portal(entities: [Self.lead])
        await leadOnly.register(Self.creating())
        #expect(await leadOnly.counter("leads") == 0)
    }

    @Test func employeesNumbersCreateNothing() async throws {
        let test = try await Self.portal()
        let answer = await test.wholeCall(["PHONE_NUMBER": "108", "CRM_CREATE": 1])
        #expect(answer.result["ERRORS"]["ACTIVITY_CREATION"] != .null)
        #expect(
            await test.register(["PHONE_NUMBER": "108", "CRM_CREATE": 1]).result["LEAD_CREATION_ERROR"]
                == "Lead creation is disabled for local users")
        #expect(await test.counter("leads") == 0)
    }

    @Test func aGivenEntityIsNotCheckedAndSwitchesTheSearchOff() async throws {
        let test = try await Self.portal(entities: [Self.contact])
        var given = Self.known
        given.merge(["CRM_ENTITY_TYPE": "LEAD", "CRM_ENTITY_ID": 999])
        #expect(await test.wholeCall(given).result["CRM_ENTITY_ID"] == 999)
        given.merge(["CRM_ENTITY_TYPE": "", "CRM_ENTITY_ID": ""])
        #expect(await test.wholeCall(given).result["CRM_ENTITY_TYPE"] == .null)
    }

    @Test func finishMakesActivityChatAndRobotsForAKnownClient() async throws {
        let test = try await Self.portal(entities: [Self.contact])
        let answer = await test.wholeCall(Self.known, ["DURATION": 0, "STATUS_CODE": "304"])
        #expect(answer.result["CRM_ACTIVITY_ID"] == 1)
        #expect(answer.result["ERRORS"] == .null)
        #expect(answer.result["CRM_ENTITY_TYPE"] == "CONTACT")
        #expect(await test.counter("chats") == 1)
        #expect(await test.counter("chatMessages") == 0)
        #expect(await test.events("robot") == ["call", "missed call"])
        let callID = answer.result["CALL_ID"].asText
        let activity = await test.call("crm.activity.list", ["FILTER": ["ORIGIN_ID": .string("VI_" + callID)]])
        #expect(activity.result[0]["COMPLETED"] == "N")
        #expect(activity.result[0]["DIRECTION"] == "1")
        #expect(await test.audit["checks"]["quiet"] == false)
        // The same client and employee have their chat already; an outgoing call fires no robot.
        await test.wholeCall(Self.creating(["TYPE": 1]))
        #expect(await test.counter("chats") == 1)
        #expect(await test.counter("robots") == 2)
    }

    @Test(arguments: [(PortalOptions.ChatAction.none, 0), (.append, 1), (.separate, 2)])
    func chatsFollowThePortalsSetting(_ action: PortalOptions.ChatAction, _ chats: Int) async throws {
        let test = try await Self.portal(entities: [Self.contact]) { $0.chatAction = action }
        await test.wholeCall(Self.known)
        await test.wholeCall(Self.known, ["USER_ID": 8])
        #expect(await test.counter("chats") == chats)
    }

    @Test func finishHandsCreatedEntitiesToItsUser() async throws {
        let test = try await Self.portal()
        await test.wholeCall(["CRM_CREATE": 1], ["USER_ID": 9])
        #expect(await test.audit["entities"][0]["RESPONSIBLE_ID"] == 9)
        #expect(await test.events("leadWorkflow") == ["1"])
    }

    @Test func unknownNumbersStayQuiet() async throws {
        let test = try await Self.portal()
        await test.wholeCall([:], ["DURATION": 0, "STATUS_CODE": "304"])
        #expect(await test.audit["checks"]["quiet"] == true)
        #expect(await test.counter("robots") == 0)
        #expect(await test.counter("activities") == 0)
    }

    @Test func directoriesAnswerAsDocumented() async throws {
        let test = try await Self.portal()
        let sources = await test.call("crm.status.list", ["filter": ["ENTITY_ID": "SOURCE", "STATUS_ID": "CALL"]])
        #expect(sources.result.list.map { $0["STATUS_ID"] } == ["CALL"])
        #expect(sources["total"] == 1)
        let currencies = await test.call("crm.currency.list")
        #expect(currencies.result[0]["BASE"] == "Y")
        #expect(currencies["total"] == 0)
        let lists = await test.call("crm.calllist.list", ["FILTER": ["ENTITY_TYPE_ID": 3]])
        #expect(lists.result.list.map { $0["ID"] } == ["2"])
        #expect(lists["total"] == .null)
        #expect(await test.call("crm.calllist.list", ["FILTER": ["NOPE": 3]]).error == "100")
        #expect(await test.call("crm.calllist.get", ["id": 1]).result["ENTITY_TYPE"] == "LEAD")
        #expect(await test.call("crm.calllist.get").text.contains(#""argument":"ID""#))
        #expect(await test.call("crm.calllist.get", ["ID": 77]).error == "LIST_ID_ERROR")
    }
}
