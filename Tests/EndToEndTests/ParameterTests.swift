// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Every parameter of register and finish, from a record to the portal and back to `cdr24 show`.
@Suite(.serialized) struct ParameterTests {
    /// One record, what must leave for it, and what the portal must hold of it.
    struct Seed: Sendable, CustomTestStringConvertible {
        var name: String
        /// Columns of the record that are not as in the others.
        var record: [String: String] = [:]
        /// The method whose request has the parameter, `register` or `finish`.
        var method = "register"
        /// The parameter and its value in the request; nil where it must not be there.
        var sent: (name: String, value: String?)
        /// A field of the portal's row and its value as a text.
        var held: (name: String, value: String)?
        var testDescription: String { name }
    }

    private static let portalID = "externalCall.0f3c9d1a5b7e4c2d8a6f0b1e2d3c4a5b.1795154400"
    private static let start = Int(Date().timeIntervalSince1970) - 7_200

    static let seeds: [Seed] = [
        Seed(name: "user", sent: ("USER_ID", "1"), held: ("PORTAL_USER_ID", "1")),
        Seed(
            name: "inner", record: ["ext": "104"], sent: ("USER_PHONE_INNER", "104"), held: ("PORTAL_USER_ID", "4")),
        Seed(name: "userAtFinish", method: "finish", sent: ("USER_ID", "1"), held: ("PORTAL_USER_ID", "1")),
        Seed(
            name: "phone", record: ["number": "89000000077"], sent: ("PHONE_NUMBER", "+79000000077"),
            held: ("PHONE_NUMBER", "+79000000077")),
        Seed(
            name: "start",
            sent: ("CALL_START_DATE", AsteriskCall.time(start + 10_800).replacing(" ", with: "T") + "+03:00"),
            held: ("CALL_START_UTC", "\(start)")),
        Seed(name: "outgoing", record: ["way": "outgoing"], sent: ("TYPE", "1"), held: ("CALL_TYPE", "1")),
        Seed(name: "incoming", sent: ("TYPE", "2"), held: ("CALL_TYPE", "2")),
        Seed(name: "redirected", record: ["sent_on": "89000000099"], sent: ("TYPE", "3"), held: ("CALL_TYPE", "3")),
        Seed(name: "callback", record: ["way": "callback"], sent: ("TYPE", "4"), held: ("CALL_TYPE", "4")),
        Seed(name: "quietCRM", sent: ("CRM_CREATE", "0"), held: ("REGISTER_SWITCHES.CRM_CREATE", "0")),
        Seed(
            name: "create", record: ["create": "yes", "number": "89000000101"], sent: ("CRM_CREATE", "1"),
            held: ("REGISTER_SWITCHES.CRM_CREATE", "1")),
        Seed(
            name: "source", record: ["create": "yes", "source": "WEB", "number": "89000000102"],
            sent: ("CRM_SOURCE", "WEB"), held: ("REGISTER_SWITCHES.CRM_SOURCE", "WEB")),
        Seed(
            name: "sourceByLine", record: ["line": "sales", "number": "89000000103"],
            sent: ("CRM_SOURCE", "ADVERTISING"), held: ("REGISTER_SWITCHES.CRM_SOURCE", "ADVERTISING")),
        Seed(
            name: "entityType", record: ["kind": "contact", "entity": "5"], sent: ("CRM_ENTITY_TYPE", "CONTACT"),
            held: ("CRM_ENTITY_TYPE", "CONTACT")),
        Seed(
            name: "entityID", record: ["kind": "contact", "entity": "5"], sent: ("CRM_ENTITY_ID", "5"),
            held: ("CRM_ENTITY_ID", "5")),
        Seed(name: "noEntity", sent: ("CRM_ENTITY_ID", nil)),
        Seed(name: "show", sent: ("SHOW", "0"), held: ("REGISTER_SWITCHES.SHOW", "0")),
        Seed(name: "chat", sent: ("ADD_TO_CHAT", "0"), held: ("REGISTER_SWITCHES.ADD_TO_CHAT", "0")),
        Seed(
            name: "chatAtFinish", method: "finish", sent: ("ADD_TO_CHAT", "0"),
            held: ("FINISH_SWITCHES.ADD_TO_CHAT", "0")
        ),
        Seed(
            name: "listNumber", record: ["list": "12"], sent: ("CALL_LIST_ID", "12"), held: ("CALL_LIST_ID", "12")),
        Seed(
            name: "listWord", record: ["campaign": "spring"], sent: ("CALL_LIST_ID", "7"), held: ("CALL_LIST_ID", "7")),
        Seed(name: "noList", sent: ("CALL_LIST_ID", nil)),
        Seed(
            name: "line", record: ["line": "trunk1"], sent: ("LINE_NUMBER", "+74950000000"),
            held: ("PORTAL_NUMBER", "+74950000000")),
        Seed(name: "key", sent: ("EXTERNAL_CALL_ID", "pbx1:key"), held: ("EXTERNAL_CALL_ID", "pbx1:key")),
        Seed(name: "duration", method: "finish", sent: ("DURATION", "25"), held: ("CALL_DURATION", "25")),
        Seed(name: "code", method: "finish", sent: ("STATUS_CODE", "200"), held: ("CALL_FAILED_CODE", "200")),
        Seed(
            name: "missedCode", record: ["missed": "yes"], method: "finish", sent: ("STATUS_CODE", "304"),
            held: ("CALL_FAILED_CODE", "304")),
        Seed(
            name: "reason", record: ["missed": "yes", "reason": "No answer"], method: "finish",
            sent: ("FAILED_REASON", "No answer"), held: ("CALL_FAILED_REASON", "No answer")),
        Seed(
            name: "cost", record: ["price": "\"1,25\""], method: "finish", sent: ("COST", "1.2500"),
            held: ("COST", "1.2500")),
        Seed(
            name: "currency", record: ["price": "0.5"], method: "finish", sent: ("COST_CURRENCY", "RUB"),
            held: ("COST_CURRENCY", "RUB")),
        Seed(name: "noCost", method: "finish", sent: ("COST", nil)),
        Seed(name: "vote", record: ["vote": "4"], method: "finish", sent: ("VOTE", "4"), held: ("CALL_VOTE", "4")),
        Seed(name: "noVote", method: "finish", sent: ("VOTE", nil), held: ("CALL_VOTE", "0")),
        Seed(
            name: "clicked", record: ["portal": portalID, "way": "outgoing", "number": "89000000104"], method: "finish",
            sent: ("CALL_ID", portalID), held: ("CALL_ID", portalID)),
    ]

    private static let columns = [
        "id", "at", "way", "number", "ext", "line", "list", "campaign", "create", "source", "kind", "entity", "price",
        "vote", "portal", "reason", "missed", "sent_on",
    ]

    private static var file: String {
        columns.joined(separator: ",") + "\n"
            + seeds.enumerated().map { index, seed in
                var record = seed.record
                record["id"] = seed.name.lowercased()
                record["at"] = AsteriskCall.time(start + 10_800)
                record["way"] = record["way"] ?? "incoming"
                record["number"] = record["number"] ?? "8900000\(1_000 + index)"
                record["ext"] = record["ext"] ?? "101"
                return columns.map { record[$0] ?? "" }.joined(separator: ",") + "\n"
            }.joined()
    }

    private static let configuration = """
        portal:
          webhook_url: ${BITRIX24_WEBHOOK_URL}
          limits: { requests_per_second: 1000, burst: 1000 }
        ledger: cdr24.sqlite
        sources:
          - files: [calls.csv]
            key_prefix: pbx1
            not_before: 2020-01-01
            time_zone: Europe/Moscow
            currency: RUB
            format:
              name: switch
              file:
                header: required
                columns: [\(columns.joined(separator: ", "))]
              times: { start: { from: at, pattern: "yyyy-MM-dd HH:mm:ss" } }
              call:
                key: id
                direction: way
                external: number
                employee: ext
                line: line
                answered: { missed: { empty: true } }
                talk: { text: "25" }
                status: { case: [{ when: { answered: "yes" }, text: "200" }, { text: "304" }] }
                reason: reason
                call_list: campaign
                call_list_id: list
                crm_create: create
                crm_source: source
                crm_entity_type: kind
                crm_entity_id: entity
                cost: price
                vote: vote
                portal_id: portal
                redirected: { sent_on: { phone: true } }
        numbers: { region: RU, internal: '^\\d{3}$' }
        users: { extensions: { "101": 1 }, default: 1 }
        lines: { trunk1: "+74950000000", sales: "+74950000001" }
        call_lists: { spring: 7 }
        crm: { lines: { "+74950000001": { create: true, source: ADVERTISING } } }

        """

    private func control(_ order: String, _ portal: Portal) async throws {
        var request = URLRequest(url: try #require(URL(string: portal.base + "/control")))
        request.httpMethod = "POST"
        request.httpBody = Data(order.utf8)
        let (data, _) = try await URLSession.shared.data(for: request)
        #expect(String(decoding: data, as: UTF8.self).contains("true"))
    }

    @Test func `each parameter is in the request, at the portal, and in what show tells`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        try workspace.write(Self.file, to: "calls.csv")
        try workspace.write(Self.configuration, to: "cdr24.yaml")
        try await control(
            #"{"addEntity": {"type": "CONTACT", "id": 5, "name": "Client", "phones": ["+12025550101"], "user": 3}}"#,
            portal)
        try await control(
            #"{"addCall": {"id": "\#(Self.portalID)", "user": 1, "phone": "+79000000104", "type": 1}}"#, portal)

        let (outcome, summary) = try await workspace.importing(portal: portal)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        #expect(outcome.errors.contains("CRM_CREATE is on for 3 calls; the CRM works with leads"), "\(outcome.errors)")
        let crm = try #require(summary["crm"] as? [String: Any])
        #expect(crm["created"] as? Int == 3 && (crm["withoutCard"] as? Int ?? 0) > 20)
        let audit = try await portal.audit()
        #expect(audit.rows.count == Self.seeds.count && audit.counter("registers") == Self.seeds.count - 1)
        for seed in Self.seeds { try await check(seed, audit, workspace) }
    }

    private func check(_ seed: Seed, _ audit: Audit, _ workspace: Workspace) async throws {
        let key = "pbx1:\(seed.name.lowercased())"
        let shown = try await workspace.run(["show", key, "--json"])
        #expect(shown.status == 0, "\(seed.name): \(shown.errors)")
        let story = try #require(
            try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any], "\(seed.name)")
        let requests = story["requests"] as? [[String: Any]] ?? []
        let request = try #require(
            requests.first { ($0["method"] as? String)?.hasSuffix(".\(seed.method)") == true }, "\(seed.name)")
        let parameters = request["parameters"] as? [String: String] ?? [:]
        #expect(parameters[seed.sent.name] == seed.sent.value, "\(seed.name): \(parameters)")
        #expect(request["outcome"] as? String == "done", "\(seed.name)")
        let portal = try #require(story["portal"] as? [String: Any])
        let row = try #require(
            audit.rows.first { $0["CALL_ID"] as? String == portal["callId"] as? String }, "\(seed.name)")
        #expect(row["ID"] as? Int == portal["statisticsId"] as? Int)
        guard let held = seed.held else { return }
        var value: Any? = row
        for part in held.name.split(separator: ".") { value = (value as? [String: Any])?[String(part)] }
        #expect(value.map { "\($0)" } == held.value, "\(seed.name)")
        if seed.name == "create" {
            #expect(portal["createdLead"] is String && portal["entityType"] as? String == "LEAD")
        }
        if seed.name == "clicked" { #expect(requests.count == 1) }
    }
}
