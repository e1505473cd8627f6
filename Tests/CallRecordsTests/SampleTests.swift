// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import CallRecords

/// One call as a test states it; times are seconds after a moment that the test names.
struct Stated: Equatable, CustomStringConvertible {
    var start: Int64
    var type: CallType
    var phone: String
    var employee: String?
    var line: String?
    var talk: Int64
    var status: StatusCode
    var reason: String?

    init(
        _ start: Int64, _ type: CallType, _ phone: String, by employee: String? = nil, line: String? = nil,
        talk: Int64 = 0, _ status: StatusCode, _ reason: String? = nil
    ) {
        self.start = start
        self.type = type
        self.phone = phone
        self.employee = employee
        self.line = line
        self.talk = talk
        self.status = status
        self.reason = reason
    }

    init(_ call: Call, since epoch: Int64) {
        self.init(
            call.start.epochSeconds - epoch, call.type, call.phoneNumber, by: call.employeeExtension, line: call.line,
            talk: call.talk.components.seconds, call.status, call.failedReason)
    }

    var description: String {
        "(\(start), .\(type), \"\(phone)\", by: \(employee ?? "nil"), line: \(line ?? "nil"), talk: \(talk),"
            + " .\(status), \(reason ?? "nil"))"
    }
}

/// The bytes of a file of the folder `samples`.
func sample(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: PackageFolder.url.appendingPathComponent("samples/\(name)")))
}

/// A sample of a phone system, whose calls are those that `officeMorning(_:)` states unless it says otherwise.
struct Sample: Sendable, CustomTestStringConvertible {
    var preset: String
    var zone: String? = "Europe/Moscow"
    /// The trunk or DID that has the line.
    var trunk: String?
    /// How the busy call ended, in the system's words.
    var busy: (status: StatusCode, reason: String) = (.busy, "BUSY")
    var missed = "NO ANSWER"
    var extra: [Stated] = []
    var skipped: [String] = []

    var testDescription: String { preset }
}

/// The line that the trunk of every sample has.
private let office = "+74950000000"

private let samples = [
    Sample(preset: "asterisk_custom", trunk: "trunk1"),
    Sample(
        preset: "freepbx", trunk: "trunk1",
        extra: [Stated(1200, .incoming, "+79000000005", by: "103", line: office, .missed, "ANSWERED VoiceMail")]),
    Sample(
        preset: "freepbx_database", trunk: "trunk1",
        extra: [Stated(1200, .incoming, "+79000000005", by: "103", line: office, .missed, "ANSWERED VoiceMail")]),
    Sample(
        preset: "issabel", trunk: "trunk1",
        extra: [Stated(3000, .incoming, "+79000000008", by: "103", line: office, .missed, "ANSWERED by a machine")]),
    Sample(preset: "grandstream", trunk: "City"),
    Sample(
        preset: "freeswitch", busy: (.busy, "USER_BUSY"), missed: "ORIGINATOR_CANCEL",
        extra: [Stated(3300, .incoming, "+79000000009", by: "103", .missed, "NORMAL_CLEARING")],
        skipped: ["answeredElsewhere"]),
    Sample(
        preset: "fusionpbx", zone: nil, trunk: nil, busy: (.busy, "USER_BUSY"), missed: "ORIGINATOR_CANCEL",
        extra: [Stated(3300, .incoming, "+79000000009", by: "103", .missed, "NORMAL_CLEARING")]),
    Sample(
        preset: "cucm", zone: nil, trunk: "gw-city", busy: (.busy, "cause 1174405137"), missed: "cause 16",
        extra: [
            Stated(1800, .incoming, "+79000000006", by: "101", line: office, talk: 90, .success),
            Stated(2700, .incoming, "+79000000008", by: "102", line: office, .missed, "cause 16"),
        ]),
    Sample(
        preset: "threecx", zone: "UTC", trunk: "10000", busy: (.temporarilyUnavailable, "Failed"),
        missed: "TerminatedBySrc",
        extra: [Stated(2700, .incoming, "+79000000008", by: "102", line: office, .missed, "TerminatedBySrc")]),
    Sample(
        preset: "threecx_report", trunk: "10000", busy: (.missed, "Unanswered"), missed: "Unanswered",
        skipped: ["answeredElsewhere"]),
    Sample(
        preset: "yeastar_s", trunk: "City",
        extra: [
            Stated(3300, .incoming, "+79000000009", line: office, .missed, "ANSWERED"),
            Stated(3600, .incoming, "+79000000010", line: office, .missed, "NO ANSWER"),
        ]),
    Sample(
        preset: "yeastar_p", trunk: "City",
        extra: [Stated(2700, .incoming, "+79000000008", by: "102", line: office, .missed, "VOICEMAIL")]),
    Sample(preset: "mikopbx", trunk: "SIP-1", missed: "NOANSWER"),
    Sample(
        preset: "avaya_ipoffice", trunk: "9001", busy: (.temporarilyUnavailable, "not connected"),
        missed: "not connected",
        extra: [
            Stated(1800, .incoming, "+79000000006", by: "101", line: office, talk: 100, .success),
            Stated(2700, .incoming, "+79000000008", line: office, .missed, "voice mail"),
        ]),
    Sample(preset: "opensips", zone: nil, busy: (.busy, "486 Busy here"), missed: "487 Request Terminated"),
]

@Suite struct SampleTests {
    private static let line = office

    @Test func `the Asterisk sample gives these calls and no others`() throws {
        var context = MappingContext.moscow
        context.internalPattern = #"^\d{3}$"#
        let file = try map(try sample("asterisk.csv"), format: try .preset("asterisk"), context: context)
        #expect(file.rejections.isEmpty)
        #expect(file.skips.isEmpty)
        #expect(file.skippedCalls == ["internalCall": 1, "hiddenNumber": 1])
        // 2026-11-20T09:00:00+03:00
        let stated = file.calls.map { Stated($0, since: 1_795_154_400) }
        let line = Self.line
        #expect(
            stated == [
                Stated(0, .incoming, "+79000000001", by: "101", line: line, talk: 63, .success),
                Stated(310, .incoming, "+79000000002", by: "102", line: line, .missed, "NO ANSWER"),
                Stated(600, .outgoing, "+79000000003", by: "101", line: line, talk: 118, .success),
                Stated(905, .outgoing, "+79000000004", by: "102", line: line, .busy, "BUSY"),
                Stated(1200, .incoming, "+79000000005", by: "102", line: line, talk: 45, .success),
                Stated(1800, .incoming, "+79000000006", by: "101", line: line, talk: 100, .success),
                Stated(3000, .incoming, "+79000000008", by: "103", line: line, talk: 35, .success),
                Stated(3300, .incoming, "+79000000009", line: line, .missed, "ANSWERED BackGround"),
                Stated(3600, .incoming, "+79000000010", line: line, .missed, "NO ANSWER"),
                Stated(3900, .outgoing, "+49302312500", by: "103", line: line, talk: 51, .success),
            ])
        #expect(file.calls.map(\.callListID) == [nil, nil, 7, nil, nil, nil, nil, nil, nil, nil])
        #expect(file.calls.allSatisfy { $0.start.offsetSeconds == 10_800 })
        #expect(file.calls.first?.key == "pbx1:1795154400.1")
        #expect(file.mapper.zoneEvidence.mode?.minutes == 0)
        #expect(file.mapper.unmappedLines.isEmpty)
    }

    /// The calls of one morning that every sample tells of: two answered, one missed, one busy.
    private func officeMorning(_ sample: Sample) -> [Stated] {
        let line = sample.trunk.map { _ in Self.line }
        // OpenSIPS writes the INVITE when it is answered.
        let pickup: Int64 = sample.preset == "opensips" ? 12 : 0
        return [
            Stated(pickup, .incoming, "+79000000001", by: "101", line: line, talk: 63, .success),
            Stated(310, .incoming, "+79000000002", by: "102", line: line, .missed, sample.missed),
            Stated(600 + pickup, .outgoing, "+79000000003", by: "101", line: line, talk: 118, .success),
            Stated(905, .outgoing, "+79000000004", by: "102", line: line, sample.busy.status, sample.busy.reason),
        ]
    }

    @Test(arguments: samples)
    func everySampleGivesTheCallsThatPeopleHad(_ sample: Sample) throws {
        let context = MappingContext(
            timeZone: sample.zone, region: "RU", internalPattern: #"^1\d{2}$"#, keyPrefix: "pbx1",
            lines: sample.trunk.map { [$0: Self.line] } ?? [:])
        var bytes = try CallRecordsTests.sample("\(sample.preset).csv")
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        let file = try map(bytes, format: try .preset(sample.preset), context: context)
        #expect(file.rejections.isEmpty)
        #expect(file.skips == sample.skipped)
        #expect(file.skippedCalls == ["internalCall": 1])
        let expected = (officeMorning(sample) + sample.extra).sorted { $0.start < $1.start }
        #expect(file.calls.map { Stated($0, since: 1_795_154_400) } == expected)
        if let mode = file.mapper.zoneEvidence.mode { #expect(mode.minutes == 0) }
    }

    @Test func `every preset has a sample and a configuration`() throws {
        #expect(Set(samples.map(\.preset) + ["asterisk"]) == Set(FormatDefinition.presetNames))
        for name in FormatDefinition.presetNames {
            let text = String(decoding: try CallRecordsTests.sample("\(name).yaml"), as: UTF8.self)
            #expect(text.contains("format: \(name)\n"))
        }
    }
}
