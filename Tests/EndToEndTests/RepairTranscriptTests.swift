// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Mistakes that an administrator makes in the first week, mended by the commands that the program prints and no others.
@Suite(.serialized) struct RepairTranscriptTests {
    private let calls = AsteriskCall.day(6)

    /// The file with one number that cannot be dialled.
    private var fileWithOddNumber: String {
        var lines = calls.map(\.record)
        lines[1] = lines[1].replacingOccurrences(of: "8900", with: "w-8900")
        return lines.joined()
    }

    /// The configuration that knows what to do with such a number.
    private static let rewriting = Workspace.configuration().replacing(
        "internal: '^\\d{3}$'", with: "internal: '^\\d{3}$', rewrite: [{ match: '^w-(\\d+)$', replace: '$1' }]")

    @Test func `commands are found in what is printed`() {
        let text = """
            cdr24 import: completed; needs attention: 1 rejected record
              correct numbers: and run: cdr24 retry, or correct the records: cdr24 failures --csv
            to correct rejected records: cdr24 failures --csv --source pbx1 > FILE, correct FILE, then run:
              cdr24 import --source pbx1 FILE
            to send it: cdr24 resolve pbx1:1.2 --send-again; see cdr24.yaml
            """
        let outcome = Outcome(status: 0, output: text, errors: "cdr24: a warning", elapsed: .zero)
        #expect(
            Transcript.commands(in: outcome).map { $0.joined(separator: " ") } == [
                "cdr24 retry", "cdr24 failures --csv", "cdr24 failures --csv --source pbx1",
                "cdr24 import --source pbx1 FILE", "cdr24 resolve pbx1:1.2 --send-again",
            ])
    }

    @Test func `a pattern of extensions that takes clients for colleagues`() async throws {
        let greedy = Workspace.configuration().replacing("internal: '^\\d{3}$'", with: "internal: '^\\d+$'")
        let admin = try await Transcript(calls.file, greedy)
        try await admin.night()
        #expect(try await admin.portal.audit().rows.isEmpty)
        try admin.correct(Workspace.configuration())
        try await admin.night()
        #expect(admin.last.status == 3 && admin.last.output.contains("left out under the former ones: 6 records;"))
        try await admin.follow("cdr24 import --reread")
        try await admin.expectDone(calls)
        try await admin.night()
        try await admin.expectDone(calls)
    }

    @Test func `a day of beginning that was too late`() async throws {
        let admin = try await Transcript(calls.file, Workspace.configuration(notBefore: "2099-01-01"))
        try await admin.night()
        #expect(try await admin.portal.audit().rows.isEmpty)
        try admin.correct(Workspace.configuration())
        try await admin.night()
        #expect(admin.last.status == 3)
        try await admin.follow("cdr24 import --reread")
        try await admin.expectDone(calls)
    }

    @Test func `a region that does not have these numbers`() async throws {
        let american = Workspace.configuration().replacing("region: RU", with: "region: US")
        let admin = try await Transcript(calls.file, american)
        try await admin.night()
        #expect(admin.last.status == 3 && admin.last.output.contains("correct numbers: and run"))
        try admin.correct(Workspace.configuration())
        try await admin.follow("cdr24 retry")
        #expect(admin.last.output.contains("6 of 6 rejected records are accepted now"), "\(admin.last.output)")
        try await admin.follow("cdr24 import")
        // The calls are delivered; what is left of the change of the rules is said, and costs little.
        #expect(admin.last.status == 3 && admin.last.output.contains("delivered 6"), "\(admin.last.output)")
        try await admin.follow("cdr24 import --reread")
        try await admin.expectDone(calls)
    }

    @Test func `a wrong format, used once`() async throws {
        let admin = try await Transcript(calls.file, Workspace.configuration())
        try await admin.night("--format", "opensips")
        #expect(admin.last.status == 3, "\(admin.last.output)\(admin.last.errors)")
        // Which rule decides: with the format of the configuration each record becomes a call.
        try await admin.follow("cdr24 preview")
        #expect(admin.last.status == 0 && admin.last.output.contains(calls[5].key), "\(admin.last.output)")
        try await admin.night()
        #expect(admin.last.status == 3, "\(admin.last.output)")
        try await admin.follow("cdr24 import --reread")
        try await admin.expectDone(calls)
    }

    @Test func `a number that was rejected, until a rule rewrites it`() async throws {
        let admin = try await Transcript(fileWithOddNumber, Workspace.configuration())
        try await admin.night()
        #expect(admin.last.status == 3)
        // The record, to see what is wrong with it.
        try await admin.follow("cdr24 failures --csv")
        #expect(admin.last.output.contains("w-8900"), "\(admin.last.output)")
        try admin.correct(Self.rewriting)
        try await admin.night()
        #expect(admin.last.status == 3)
        try await admin.follow("cdr24 import --reread")
        try await admin.expectDone(calls)
    }

    @Test func `a number that was rejected, and is read anew by itself`() async throws {
        let admin = try await Transcript(fileWithOddNumber, Workspace.configuration())
        try await admin.night()
        try admin.correct(Self.rewriting)
        try await admin.follow("cdr24 retry")
        #expect(admin.last.output.contains("1 of 1 rejected record is accepted now"), "\(admin.last.output)")
        try await admin.follow("cdr24 import")
        try await admin.follow("cdr24 import --reread")
        try await admin.expectDone(calls)
    }

    @Test func `delivered needs a word where the portal has nothing, and can be taken back`() async throws {
        var calls = AsteriskCall.day(2)
        calls[1].employee = 199
        let key = calls[1].key
        let admin = try await Transcript(calls.file, Workspace.configuration())
        try await admin.night()
        #expect(admin.last.status == 3)
        try await admin.decideByHand("resolve", key, "--delivered")
        #expect(admin.last.status == 64, "\(admin.last.output)\(admin.last.errors)")
        try await admin.follow("cdr24 resolve \(key) --delivered --even-if-absent")
        #expect(admin.last.status == 0, "\(admin.last.errors)")
        let fixed = Workspace.configuration().replacing("\"105\": 5", with: "\"105\": 5, \"199\": 6")
        try admin.correct(fixed)
        try await admin.follow("cdr24 resolve \(key) --send-again")
        #expect(admin.last.output.contains("the call is now pending"), "\(admin.last.output)\(admin.last.errors)")
        try await admin.night()
        try await admin.expectDone(calls)
    }
}
