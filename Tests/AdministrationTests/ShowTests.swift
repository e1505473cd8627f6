// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallLifecycle
import CallRecords
import Delivery
import ExitCodes
import Foundation
import Importing
import Ledger
import Reporting
import TestSupport
import Testing

@testable import Administration

/// What `cdr24 show` tells of a call.
@Suite struct ShowTests {
    /// Stores requests about the call with a key, as a delivery does.
    private func store(_ exchanges: [CallExchange], _ scene: AdministrationScene, key: String) throws {
        try scene.ledger.writing { ledger throws(LedgerFault) in
            guard let call = try ledger.trackedCall(key: key) else { return }
            try ledger.save(
                progressOf: [],
                exchanges: exchanges.map { given in
                    let request = CallExchange(
                        callID: call.id, sentAt: given.sentAt, method: given.method, sent: given.sent)
                    guard let end = given.answeredAt, let answer = given.answer else { return request }
                    return request.answered(given.outcome, at: end, answer)
                })
        }
    }

    private static let register = CallExchange(
        callID: 0, sentAt: 1_795_000_000_250, method: .register, sent: #"{"CRM_CREATE":"1","USER_ID":"7"}"#)

    @Test func `a delivered call's life is told from its first request to its last answer`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            try scene.store([(.numbered(1), .sample(.delivered))])
            let registered = Self.register.answered(
                .done, at: 1_795_000_001_000,
                #"{"CALL_ID":"externalCall.1","CRM_CREATED_LEAD":12,"CRM_ENTITY_ID":"12","CRM_ENTITY_TYPE":"LEAD","CRM_CREATED_ENTITIES":[{"ENTITY_TYPE":"LEAD","ENTITY_ID":12}]}"#
            )
            let finished = CallExchange(
                callID: 0, sentAt: 1_795_000_002_000, method: .finish, sent: #"{"USER_ID":"7"}"#
            ).answered(
                .done, at: 1_795_000_003_000,
                #"{"CRM_ENTITY_ID":12,"CRM_ENTITY_TYPE":"LEAD","ERRORS":{"ACTIVITY_CREATION":"no card"},"ID":4711,"PORTAL_USER_ID":7}"#
            )
            try store([registered, finished], scene, key: "pbx:1")
            let story = try CallStoryReader(scene.ledger).story(of: "pbx:1")
            #expect(story.call.state == "delivered" && story.call.phone == "+12025550001" && story.records == 1)
            #expect(story.portal.callId == "externalCall.1" && story.portal.createdLead == "12")
            #expect(story.portal.createdEntities == "LEAD 12" && story.portal.activityError == "no card")
            #expect(story.portal.userSent == "7" && story.portal.userId == "7" && story.portal.entityType == "LEAD")
            #expect(story.requests.map(\.method) == [RegisterCall.method, FinishCall.method])
            #expect(story.requests[0].at == "2026-11-18T11:06:40.250Z")
            let sent = Dictionary(uniqueKeysWithValues: story.requests[0].parameters.map { ($0.name, $0.value) })
            #expect(sent["USER_ID"] == "7" && sent["CRM_CREATE"] == "1" && sent["SHOW"] == "0")
            #expect(sent["PHONE_NUMBER"] == "+12025550001" && sent["EXTERNAL_CALL_ID"] == "pbx:1")
            #expect(story.requests[1].parameters.contains { $0 == .init("CALL_ID", "externalCall.1") })
            #expect(story.text.contains("no CRM activity     no card"), "\(story.text)")
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(story.json.utf8)) as? [String: Any])
            #expect(json["schema"] as? String == "cdr24.call/1")
        }
    }

    @Test func `a request without an answer is told as one`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            try scene.store([(.numbered(1), .sample(.registering))])
            try store([Self.register], scene, key: "pbx:1")
            let story = try CallStoryReader(scene.ledger).story(of: "pbx:1")
            #expect(story.requests.map(\.outcome) == ["underWay"] && story.portal.createdLead == nil)
            #expect(story.text.contains("no answer is known"), "\(story.text)")
        }
    }

    @Test func `a call for which nothing was sent is told, and an unknown key is a mistake`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            try scene.store([(.numbered(1), DeliveryProgress(heldFor: .noEmployee))])
            let story = try CallStoryReader(scene.ledger).story(of: "pbx:1")
            #expect(story.text.contains("Nothing has been sent for this call."), "\(story.text)")
            #expect(story.call.remedy.contains("cdr24 retry"))
            let fault = #expect(throws: ImportFault.self) { try CallStoryReader(scene.ledger).story(of: "pbx:99") }
            #expect(fault?.exitStatus == .usage)
        }
    }
}
