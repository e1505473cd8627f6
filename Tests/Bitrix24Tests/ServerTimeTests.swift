// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Bitrix24

/// Numbers from outside are checked before anything is worked out with them.
@Suite struct ServerTimeTests {
    private static let fields = ["start", "finish", "duration", "processing", "operating", "operating_reset_at"]
    private static let extremes = [
        "1e19", "-1e19", "1e308", "-1e308", "1e400", "9223372036854775807", "-9223372036854775808", "-1", "\"1e19\"",
        "\"NaN\"", "\"inf\"", "1e12",
    ]

    private func read(_ text: String) -> ServerTime? { ServerTime(JSONValue(Array(text.utf8))) }

    @Test(arguments: fields, extremes)
    func whatCanBeNoTimeIsLeftOut(_ field: String, _ number: String) throws {
        guard let time = read("{\"\(field)\":\(number)}") else { return }
        let values = [
            time.start, time.finish, time.duration, time.processing, time.operating, time.operatingResetAt,
        ]
        #expect(values.allSatisfy { $0 == nil })
    }

    @Test func `usual times are taken`() throws {
        let time = try #require(
            read(
                #"{"start":1795154400.5,"finish":1795154401,"duration":0.4,"operating":1e-9,"operating_reset_at":1795155000}"#
            ))
        #expect(time.start == 1_795_154_400.5 && time.duration == 0.4 && time.operatingResetAt == 1_795_155_000)
        #expect(time.operating == 0)
    }

    /// The short form of the fuzzing of replies.
    @Test(.seeded) func `replies of extreme numbers are read without a crash`() {
        var random = SeededRandom(11)
        let names =
            Self.fields + [
                "ID", "CALL_ID", "CALL_DURATION", "PORTAL_USER_ID", "CALL_TYPE", "INCOMING", "next", "total",
            ]
        for _ in 0..<2_000 {
            let members = (0..<random.below(9)).map { _ in
                "\"\(names[random.below(names.count)])\":\(Self.extremes[random.below(Self.extremes.count)])"
            }.joined(separator: ",")
            guard let value = JSONValue(Array("{\(members)}".utf8)) else { continue }
            _ = ServerTime(value)
            _ = FinishedCall(value)
            // A row without an ID is a fault, which is fine here.
            _ = try? StatisticRow(value)
            _ = try? PortalUser(value)
        }
    }
}
