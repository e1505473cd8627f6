// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Digests
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Ledger

/// Rejected records are stored once, found by their bytes, and told in the same words, however they are kept.
@Suite struct RejectStoreTests {
    private let folder: TemporaryFolder
    private let ledger: Ledger

    init() throws {
        folder = try TemporaryFolder()
        ledger = try Ledger.open(path: folder.file(), wallClock: { 1_795_000_000 })
        _ = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        _ = try ledger.source(keyPrefix: "other", keyRule: "rule")
    }

    private func reject(
        _ raw: String, source: Int64 = 1, run: Int64 = 1, path: String = "a.csv", record: Int = 1, field: Int? = 2,
        reason: String = "badNumber", _ message: RejectMessage = RejectMessage(expected: "expected a", found: "b")
    ) -> LedgerReject {
        LedgerReject(
            sourceID: source, runID: run, path: path, record: record, line: record, byte: 0, field: field,
            reason: reason, message: message, raw: Array(raw.utf8), encoding: "utf-8")
    }

    private func store(_ rejects: [LedgerReject], in ledger: Ledger? = nil) throws -> [Bool] {
        try (ledger ?? self.ledger).intake { writer in try rejects.map { try writer.reject($0) } }
    }

    private func openRows(_ raw: String, in ledger: Ledger? = nil, source: Int64 = 1) throws -> [Int64] {
        try (ledger ?? self.ledger).intake { try $0.openRejects(sourceID: source, raw: Array(raw.utf8)) }
    }

    private func hashes() throws -> Int? {
        try ledger.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM reject_hash") }
    }

    /// Two texts whose hashes are the same.
    private func collision() throws -> (String, String) {
        var seen: [Int64: Int] = [:]
        for number in 0..<2_000_000 {
            let hash = Array("\(number)".utf8).withUnsafeBytes { RejectTail.hash($0) }
            if let other = seen[hash] { return ("\(other)", "\(number)") }
            seen[hash] = number
        }
        throw CocoaError(.coderValueNotFound)
    }

    @Test func `records with the same hash are different records`() throws {
        let (one, other) = try collision()
        #expect(try store([reject(one), reject(other)]) == [true, true])
        for isStored in [false, true] {
            if isStored { try ledger.endReading() }
            #expect(try hashes() == (isStored ? 2 : 0))
            #expect(try store([reject(one), reject(other)]) == [false, false])
            #expect(try openRows(one) == [1] && openRows(other) == [2])
            #expect(try ledger.snapshot { try $0.knows(reject(other)) })
        }
        #expect(try store([reject(one, source: 2)]) == [true])
        #expect(try ledger.rejects(limit: 9).map { String(decoding: $0.raw, as: UTF8.self) } == [one, other, one])
    }

    @Test func `what a run that was killed has stored is known to the next one, and to a dry run`() throws {
        #expect(try store([reject("1"), reject("2")]) == [true, true])
        try ledger.endReading()
        #expect(try store([reject("3"), reject("4")]) == [true, true])
        let reader = try #require(try Ledger.openForReading(path: folder.file()))
        for raw in ["1", "2", "3", "4", "5"] {
            #expect(try reader.snapshot { try $0.knows(reject(raw)) } == (raw != "5"), "\(raw)")
        }
        #expect(try store([reject("5")]) == [true])
        #expect(try reader.snapshot { try $0.knows(reject("5")) })
        let next = try Ledger.open(path: folder.file())
        #expect(try store(["0", "1", "3", "5"].map { reject($0) }, in: next) == [true, false, false, false])
        try next.endReading()
        #expect(try hashes() == 6)
        #expect(try (1...6).map { try openRows(String($0 % 6), in: next) } == [[1], [2], [3], [4], [5], [6]])
    }

    @Test func `hashes of very many records are stored while they come`() throws {
        let raws = (0..<66_000).map { "record \($0)" }
        #expect(try store(raws.map { reject($0) }).allSatisfy { $0 })
        #expect(try hashes() == 65_536)
        #expect(try store(raws.map { reject($0) }).allSatisfy { !$0 })
        #expect(try openRows("record 7") == [8] && openRows("record 65999") == [66_000])
        // The next run learns of the others' hashes when it meets very many itself.
        let next = try Ledger.open(path: folder.file())
        #expect(try openRows("record 65999", in: next) == [66_000])
        #expect(try store((66_000..<100_000).map { reject("record \($0)") }, in: next).allSatisfy { $0 })
        #expect(try store(raws.map { reject($0) } + [reject("record 99999")], in: next).allSatisfy { !$0 })
        try next.endReading()
        #expect(try hashes() == 100_000)
        #expect(try openRows("record 3") == [4] && openRows("record 70000") == [70_001])
        #expect(try ledger.attention().rejects == ["badNumber": 100_000])
    }

    @Test func `nothing is remembered of a transaction that was taken back`() throws {
        struct Break: Error {}
        #expect(throws: LedgerFault.self) {
            try ledger.intake { writer in
                #expect(try writer.reject(reject("1")) && writer.reject(reject("2")))
                throw Break()
            }
        }
        #expect(try store([reject("3"), reject("1")]) == [true, true])
        try ledger.endReading()
        let rejects = try ledger.rejects(limit: 9)
        #expect(rejects.map(\.path) == ["a.csv", "a.csv"] && rejects.map(\.raw) == [Array("3".utf8), Array("1".utf8)])
        #expect(try openRows("2").isEmpty && openRows("1") == [2])
        #expect(try ledger.forgetIntake())
        _ = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        #expect(try openRows("1").isEmpty)
        #expect(try store([reject("1"), reject("1")]) == [true, false])
        #expect(try ledger.rejects(limit: 9).map(\.message.text) == ["expected a, found b"])
    }

    @Test func `a message is read in the words in which it was stored, however many there are`() throws {
        let messages =
            [
                RejectMessage(expected: "expected a", found: nil), RejectMessage(expected: "", found: "line 3: b"),
                RejectMessage(expected: "expected a", found: "b", hint: "do c"),
                RejectMessage(expected: "expected a", found: nil, hint: "do c"),
                RejectMessage(expected: "expected a", found: "", hint: "do c"),
            ] + (0..<1_200).map { RejectMessage(expected: "expected \($0)", found: "b\($0)", hint: "do \($0)") }
        #expect(messages[2].text == "expected a, found b; do c" && messages[1].text == "line 3: b")
        for (number, message) in messages.enumerated() {
            let field = number == 0 ? nil : number % 3 + 1
            #expect(try store([reject("\(number)", record: number + 1, field: field, message)]) == [true])
        }
        let rejects = try ledger.rejects(limit: 9_999)
        #expect(rejects.map(\.message.text) == messages.map(\.text))
        #expect(rejects.map(\.field) == messages.indices.map { $0 == 0 ? nil : $0 % 3 + 1 })
        #expect(rejects[..<500].map(\.message) == messages[..<500].map { $0 })
        let words = try ledger.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM reject_message") }
        #expect((1_000...1_010).contains(words ?? 0))
        // The newest reason comes with its own words.
        let newer = reject("7", field: 9, reason: "badDate", RejectMessage(expected: "expected x", found: "y"))
        #expect(try store([newer]) == [false])
        let changed = try #require(try ledger.rejects(limit: 9_999).first { $0.id == 8 })
        #expect(changed.reason == "badDate" && changed.field == 9 && changed.message.text == "expected x, found y")
    }

    @Test func `rejected records are listed by their runs and counted by their files and reasons`() throws {
        let run = try ledger.beginRun()
        let second = try ledger.beginRun()
        #expect(
            try store([
                reject("1", run: run, path: "b.csv"), reject("2", run: run, path: "a.csv", record: 2),
                reject("3", run: second, path: "b.csv"), reject("4", run: second, path: "a.csv", reason: "badDate"),
                reject("5", source: 2, run: second, path: "a.csv"),
            ]) == [true, true, true, true, true])
        #expect(try ledger.rejects(limit: 9).map(\.id) == [3, 4, 5, 1, 2])
        #expect(try ledger.rejects(sourceID: 1, limit: 3).map(\.id) == [3, 4, 1])
        #expect(try ledger.rejectPaths(sourceID: 2) == ["a.csv"])
        var attention = try ledger.attention()
        #expect(attention.rejects == ["badNumber": 4, "badDate": 1])
        #expect(attention.rejectFiles == ["badNumber": ["a.csv": 2, "b.csv": 2], "badDate": ["a.csv": 1]])
        #expect(attention.oldest == 1_795_000_000)
        attention = try ledger.attention(withoutRejects: [2, 4])
        #expect(attention.rejectFiles == ["badNumber": ["a.csv": 1, "b.csv": 2]])
    }

    @Test func `a record whose bytes were pruned is still known, and nothing is left of what its message said`() throws
    {
        let (one, other) = try collision()
        let message = RejectMessage(expected: "expected a", found: "\"Anna\"", hint: "do c")
        #expect(try store([reject(one, message), reject("open", message)]) == [true, true])
        try ledger.dismiss(rejectIDs: [1])
        let pruned = try ledger.prune(before: 1_796_000_000)
        #expect(pruned.rejects == 1)
        try ledger.endReading()
        let kept = try #require(try ledger.rejects(isDismissed: true, limit: 9).first)
        #expect(kept.raw.isEmpty && kept.message.text.isEmpty && kept.reason == "badNumber" && kept.field == 2)
        #expect(try ledger.rejects(limit: 9).map(\.message) == [message])
        #expect(try store([reject(one), reject(other), reject("open")]) == [false, true, false])
        #expect(try ledger.prune(before: 1_796_000_000).rejects == 0)
    }
}
