// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import CallRecords

private func dialled(_ number: String, _ what: String, calls: [String] = [], rejected: [String] = []) -> FieldCase {
    FieldCase(what: what, text: AsteriskRow.outgoing.with { $0.dst = number }.text, calls: calls, rejected: rejected)
}

private func shown(_ number: String, _ what: String, calls: [String] = [], rejected: [String] = []) -> FieldCase {
    FieldCase(what: what, text: AsteriskRow.incoming.with { $0.src = number }.text, calls: calls, rejected: rejected)
}

private let in1 = ["incoming +79000000001 06:00:00 30 101 200"]
private let out2 = ["outgoing +79000000002 06:00:00 30 101 200"]

private let cases: [FieldCase] = [
    // Lengths that reach nobody from outside.
    dialled("2345678", "seven digits, a local number", rejected: ["badNumber"]),
    dialled("230256", "six digits, a local number", rejected: ["badNumber"]),
    dialled("98104930123456", "a prefix for the outside line that no rule strips", rejected: ["badNumber"]),
    shown("+89000000001", "a plus before the trunk prefix", rejected: ["badNumber"]),
    shown("79000000001", "eleven digits without a plus", calls: in1),
    shown("9000000001", "ten digits", calls: in1),
    dialled("810375291000254", "abroad", calls: ["outgoing +375291000254 06:00:00 30 101 200"]),
    dialled("8900000000", "ten digits of eleven", rejected: ["badNumber"]),
    dialled("7900000000", "ten digits of eleven that begin with 7", rejected: ["badNumber"]),
    shown("8005550100", "toll free without the trunk prefix", calls: ["incoming +78005550100 06:00:00 30 101 200"]),
    dialled("911", "an emergency number of another country", calls: ["outgoing 911 06:00:00 30 101 200"]),
    dialled("88000000255", "toll free", calls: ["outgoing +78000000255 06:00:00 30 101 200"]),
    // What was dialled once the call was answered.
    dialled("89000000002,,123#", "pauses and digits", calls: out2),
    dialled("89000000002w45", "a wait and digits", calls: out2),
    dialled("89000000002p17", "a pause and digits", calls: out2),
    dialled("89000000002#", "the hash that ends dialling", calls: out2),
    dialled("8 (900) 000-00-02 доб. 15", "an extension in Russian", calls: out2),
    dialled("+7 900 000-00-02 ext 15", "an extension in English", calls: out2),
    dialled("89000000002x15", "an extension as x15", calls: out2),
    dialled("+79000000002;ext=15", "an extension as a parameter", calls: out2),
    shown("+79000000001#404", "a hash and digits", calls: in1),
    shown("tel:+7-900-000-00-01;ext=17", "a tel address with an extension", calls: in1),
    shown("sip:+79000000001@10.0.0.5;user=phone", "a SIP address", calls: in1),
    // Digits, separators and marks of other scripts.
    shown("+7۹۰۰۰۰۰۰۰۰۱", "Persian digits", calls: in1),
    shown("8٩٠٠٠٠٠٠٠٠١", "Arabic digits", calls: in1),
    shown("８９００００００００１", "full-width digits", calls: in1),
    shown("+7 (900) 000‑00‑01", "hyphens that do not break", calls: in1),
    shown("8\u{2009}900\u{202F}000\u{00A0}00\u{2007}01", "thin spaces", calls: in1),
    shown("\u{202A}+79000000001\u{202C}", "marks of the writing direction", calls: in1),
    shown("\u{FEFF}8900\u{200B}0000001", "a byte order mark and a space without width", calls: in1),
    shown("＋７（９００）０００－００－０１", "full-width signs", calls: in1),
    // Spreadsheets.
    dialled("8,9E+10", "a rounded number", rejected: ["badNumber"]),
    dialled("8.90000E+10", "a rounded number with a point", rejected: ["badNumber"]),
    dialled("7,9E10", "a rounded number without a plus", rejected: ["badNumber"]),
    shown("79000000001.0", "a number as a quantity", calls: in1),
    shown("=\"+79000000001\"", "a number as a formula", calls: in1),
    shown("'+79000000001", "a number with an apostrophe", calls: in1),
    shown("=+79000000001", "a number that a spreadsheet took for a sum", calls: in1),
]

@Suite struct NumberFieldTests {
    @Test(arguments: cases)
    func numbersAreThoseOfTheClients(_ field: FieldCase) throws { try field.check() }

    @Test func `the caller's name saves a number that a spreadsheet has rounded`() throws {
        var row = AsteriskRow.incoming
        (row.src, row.clid) = ("7,9E+10", "\"Anna\" <89000000001>")
        try FieldCase(what: "rounded", text: row.text, calls: in1).check()
    }

    @Test(arguments: [
        ("2345678", "RU", "^(\\d{7})$"), ("98104930123456", "RU", "^9(\\d{13})$"),
        ("+89000000001", "RU", "^\\+(8\\d{10})$"),
        ("375291234567", "RU", "^(375\\d{9})$"), ("2312500", "DE", "^(\\d{7})$"), ("5550100", "US", "^(\\d{7})$"),
        ("99000000001", "KZ", "rewrite"),
    ])
    func aNumberThatCannotBeSentNamesTheRuleThatWouldCorrectIt(
        _ number: String, _ region: String, _ rule: String
    ) throws {
        var field = dialled(number, "")
        field.region = region
        let rejection = try #require(try field.mapped().rejections.first)
        #expect(rejection.reason == "badNumber")
        #expect(rejection.hint?.contains(rule) == true, "\(rejection)")
    }

    @Test func `the rule that is named corrects the number`() throws {
        var field = dialled("98104930123456", "")
        let hint = try #require(try field.mapped().rejections.first?.hint)
        let parts = hint.components(separatedBy: "'")
        try #require(parts.count == 5)
        var context = field.context
        context.rewrites = [(parts[1], parts[3])]
        field.text = field.text + ""
        let file = try map(Array(field.text.utf8), format: try .preset("asterisk"), context: context)
        #expect(file.calls.map { FieldCase.line($0) } == ["outgoing +4930123456 06:00:00 30 101 200"])
    }

    @Test func `a number whose digits were rounded says so`() throws {
        let rejection = try #require(try dialled("8,9E+10", "").mapped().rejections.first)
        #expect(rejection.message.contains("spreadsheet"))
    }

    @Test(arguments: [
        "Скрыт", "НОМЕР НЕ ОПРЕДЕЛЁН", "неизвестный номер", "Прихований", "жасырын нөмір", "Unbekannt",
        "RUFNUMMER UNTERDRÜCKT",
        "Numéro masqué", "NUMERO MASQUE", "número desconocido", "Não identificado", "numero privato",
        "Numer zastrzeżony",
        "Privénummer", "gizli numara", "skryté číslo", "număr ascuns", "Okänt nummer", "Άγνωστος", "უცნობი", "مجهول",
        "حجب", "匿名", "非通知", "발신번호표시제한", "<Unknown>", "\"Anonymous\"", "Private Number", "No Caller ID",
        "Unknown caller", "sip:anonymous@anonymous.invalid", "unavailable", "Абонент скрыл номер", "номер засекречен",
        "Номер прихований", "Не визначено", "Teilnehmer unbekannt", "Número confidencial", "Nepoznat broj", "anonyymi",
        "Nomor tersembunyi", "Caller ID unavailable",
    ])
    func callersWhoHideAreHiddenInEveryLanguage(_ word: String) throws {
        var field = shown(word, word)
        field.skipped = ["hiddenNumber"]
        if word == "حجب" {
            // A word that nobody has listed is no number, and the configuration can list it.
            field.skipped = []
            field.rejected = ["badNumber"]
        }
        try field.check()
    }

    @Test func `words for a hidden number can be added`() throws {
        var context = FieldCase(what: "", text: "").context
        context.hiddenWords = ["حجب", "Kein Anschluss", "998"]
        for word in ["حجب", "kein anschluß", "KEIN ANSCHLUSS", "998"] where word != "kein anschluß" {
            let text = AsteriskRow.incoming.with { $0.src = word }.text
            let file = try map(Array(text.utf8), format: try .preset("asterisk"), context: context)
            #expect(file.skippedCalls == ["hiddenNumber": 1], "\(word)")
        }
    }

    @Test(arguments: [
        // A click to call shows the client the office's number in the place of the caller.
        FieldCase(
            what: "an outgoing call with the line's number as the caller, on a channel without a name",
            text: AsteriskRow.outgoing.with {
                ($0.src, $0.channel, $0.dstchannel) = ("+74950000000", "SIP/10.0.0.5-00000001", "SIP/10.0.0.6-2")
            }.text, calls: ["outgoing +79000000002 06:00:00 30 - 200"]),
        FieldCase(
            what: "FusionPBX: the line's number as the caller of an outgoing call", preset: "fusionpbx",
            text: """
                "start_epoch","hangup_cause","xml_cdr_uuid","direction","billsec","caller_id_number","destination_number"
                "1795154400","NORMAL_CLEARING","0d1f0181-7c1e-4b0a-9c55-5b1f0a2c0181","outbound","30","74950000000","89000000002"

                """, lines: ["a": "+74950000000"], calls: ["outgoing +79000000002 06:00:00 30 - 200"]),
        FieldCase(
            what: "OpenSIPS: a call to the office's number is an incoming one", preset: "opensips",
            text: """
                INVITE|a|b|id1|200|OK|1795154400||79000000001|74950000000
                BYE|a|b|id1|200|OK|1795154430|||

                """, lines: ["a": "+74950000000"], calls: ["incoming +79000000001 06:00:00 30 - 200"]),
        FieldCase(
            what: "the office calls itself",
            text: AsteriskRow.incoming.with { ($0.src, $0.dst) = ("84950000000", "84950000000") }.text,
            skipped: ["ownNumber"]),
        FieldCase(
            what: "a branch that shows the office's number rings an extension",
            text: AsteriskRow.incoming.with { ($0.src, $0.dst) = ("84950000000", "101") }.text,
            skipped: ["internalCall"]),
    ])
    func theOfficesOwnNumbersAreNeverClients(_ field: FieldCase) throws { try field.check() }

    @Test(arguments: [
        dialled("103", "an ambulance, over a trunk", calls: ["outgoing 103 06:00:00 30 101 200"]),
        dialled("112", "emergency", calls: ["outgoing 112 06:00:00 30 101 200"]),
        dialled("060", "a service that is not known", rejected: ["badNumber"]),
        FieldCase(
            what: "a colleague with three digits",
            text: AsteriskRow.outgoing.with { ($0.dst, $0.dstchannel) = ("103", "PJSIP/103-00000004") }.text,
            skipped: ["internalCall"]),
        FieldCase(
            what: "MikoPBX: a service over a provider", preset: "mikopbx",
            text: """
                id,start,endtime,answer,src_num,dst_num,UNIQUEID,linkedid,disposition,from_account,to_account,is_app,duration,billsec
                1,2026-11-20 09:00:00.000,2026-11-20 09:00:35.000,2026-11-20 09:00:05.000,101,103,mikopbx-1795154400.1_a,\
                mikopbx-1795154400.1,ANSWERED,,SIP-1,0,35,30

                """, calls: ["outgoing 103 06:00:00 30 101 200"]),
        FieldCase(
            what: "Yeastar: a service over a trunk", preset: "yeastar_s",
            text: """
                datetime,src,dst,srctrunk,dstrunk,lastapp,duration,billable,disposition,calltype,uniqueid
                2026-11-20 09:00:00,101,103,,City,Dial,35,30,ANSWERED,Outbound,1795154400.1

                """, calls: ["outgoing 103 06:00:00 30 101 200"]),
        FieldCase(
            what: "CUCM: a service over a gateway", preset: "cucm",
            text: InventedCall(number: 1).cucmLine {
                $0[29] = "112"; $0[30] = "112"; $0[47] = "1795155012"; $0[55] = "10"
            },
            lines: ["gw-city": "+74950000000"], calls: ["outgoing 112 06:10:00 10 102 200"]),
        FieldCase(
            what: "3CX: what has no route is no service", preset: "threecx",
            text:
                "Call 1,000001A1F82F1E80_1,,2026/11/20 06:00:00,,2026/11/20 06:00:00,NoRouteExists,Ext.101,103,101,103,103,"
                + ",,,,,,,Chain: Ext.101;\n", zone: "UTC", skipped: ["internalCall"]),
    ])
    func servicesOfTheNetworkAreNoExtensions(_ field: FieldCase) throws { try field.check() }

    @Test func `extensions in other digits are those of the configuration`() throws {
        var row = AsteriskRow.incoming
        (row.dstchannel, row.data) = ("PJSIP/١٠١-00000002", "PJSIP/١٠١")
        try FieldCase(what: "Arabic", text: row.text, calls: in1).check()
    }
}
