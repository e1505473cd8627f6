// SPDX-License-Identifier: Apache-2.0

import Foundation
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
    [UInt8](try Data(contentsOf: packageRoot.appendingPathComponent("samples/\(name)")))
}

@Suite struct SampleTests {
    private static let line = "+74950000000"

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
}
