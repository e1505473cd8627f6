// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Times that people read are those of the phone system's clock.
@Suite(.serialized) struct LocalTimeTests {
    private static let newYork = "America/New_York"

    /// A call of some days ago that begins at 23:30 in New York, when it is the next day in UTC.
    private func lateCall() throws -> (call: AsteriskCall, day: String, offset: Int) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: Self.newYork))
        let midnight = calendar.startOfDay(for: Date(timeIntervalSinceNow: -8 * 86_400))
        let start = try #require(calendar.date(byAdding: .minute, value: 23 * 60 + 30, to: midnight))
        let offset = calendar.timeZone.secondsFromGMT(for: start)
        var call = AsteriskCall.day(1)[0]
        call.start = Int(start.timeIntervalSince1970)
        return (call, String(AsteriskCall.time(call.start + offset).prefix(10)), offset)
    }

    private func configuration(_ source: String, notBefore: String?) -> String {
        Workspace.configuration(notBefore: notBefore, source: source)
            .replacing("time_zone: UTC", with: "time_zone: \(Self.newYork)")
    }

    @Test func `the day that a new ledger is told to begin with takes the oldest call in`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        let (call, day, offset) = try lateCall()
        try workspace.write(call.record(clock: offset), to: "Master.csv")
        try workspace.write(configuration("", notBefore: nil), to: "cdr24.yaml")
        let (refused, _) = try await workspace.importing(portal: portal)
        #expect(refused.status == 78)
        #expect(refused.errors.contains("write not_before: \(day) to import them all"), "\(refused.errors)")
        let check = try await workspace.run(["check", "--offline"], portal: portal)
        #expect(check.output.contains("write not_before: \(day) to import all calls"), "\(check.output)")
        try workspace.write(configuration("", notBefore: day), to: "cdr24.yaml")
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        #expect(try await portal.audit().rowsPerKey == [call.key: 1])
    }

    @Test func `the silence alarm, a collision and show tell the time of the source, JSON tells UTC`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        let (call, day, offset) = try lateCall()
        var other = call
        other.number = 2
        // Long after: the phone system has counted from the beginning again.
        other.start += 200_000
        other.phone = "89000000042"
        let id = "\"\(other.start).2\""
        let second = other.record(clock: offset).replacing(id, with: "\"\(call.start).\(call.number)\"")
        try workspace.write(call.record(clock: offset) + second, to: "Master.csv")
        try workspace.write(
            configuration("expect_within: 1h\n    check_zone: false", notBefore: "2020-01-01"), to: "cdr24.yaml")
        let (outcome, summary) = try await workspace.importing(portal: portal)
        #expect(outcome.status == 3, "\(outcome.errors)")
        let zone = " -0\(-offset / 3600):00"
        let end = AsteriskCall.time(other.start + 8 + other.talk + offset) + zone
        let text = outcome.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("pbx1 has brought no call since \(end)"), "\(text)")
        let sources = summary["sources"] as? [[String: Any]]
        #expect((sources?.first?["newestRecordAt"] as? String)?.hasSuffix("Z") == true, "\(summary)")

        let failures = try await workspace.run(["failures"])
        let began = AsteriskCall.time(call.start + offset) + zone
        #expect(failures.output.contains("a call of \(began) with"), "\(failures.output)")

        let shown = try await workspace.run(["show", call.key])
        #expect(shown.output.contains("Requests (times: UTC-\(-offset / 3600)):"), "\(shown.output)")
        let requests = shown.output.components(separatedBy: "Requests").last ?? ""
        #expect(!requests.contains("Z telephony") && shown.output.contains("\(day)T23:30:00-0"), "\(shown.output)")
        let json = try await workspace.run(["show", call.key, "--json"])
        #expect(json.output.contains(/"at" ?: ?"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/), "\(json.output)")
        let resolve = try await workspace.run(["resolve", call.key], portal: portal)
        #expect(resolve.output.contains("start \(began)"), "\(resolve.output)")
    }
}
