// SPDX-License-Identifier: Apache-2.0

import Settings
import TestSupport
import Testing

@testable import CallRecords

/// What records tell of a call beyond who, when and how long.
@Suite struct DetailTests {
    private static let yaml = """
        name: switch
        file:
          header: none
          columns: [id, when, from, list, create, source, kind, entity, price, currency, vote, portal, sent_on]
        times: { start: { from: when, pattern: "yyyy-MM-dd HH:mm:ss" } }
        call:
          key: id
          direction: { text: incoming }
          external: from
          answered: { from: { empty: false } }
          talk: { text: "10" }
          status: { text: "200" }
          call_list_id: list
          crm_create: create
          crm_source: source
          crm_entity_type: kind
          crm_entity_id: entity
          cost: price
          cost_currency: currency
          vote: vote
          portal_id: portal
          redirected: { sent_on: { phone: true } }
        """

    private func mapped(_ details: String, context: MappingContext = .moscow) throws -> MappedFile {
        try map(
            Array("1,2026-11-20 09:00:00,89000000001,\(details)\n".utf8), format: try format(Self.yaml),
            context: context)
    }

    @Test func `every detail is read from its column`() throws {
        let file = try mapped(
            "12,yes,WEB,contact,5,\"1,2345\",KZT,4,externalCall.0f3c9d1a5b7e4c2d8a6f0b1e2d3c4a5b.1795154400,89000000009"
        )
        let call = try #require(file.calls.first)
        #expect(call.type == .incomingRedirected && call.callListID == 12)
        #expect(call.details.createsEntity == true && call.details.source == "WEB")
        #expect(call.details.entity == CRMReference(.contact, 5) && call.details.vote == 4)
        #expect(call.details.cost == CallPrice(tenThousandths: 12_345, currency: "KZT"))
        #expect(call.details.portalCallID == "externalCall.0f3c9d1a5b7e4c2d8a6f0b1e2d3c4a5b.1795154400")
        #expect(file.mapper.clockDoubts.remarks.isEmpty)
    }

    @Test func `a record without details has none`() throws {
        let call = try #require(try mapped(",,,,,,,,,").calls.first)
        #expect(call.details.isEmpty && call.type == .incoming && call.callListID == nil)
    }

    @Test(arguments: [
        ("x,,,,,,,,,", "CALL_LIST_ID"), (",perhaps,,,,,,,,", "CRM_CREATE"),
        (",,\(String(repeating: "s", count: 51)),,,,,,,", "CRM_SOURCE"), (",,,deal,5,,,,,", "CRM_ENTITY_TYPE"),
        (",,,lead,x,,,,,", "CRM_ENTITY_ID"), (",,,,,free,RUB,,,", "COST"), (",,,,,1.5,,,,", "COST_CURRENCY"),
        (",,,,,,,9,,", "VOTE"),
    ])
    func `a detail that cannot be sent is left out and counted, and its call is kept`(
        _ details: String, _ parameter: String
    ) throws {
        let file = try mapped(details)
        #expect(file.calls.count == 1)
        #expect(file.mapper.clockDoubts.leftOut == [parameter: 1])
        let remark = try #require(file.mapper.clockDoubts.remarks.first)
        #expect(remark.hasPrefix("1 record "), "\(remark)")
    }

    @Test func `the currency of the source is that of costs without one`() throws {
        var context = MappingContext.moscow
        context.currency = "RUB"
        let call = try #require(try mapped(",,,,,2.50,,,,", context: context).calls.first)
        #expect(call.details.cost == CallPrice(tenThousandths: 25_000, currency: "RUB"))
    }

    @Test(
        arguments: [
            ("1", 10_000), ("0.0420", 420), ("1,5", 15_000), (" 2.50 ₽", 25_000), ("$3", 30_000), ("0.00005", 1),
            ("0.00004", 0), ("1.234567", 12_346), (".5", 5_000),
        ] as [(String, Int64)])
    func `an amount is read in ten-thousandths`(_ text: String, _ amount: Int64) {
        #expect(CallPrice.amount(text) == amount)
    }

    @Test(arguments: ["", "-1", "1.234,50", "1e3", "abc", ".", "99999999999999"])
    func `what is no amount is none`(_ text: String) {
        #expect(CallPrice.amount(text) == nil)
    }

    @Test func `details come back from their text and from a leg's bytes`() throws {
        var values = CallDetails.Values()
        (values.createsEntity, values.source, values.vote) = (false, "TRADE SHOW", 5)
        (values.entity, values.isRedirected) = (CRMReference(.company, 12), true)
        values.cost = CallPrice(tenThousandths: 7, currency: "US dollars")
        values.portalCallID = "externalCall.1.2"
        let details = CallDetails(values)
        #expect(CallDetails(encoded: try #require(details.encoded)) == details)
        #expect(CallDetails.none.encoded == nil && CallDetails(encoded: "z9") == nil)
        let leg = Leg(
            key: "a", aliases: ["b"], direction: .incoming, external: .hidden, start: CallTime(epochSeconds: 1),
            end: CallTime(epochSeconds: 2), employeeExtension: "7", details: details)
        #expect(Leg(encoded: leg.encoded(), key: "a") == leg)
    }

    @Test func `legs of one call add up their costs and tell each detail once`() {
        func leg(_ id: UInt64, _ change: (inout CallDetails.Values) -> Void) -> Leg {
            var values = CallDetails.Values()
            change(&values)
            return Leg(
                key: "a", direction: .incoming, external: .number("+79000000001"),
                start: CallTime(epochSeconds: Int64(id)), end: CallTime(epochSeconds: 9), talk: .seconds(2),
                isAnswered: true, status: .success, details: CallDetails(values), fingerprint: id)
        }
        let legs = [
            leg(1) { $0.cost = CallPrice(tenThousandths: 10, currency: "RUB") },
            leg(2) { ($0.cost, $0.vote) = (CallPrice(tenThousandths: 5, currency: "RUB"), 3) },
            leg(3) { ($0.cost, $0.isRedirected) = (CallPrice(tenThousandths: 5, currency: "USD"), true) },
        ]
        guard case .call(let call) = CallFolder(rules: FoldRules()).fold(legs) else {
            return #expect(Bool(false), "no call")
        }
        #expect(call.details.cost == CallPrice(tenThousandths: 15, currency: "RUB") && call.details.vote == 3)
        #expect(call.type == .incomingRedirected)
    }

    @Test func `an entity needs both of its columns`() throws {
        let half = Self.yaml.replacing("  crm_entity_id: entity\n", with: "")
        let fault = settingsFault { _ = try format(half) }
        #expect(fault?.message == "crm_entity_type is set without crm_entity_id")
    }

    @Test func `a format with other columns than its preset's does without what these tell`() throws {
        let definition = try format(
            """
            extends: threecx
            name: short
            file: { layouts: [{ columns: [historyid, callid, duration, time_start, time_answered, time_end,
              reason_terminated, from_no, to_no, from_dn, to_dn, dial_no, reason_changed, final_number] }] }
            """)
        #expect(definition.rules.details[.cost] == nil)
        let fault = settingsFault {
            _ = try format("extends: threecx\nname: x\ncall: { cost: nothing }\n")
        }
        #expect(fault?.message.contains("nothing") == true)
    }

    @Test func `presets tell redirected calls, call-backs and costs`() throws {
        let threecx = """
            Call 1,0000019DF2317F8D_1,00:00:20,2026/05/04 10:00:00,2026/05/04 10:00:05,2026/05/04 10:00:25,\
            TerminatedBySrc,0600000801,Ext.185,10000,185,185,ReplacedDst,0600000999,10001,,0.02,0.55,mobile,\
            "Chain: 0600000801,Ext.185,0600000999,",External,Internal,External,a,b,c,

            """
        var context = MappingContext(timeZone: "UTC", region: "FR", internalPattern: #"^\d{3}$"#, keyPrefix: "pbx1")
        context.currency = "EUR"
        let call = try #require(try map(threecx, preset: "threecx", context: context).calls.first)
        #expect(call.type == .incomingRedirected && call.employeeExtension == "185" && call.talk == .seconds(20))
        #expect(call.details.cost == CallPrice(tenThousandths: 5_500, currency: "EUR"))
        let yeastar = """
            Time,Call From,Call To,Call Duration,Talk Duration,Status,Communication Type,uniqueid,usercost
            2026-11-20 09:00:00,101,89000000001,30,20,ANSWERED,Callback,1795154400.1,1.2

            """
        context.region = "RU"
        let back = try #require(try map(yeastar, preset: "yeastar_s", context: context).calls.first)
        #expect(back.type == .callback && back.details.cost?.tenThousandths == 12_000)
        let asterisk = AsteriskRow.incoming.with { $0.dstchannel = "PJSIP/trunk1-00000009" }.text
        let sentOn = try #require(try map(asterisk).calls.first)
        #expect(sentOn.type == .incomingRedirected && sentOn.status == .success)
    }
}
