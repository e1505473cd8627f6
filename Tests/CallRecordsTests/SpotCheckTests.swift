// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import CallRecords

/// Single calls of files, read off their rows by hand.
@Suite struct SpotCheckTests {
    /// - Parameter extensions: What an extension looks like there.
    private func mapped(
        _ place: SampleFiles, _ name: String, _ preset: String, zone: String, region: String, extensions: String,
        rewrites: [(match: String, replace: String)] = []
    ) throws -> MappedFile {
        let context = MappingContext(
            timeZone: zone, region: region, internalPattern: extensions, rewrites: rewrites, keyPrefix: "pbx1")
        return try map(place.bytes(name).withoutMark, format: try .preset(preset), context: context)
    }

    private func told(_ key: String, of file: MappedFile) -> Call? { file.calls.first { $0.key == "pbx1:" + key } }

    @Test func `a queue of four agents is one call, of whoever answered or of nobody`() throws {
        let file = try mapped(
            .invented, "freepbx-17-queues.csv", "freepbx", zone: "Europe/Madrid", region: "ES",
            extensions: #"^2\d\d$"#)
        // The first call of the file is the latest; two of six were answered by nobody.
        #expect(file.calls.map(\.employeeExtension) == [nil, "221", "225", "201", nil, "224"])
        #expect(file.calls.map(\.talk.components.seconds) == [0, 20, 95, 61, 0, 234])
        let missed = file.calls[4]
        // 17:26:23 in Madrid; four agents rang for 39 s.
        #expect(missed.start.epochSeconds == 1_768_839_983)
        #expect(missed.phoneNumber == "+34600000302" && missed.status == .missed)
        #expect(missed.failedReason == "NO ANSWER")
    }

    @Test(.furtherSamples) func `five hundred calls of a queue are what people had`() throws {
        let file = try mapped(
            .written, "freepbx17-export-26col-queues.csv", "freepbx", zone: "Europe/Madrid", region: "ES",
            extensions: #"^2\d\d$"#)
        // Eight rows each: 500 calls, of which 417 were answered.
        #expect(file.calls.count == 500)
        #expect(file.calls.count { $0.status == .success } == 417)
        #expect(file.calls.count { $0.talk > .zero } == 417)
        let answered = try #require(told("1764347335.951327", of: file))
        #expect(answered.employeeExtension == "224")
        #expect(answered.talk == .seconds(234))
        // 2025-11-28 17:26:23 in Madrid; 201, 221, 224 and 225 rang for 39 s.
        let missed = try #require(told("1764347183.281162", of: file))
        #expect(missed.start.epochSeconds == 1_764_347_183)
        #expect(missed.phoneNumber == "+34698816116")
        #expect(missed.employeeExtension == nil)
        #expect(missed.status == .missed)
        #expect(missed.failedReason == "NO ANSWER")
        #expect(missed.talk == .zero)
    }

    @Test func `rows of a session are one call, whatever the menu and the queue say`() throws {
        let file = try mapped(
            .invented, "grandstream-ucm63xx.csv", "grandstream", zone: "Asia/Tashkent", region: "UZ",
            extensions: #"^[12]\d\d$"#)
        let incoming = file.calls.filter { $0.type == .incoming }
        #expect(incoming.map(\.phoneNumber) == [401, 402, 403, 404, 405, 406].map { "+998900000\($0)" })
        // The menu and the queue say ANSWERED also where nobody picked up, and phones that rang beside have an answer time.
        #expect(incoming.map(\.status) == [.missed, .missed, .success, .success, .missed, .success])
        #expect(incoming.map(\.talk.components.seconds) == [0, 0, 296, 99, 0, 108])
        #expect(incoming.filter { $0.status == .success }.map(\.employeeExtension) == ["173", "194", "194"])
        // 09:03:26 in Tashkent.
        #expect(incoming[2].start.epochSeconds == 1_772_424_206)
    }

    @Test(.furtherSamples) func `the rows of two thousand sessions are calls, whatever the menu and the queue say`()
        throws
    {
        let file = try mapped(
            .written, "grandstream-ucm63xx-26col-older.csv", "grandstream", zone: "Asia/Tashkent", region: "UZ",
            extensions: #"^1\d\d$"#)
        // 4,672 rows are 2,343 sessions; eight of them have a number that cannot be dialled.
        #expect(file.records.count { $0 != .notData } == 4_672)
        #expect(file.folded.count == 2_335)
        let expected: [(key: String, phone: String, employee: String, talk: Int64, start: Int64)] = [
            // 194 picked up in 3 s, 173 and 177 rang with it.
            ("1782965643935797-972545554", "+998972545554", "194", 15, 1_782_965_643),
            // 194 did not answer, 173 did.
            ("1782965672604168-502353056", "+998502353056", "173", 108, 1_782_965_672),
            ("1782965845587516-937565569", "+998937565569", "194", 150, 1_782_965_845),
        ]
        for one in expected {
            let call = try #require(told(one.key, of: file), "\(one.key)")
            #expect(call.type == .incoming)
            #expect(call.phoneNumber == one.phone)
            #expect(call.employeeExtension == one.employee)
            #expect(call.talk == .seconds(one.talk))
            #expect(call.start.epochSeconds == one.start)
            #expect(call.status == .success)
        }
    }

    @Test func `records in the order of their ends give calls with their own starts`() throws {
        let file = try mapped(
            .invented, "threecx-service.csv", "threecx", zone: "Europe/Paris", region: "FR",
            extensions: #"^[1-3]\d\d$"#)
        let starts = file.legs.map(\.start)
        #expect(zip(starts, starts.dropFirst()).contains { $1 < $0 })
        // Written after records that began twenty minutes later: 10:43:42 in Paris, through the queue 611 to 194.
        let queued = try #require(file.calls.first { $0.phoneNumber == "+33261910802" })
        #expect(queued.start.epochSeconds == 1_777_884_222 && queued.type == .incoming)
        #expect(queued.employeeExtension == "194" && queued.talk == .seconds(1_447))
        let called = try #require(file.calls.first { $0.phoneNumber == "+33536490803" })
        #expect(called.type == .outgoing && called.employeeExtension == "114" && called.talk == .seconds(448))
        // The queue took the call and nobody spoke.
        let abandoned = try #require(file.calls.first { $0.phoneNumber == "+33353010804" })
        #expect(abandoned.status == .missed && abandoned.employeeExtension == nil)
        let failed = try #require(file.calls.first { $0.phoneNumber == "+3220000806" })
        #expect(failed.status == .temporarilyUnavailable && failed.failedReason == "Failed")
    }

    @Test(.furtherSamples) func `records of a week in the order of their ends give calls with their own starts`() throws
    {
        let file = try mapped(
            .written, "3cx-cdr-file-27col.csv", "threecx", zone: "Europe/Paris", region: "FR",
            extensions: #"^[1-3]\d\d$"#)
        let starts = file.legs.map(\.start)
        #expect(starts.count == 1_402)
        #expect(zip(starts, starts.dropFirst()).count { $1 < $0 } == 496)
        // Written after a record that began twenty minutes later: 10:43:42 to 11:07:50, through 611 to 194.
        let queued = try #require(told("00000171dedaf013_2482", of: file))
        #expect(queued.start.epochSeconds == 1_588_581_822)
        #expect(queued.type == .incoming)
        #expect(queued.phoneNumber == "+33328087009")
        #expect(queued.employeeExtension == "194")
        #expect(queued.talk == .seconds(24 * 60 + 7))
        // 114 called at 11:02:28; picked up after 8 s.
        let called = try #require(told("00000171deec1edd_2518", of: file))
        #expect(called.start.epochSeconds == 1_588_582_948)
        #expect(called.type == .outgoing)
        #expect(called.phoneNumber == "+33549113907")
        #expect(called.employeeExtension == "114")
        #expect(called.talk == .seconds(7 * 60 + 28))
        // The queue took the call and nobody spoke.
        let abandoned = try #require(told("00000171deecf3e2_2521", of: file))
        #expect(abandoned.status == .missed)
        #expect(abandoned.employeeExtension == nil)
        // Nobody outside picked up: 11:19:12.
        let failed = try #require(told("00000171defb6eb4_2535", of: file))
        #expect(failed.status == .temporarilyUnavailable)
        #expect(failed.phoneNumber == "+3283080148")
        #expect(failed.failedReason == "Failed")
    }

    @Test func `a BYE ends its call also when it stands before the INVITE`() throws {
        try expectTransactions(of: .invented, "opensips.csv", since: 1_773_068_400)
    }

    @Test(.furtherSamples) func `a BYE of a further sample ends its call also when it stands before the INVITE`() throws
    {
        try expectTransactions(of: .written, "opensips-acc-flatstore-pipe.csv", since: 1_436_454_000)
    }

    private func expectTransactions(of place: SampleFiles, _ name: String, since origin: Int64) throws {
        // The file's parties are three extensions: here 1001 is the office and the others are outside.
        let file = try mapped(
            place, name, "opensips", zone: "UTC", region: "RU", extensions: "^1001$",
            rewrites: [(#"^(100\d)$"#, "+7900000$1")])
        let calls = [
            // An INVITE whose BYE was never written.
            Stated(408, .outgoing, "+79000001002", by: "1001", .success),
            Stated(408, .outgoing, "+79000001002", by: "1001", talk: 2, .success),
            Stated(643, .outgoing, "+79000001002", by: "1001", .cancelled, "487 Request Terminated"),
            Stated(647, .incoming, "+79000001002", by: "1001", talk: 4, .success),
            // Its BYE comes first.
            Stated(647, .outgoing, "+79000001003", talk: 4, .success),
            Stated(657, .outgoing, "+79000001002", by: "1001", talk: 4, .success),
            Stated(668, .outgoing, "+79000001002", by: "1001", .notFound, "404 Not Found"),
            Stated(687, .incoming, "+79000001002", by: "1001", .missed, "486 Busy here"),
            Stated(690, .outgoing, "+79000001002", by: "1001", talk: 2, .success),
        ]
        let found = file.calls.map { Stated($0, since: origin) }
        #expect(found.map(\.description).sorted() == calls.map(\.description).sorted())
    }
}
