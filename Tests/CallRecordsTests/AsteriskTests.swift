// SPDX-License-Identifier: Apache-2.0

import Settings
import TestSupport
import Testing

@testable import CallRecords

/// One Asterisk record and what it must give.
private struct Row: Sendable, CustomTestStringConvertible {
    var what: String
    var src = "89000000001"
    var dst = "101"
    var context = "from-trunk"
    var channel = "PJSIP/trunk1-00000001"
    var dstchannel = "PJSIP/101-00000002"
    var app = "Dial"
    var data = "PJSIP/101,30"
    var disposition = "ANSWERED"
    var billsec = 20
    var userfield = ""
    /// Direction, number, employee, status, reason.
    var expected: String

    var testDescription: String { what }

    var fields: [String] {
        [
            "", src, dst, context, "\"\(src)\" <\(src)>", channel, dstchannel, app, data, "2026-11-20 09:00:00",
            billsec > 0 ? "2026-11-20 09:00:05" : "", "2026-11-20 09:00:25", "25", "\(billsec)", disposition,
            "DOCUMENTATION", "1795154400.7", userfield,
        ]
    }
}

private let outgoing = Row(
    what: "outgoing", src: "101", dst: "89000000003", context: "from-internal", channel: "PJSIP/101-00000001",
    dstchannel: "PJSIP/trunk1-00000002", data: "PJSIP/89000000003@trunk1,60", expected: "")

private func changed(_ row: Row, _ what: String, _ expected: String, _ change: (inout Row) -> Void) -> Row {
    var row = row
    (row.what, row.expected) = (what, expected)
    change(&row)
    return row
}

private let incoming = Row(what: "incoming", expected: "incoming +79000000001 101 200 ANSWERED")

private let rows: [Row] = [
    incoming,
    changed(incoming, "missed", "incoming +79000000001 101 304 NO ANSWER") {
        $0.disposition = "NO ANSWER"; $0.billsec = 0
    },
    changed(incoming, "all agents busy", "incoming +79000000001 101 304 BUSY") {
        $0.disposition = "BUSY"; $0.billsec = 0
    },
    changed(incoming, "voice mail answered", "incoming +79000000001 101 304 ANSWERED VoiceMail") {
        ($0.app, $0.dstchannel) = ("VoiceMail", "")
    },
    changed(incoming, "FreePBX voice mail box", "incoming +79000000001 101 304 ANSWERED Dial") {
        ($0.dst, $0.dstchannel) = ("vmu101", "Local/vmu101@x-1;1")
    },
    changed(incoming, "menu answered", "incoming +79000000001 - 304 ANSWERED BackGround") {
        ($0.app, $0.dstchannel) = ("BackGround", "")
    },
    changed(incoming, "queue answered", "incoming +79000000001 101 200 ANSWERED") {
        ($0.dst, $0.app, $0.dstchannel) = ("600", "Queue", "Local/101@from-queue-00000001;1")
    },
    changed(incoming, "hidden", "incoming hidden 101 200 ANSWERED") { $0.src = "anonymous" },
    changed(incoming, "trunk known by its look alone", "incoming +79000000001 101 200 ANSWERED") {
        ($0.context, $0.channel) = ("default", "SIP/provider-00000001")
    },
    changed(incoming, "trunk named by digits, known by its context", "incoming +79000000001 101 200 ANSWERED") {
        ($0.context, $0.channel) = ("city-pstn", "SIP/2114-00000001")
    },
    changed(incoming, "ISDN", "incoming +79000000001 101 200 ANSWERED") {
        ($0.context, $0.channel) = ("default", "DAHDI/i1/89000000001-5")
    },
    changed(outgoing, "outgoing answered", "outgoing +79000000003 101 200 ANSWERED") { _ in },
    changed(outgoing, "outgoing busy", "outgoing +79000000003 101 486 BUSY") {
        $0.disposition = "BUSY"; $0.billsec = 0
    },
    changed(outgoing, "outgoing failed", "outgoing +79000000003 101 503 FAILED") {
        ($0.disposition, $0.billsec, $0.dstchannel) = ("FAILED", 0, "")
    },
    changed(outgoing, "caller gave up", "outgoing +79000000003 101 603-S CANCEL") {
        ($0.disposition, $0.billsec) = ("CANCEL", 0)
    },
    changed(outgoing, "numeric outcome", "outgoing +79000000003 101 486 4") { ($0.disposition, $0.billsec) = ("4", 0) },
    changed(outgoing, "unheard-of outcome", "outgoing +79000000003 101 OTHER STRANGE") {
        ($0.disposition, $0.billsec) = ("STRANGE", 0)
    },
    changed(outgoing, "the caller's name is the number shown outside", "outgoing +79000000003 101 200 ANSWERED") {
        $0.src = "+74950000000"
    },
    changed(outgoing, "dialled through a macro", "outgoing +79000000003 101 200 ANSWERED") {
        ($0.dst, $0.data) = ("s", "PJSIP/trunk1/89000000003,300,T")
    },
    changed(outgoing, "emergency", "outgoing 112 101 200 ANSWERED") { ($0.dst, $0.data) = ("112", "PJSIP/112@trunk1") },
    changed(outgoing, "click to call", "outgoing +79000000003 101 200 ANSWERED") {
        $0.channel = "Local/101@from-internal-00000001;2"
    },
    changed(outgoing, "between extensions", "internal none 102 200 ANSWERED") {
        ($0.dst, $0.dstchannel) = ("102", "PJSIP/102-00000002")
    },
    changed(outgoing, "feature code", "internal none - OTHER NO ANSWER") {
        ($0.dst, $0.dstchannel, $0.app, $0.disposition, $0.billsec) = ("*97", "", "VoiceMailMain", "NO ANSWER", 0)
    },
    changed(outgoing, "a user with a name", "internal none - 200 ANSWERED") {
        ($0.src, $0.dst, $0.channel, $0.dstchannel) = ("anna", "boris", "PJSIP/anna-00000001", "PJSIP/boris-00000002")
    },
    changed(outgoing, "dollar and control characters", "outgoing +79000000003 101 OTHER NOANSWER") {
        ($0.disposition, $0.billsec) = ("NO\u{7}$ANSWER", 0)
    },
]

@Suite struct AsteriskTests {
    private func mapper(_ change: (inout MappingContext) -> Void = { _ in }) throws -> RecordMapper {
        var context = MappingContext.moscow
        change(&context)
        return try RecordMapper(format: .preset("asterisk"), context: context)
    }

    @Test(arguments: rows)
    fileprivate func aRecordGivesThisLeg(_ row: Row) throws {
        var mapper = try mapper()
        guard case .leg(let leg) = mapper.map(fields: TextFields(row.fields)) else {
            Issue.record("no leg")
            return
        }
        let party =
            switch leg.external {
            case .number(let number): number
            case .hidden: "hidden"
            case .none: "none"
            }
        let status = leg.direction == .internal && !leg.isAnswered ? StatusCode.other : leg.status
        let found = [
            "\(leg.direction)", party, leg.employeeExtension ?? "-", status.rawValue, leg.failedReason ?? "-",
        ].joined(separator: " ")
        #expect(found == row.expected)
        #expect(leg.isAnswered == (leg.talk > .zero))
    }

    @Test(arguments: 16...21)
    func recordsOfEveryKnownWidthAreRead(_ width: Int) throws {
        var mapper = try mapper()
        var fields = Array(incoming.fields.prefix(16))
        if width == 17 || width == 18 || width == 20 || width == 21 { fields.append("1795154400.7") }
        if width == 18 || width == 21 { fields.append("campaign-7") }
        if width >= 19 { fields += ["", "1795154400.1", "12"] }
        guard case .leg(let leg) = mapper.map(fields: TextFields(fields)) else {
            Issue.record("no leg")
            return
        }
        #expect(leg.callListID == (width == 18 || width == 21 ? 7 : nil))
        #expect(leg.sequence == (width >= 19 ? 12 : width > 16 ? 7 : 0))
        switch width {
        case 16: #expect(leg.key.hasPrefix("pbx1:h"))
        case 17, 18: #expect(leg.key == "pbx1:1795154400.7")
        default: #expect(leg.key == "pbx1:1795154400.1")
        }
        #expect(leg.aliases == (width >= 20 ? ["pbx1:1795154400.7"] : []))
    }

    @Test func `17 columns may end in a user field`() throws {
        var mapper = try mapper()
        guard case .leg(let leg) = mapper.map(fields: TextFields(incoming.fields.prefix(16) + ["campaign-7"])) else {
            Issue.record("no leg")
            return
        }
        #expect(leg.callListID == 7)
        #expect(leg.key.hasPrefix("pbx1:h"))
    }

    @Test func `a system name with capitals gives a key that people can read`() throws {
        var mapper = try mapper()
        var fields = incoming.fields
        fields[16] = "PBX-Main-1795154400.7"
        guard case .leg(let leg) = mapper.map(fields: TextFields(fields)) else {
            Issue.record("no leg")
            return
        }
        #expect(leg.key == "pbx1:pbx-main-1795154400.7")
    }

    private func rejection(_ change: (inout [String]) -> Void) throws -> RecordRejection? {
        var mapper = try mapper()
        var fields = incoming.fields
        change(&fields)
        guard case .rejected(let rejection) = mapper.map(fields: TextFields(fields)) else { return nil }
        return rejection
    }

    @Test func `what is wrong with a record is said with its column`() throws {
        let date = try #require(try rejection { $0[9] = "20-Nov-2026 9:00" })
        #expect((date.reason, date.column, date.field) == ("badDate", 10, "start"))
        #expect(date.message == "expected a date and time, found \"20-Nov-2026 9:00\"")
        let empty = try #require(try rejection { $0[9] = "" })
        #expect((empty.reason, empty.message) == ("badDate", "expected a date and time, found nothing"))
        let duration = try #require(try rejection { $0[12] = "long" })
        #expect((duration.reason, duration.column, duration.field) == ("badDuration", 13, "duration"))
        let talk = try #require(try rejection { $0[13] = "86401" })
        #expect((talk.reason, talk.column) == ("badDuration", 14))
        let number = try #require(try rejection { $0[1] = "214943" })
        #expect((number.reason, number.column, number.field) == ("badNumber", 2, "src"))
        #expect(number.message == "expected a number that can be dialled from outside, found \"214943\"")
        #expect(number.hint?.contains("numbers.rewrite") == true)
        let few = try #require(try rejection { $0.removeLast(3) })
        #expect((few.reason, few.message) == ("tooFewColumns", "expected 16 to 21 columns, found 15"))
        let many = try #require(try rejection { $0 += ["a", "b", "c", "d"] })
        #expect(many.reason == "tooManyColumns")
        let control = try #require(try rejection { $0[9] = "\u{1B}[31m" + String(repeating: "x", count: 60) })
        #expect(control.message.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        #expect(control.message.count < 100)
    }

    @Test func `a broken record does not take its neighbours with it`() throws {
        func line(_ fields: [String]) -> String {
            fields.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",")
        }
        var cut = incoming.fields
        cut[16] = "1795154401.9"
        let broken = String(line(cut).dropLast(9))
        let text = [line(incoming.fields), broken, line(outgoing.fields)].joined(separator: "\n") + "\n"
        let file = try map(text)
        #expect(file.records.count == 3)
        #expect(file.legs.map(\.direction) == [.incoming, .outgoing])
        #expect(file.rejections.map(\.reason) == ["brokenRecord"])
        #expect(file.rejections.first?.message.hasPrefix("line 2, field 17: ") == true)
    }

    @Test func `rows that only help the exchange are skipped with a reason`() throws {
        var mapper = try mapper()
        func skip(_ change: (inout [String]) -> Void) -> String? {
            var fields = incoming.fields
            change(&fields)
            if case .skipped(let reason) = mapper.map(fields: TextFields(fields)) { return reason.rawValue }
            return nil
        }
        #expect(skip { ($0[1], $0[4], $0[5], $0[6]) = ("", "", "Local/1@a-1;1", "") } == "localChannel")
        #expect(skip { ($0[1], $0[2]) = ("101", "h") } == "hangupHandler")
        #expect(skip { ($0[2], $0[7], $0[6]) = ("", "AppDial", "") } == "dialHelper")
    }

    @Test func `trunks without a line are counted by name`() throws {
        var mapper = try mapper { $0.lines = [:] }
        _ = mapper.map(fields: TextFields(incoming.fields))
        _ = mapper.map(fields: TextFields(outgoing.fields))
        #expect(mapper.unmappedLines == ["trunk1": 2])
        var byNumber = try self.mapper { $0.lines = ["101": "+74950000009"] }
        guard case .leg(let leg) = byNumber.map(fields: TextFields(incoming.fields)) else {
            Issue.record("no leg")
            return
        }
        #expect(leg.line == "+74950000009")
        #expect(byNumber.unmappedLines.isEmpty)
    }

    @Test func `a wrong zone shows in the distance to the channel's creation`() throws {
        for (zone, minutes) in [("Europe/Moscow", 0), ("Europe/Samara", -60), ("GMT", 180), ("+03:00", 0)] {
            var mapper = try mapper { $0.timeZone = zone }
            for _ in 0..<3 { _ = mapper.map(fields: TextFields(incoming.fields)) }
            #expect(mapper.zoneEvidence.mode?.minutes == minutes)
            #expect(mapper.zoneEvidence.mode?.count == 3)
        }
    }

    @Test(arguments: [
        ("no zone", "no time_zone is given"), ("zone", "there is no time zone \"Europe/Moskow\""),
        ("region", "numbers.region \"XX\" is no region"), ("prefix", "the key prefix is not usable"),
        ("line", "the line of \"trunk1\" is longer than the portal takes"),
        ("pattern", "a pattern of numbers or trunks cannot be read"),
    ])
    func aSourceThatCannotBeMappedIsRefusedAtItsPlace(_ what: String, _ expected: String) throws {
        var context = MappingContext.moscow
        context.place = SettingsPlace(file: "cdr24.yaml", line: 12, column: 5)
        switch what {
        case "no zone": context.timeZone = nil
        case "zone": context.timeZone = "Europe/Moskow"
        case "region": context.region = "XX"
        case "line": context.lines = ["trunk1": String(repeating: "7", count: 51)]
        case "prefix": context.keyPrefix = "PBX 1"
        default: context.internalPattern = "("
        }
        let fault = settingsFault { _ = try RecordMapper(format: .preset("asterisk"), context: context) }
        #expect(fault?.description.hasPrefix("cdr24.yaml:12:5: ") == true)
        #expect(fault?.message.contains(expected) == true)
    }

    @Test func `one record has one fingerprint, whatever the configuration says`() throws {
        func fingerprint(_ fields: [String], _ change: (inout MappingContext) -> Void = { _ in }) throws -> UInt64? {
            var mapper = try mapper(change)
            guard case .leg(let leg) = mapper.map(fields: TextFields(fields)) else { return nil }
            return leg.fingerprint
        }
        let first = try fingerprint(incoming.fields)
        #expect(try fingerprint(incoming.fields) { ($0.lines, $0.timeZone) = ([:], "GMT") } == first)
        var other = incoming.fields
        other[6] = "PJSIP/102-00000003"
        #expect(try fingerprint(other) != first)
    }
}

@Suite(.seeded) struct GarbageTests {
    @Test(arguments: FormatDefinition.presetNames)
    func noRecordHoweverSpoiltStopsTheMapper(_ name: String) throws {
        var generator = SeededRandom()
        let format = try FormatDefinition.preset(name)
        var mapper = try RecordMapper(format: format, context: .moscow)
        let good = [
            "2026-11-20 09:00:00", "1795154400.7", "89000000001", "101", "ANSWERED", "5", "1", "from-trunk", "", "I",
        ]
        let widths = format.form.layouts.flatMap { [$0.fields.lowerBound, $0.columns.count] }
        if format.form.header != .none { _ = mapper.map(fields: TextFields(format.form.layouts[0].columns)) }
        var results: [String: Int] = [:]
        for _ in 0..<400 {
            let width = max(
                1, (widths.randomElement(using: &generator) ?? 18) + Int.random(in: -1...1, using: &generator))
            let fields = (0..<width).map { _ -> [UInt8] in
                if Int.random(in: 0..<10, using: &generator) < 6 {
                    return Array((good.randomElement(using: &generator) ?? "").utf8)
                }
                let length = Int.random(in: 0...40, using: &generator)
                return (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            }
            let result = mapper.map(fields: ByteFields(fields: fields))
            results[String("\(result)".prefix { $0 != "(" }), default: 0] += 1
            guard case .leg(let leg) = result else { continue }
            #expect((1...64).contains(leg.key.utf8.count))
            #expect(leg.talk <= .seconds(86_400) && leg.talk >= .zero)
            #expect(leg.end >= leg.start)
            if case .number(let number) = leg.external { #expect(number.utf8.count <= 20) }
            if let reason = leg.failedReason { #expect(!reason.contains("$") && reason.count <= 255) }
            _ = CallFolder(format: format).fold([leg])
        }
        #expect(results.values.reduce(0, +) == 400)
    }
}

private struct ByteFields: FieldSource {
    let fields: [[UInt8]]

    var fieldCount: Int { fields.count }

    func appendField(_ index: Int, to arena: inout RecordArena) -> Slice? {
        let place = index < 0 ? fields.count + index : index
        guard fields.indices.contains(place) else { return nil }
        return fields[place].withUnsafeBytes { arena.append($0) }
    }
}
