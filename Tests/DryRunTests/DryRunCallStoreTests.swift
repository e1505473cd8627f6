// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords
import Ledger
import TestSupport
import Testing

@testable import DryRun

/// A dry run sees a ledger beneath it, adds to it for itself, and leaves it alone.
@Suite struct DryRunCallStoreTests {
    private static func ledger(_ folder: TemporaryFolder, _ calls: [LedgerCall]) throws -> Ledger {
        let ledger = try Ledger.open(path: folder.file(), wallClock: { 1_790_000_000 })
        _ = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        try ledger.intake { transaction in
            for call in calls { try transaction.insert(call) }
        }
        return ledger
    }

    @Test func `the ledger beneath is seen and stays as it is`() throws {
        let folder = try TemporaryFolder()
        let base = try Self.ledger(folder, [.sample("pbx:1", state: .delivered), .sample("pbx:2")])
        let kept = try base.source(keyPrefix: "pbx2", keyRule: "old")
        try base.remember([.portalHost: "portal.test"])
        let named = try #require(try base.call(key: "pbx:2"))
        try base.intake { try $0.addAliases(["pbx:9"], to: named) }

        let store = try DryRunCallStore(over: base)
        #expect(try store.source(keyPrefix: "pbx2", keyRule: "new") == kept)
        let source = try store.source(keyPrefix: "pbx", keyRule: "rule")
        #expect(try store.fact(.portalHost) == "portal.test")
        #expect(try store.hasDelivered() && store.hasCalls(sourceID: source.id))
        try store.intake { transaction in
            #expect(try !transaction.insertIfNew(.sample("pbx:1")))
            #expect(try !transaction.insertIfNew(.sample("pbx:9")))
            var call = try #require(try transaction.call(key: "pbx:2"))
            call.call = LedgerCall.sample("pbx:2", talk: 99).call
            try transaction.update(call)
            #expect(try transaction.insertIfNew(.sample("pbx:3")))
        }
        #expect(try store.call(key: "pbx:2")?.call.talk == .seconds(99))
        #expect(try store.call(key: "pbx:9")?.call.key == "pbx:2")
        #expect(try base.call(key: "pbx:3") == nil)
        #expect(try base.call(key: "pbx:2")?.call.talk == .seconds(30))
    }

    @Test func `files of the ledger beneath are known, and can be saved anew`() throws {
        let folder = try TemporaryFolder()
        let base = try Self.ledger(folder, [])
        let source = try base.source(keyPrefix: "pbx", keyRule: "rule")
        let file = LedgerFile(sourceID: source.id, path: "/a.csv", bytes: 10, tailBytes: 10, tailHash: [1])
        _ = try base.intake { try $0.save(file) }
        let store = try DryRunCallStore(over: base)
        _ = try store.source(keyPrefix: "pbx", keyRule: "rule")
        #expect(try store.files(sourceID: source.id, path: "/a.csv") == [file])
        var longer = file
        longer.bytes = 20
        longer.id = try store.intake { try $0.save(longer) }
        #expect(try store.files(sourceID: source.id, path: "/a.csv") == [longer, file])
        #expect(try base.files(sourceID: source.id, path: "/a.csv").map(\.bytes) == [10])
    }

    @Test func `a record that the ledger beneath has rejected is not new`() throws {
        let folder = try TemporaryFolder()
        let base = try Self.ledger(folder, [])
        var reject = LedgerReject(
            sourceID: 1, runID: 1, path: "a.csv", record: 2, line: 2, byte: 10, field: nil, reason: "badTime",
            message: RejectMessage(expected: "m", found: nil), raw: [1, 0, 255], encoding: "windows-1251")
        #expect(try base.intake { try $0.reject(reject) })
        let store = try DryRunCallStore(over: base)
        _ = try store.source(keyPrefix: "pbx", keyRule: "rule")
        #expect(try !store.intake { try $0.reject(reject) })
        reject.raw = [1, 0, 254]
        #expect(try store.intake { [try $0.reject(reject), try $0.reject(reject)] } == [true, false])
        #expect(try base.rejects(limit: 9).count == 1)
    }

    @Test func `the same rejected bytes count once, for their newest reason and where they were met first`() throws {
        let store = try DryRunCallStore(over: nil)
        let source = try store.source(keyPrefix: "pbx", keyRule: "rule")
        var reject = LedgerReject(
            sourceID: source.id, runID: 0, path: "a.csv", record: 2, line: 2, byte: 10, field: nil, reason: "badTime",
            message: RejectMessage(expected: "m", found: nil), raw: [1, 0, 255], encoding: "windows-1251")
        #expect(try store.intake { try $0.reject(reject) })
        (reject.path, reject.reason) = ("b.csv", "badNumber")
        #expect(try !store.intake { try $0.reject(reject) })
        for number: UInt8 in 2...100 {
            reject.raw = [number]
            #expect(try store.intake { [try $0.reject(reject), try $0.reject(reject)] } == [true, false])
        }
        let attention = try store.attention()
        #expect(attention.rejects == ["badNumber": 100])
        #expect(attention.rejectFiles == ["badNumber": ["a.csv": 1, "b.csv": 99]])
    }

    @Test func `a call that nobody asks for is not brought into the database by a doubt of the filter`() throws {
        let store = try DryRunCallStore(over: nil)
        let source = try store.source(keyPrefix: "pbx", keyRule: "rule")
        let calls = (0..<3_000).map { LedgerCall.sample("pbx:\($0)", source: source.id) }
        for call in calls { store.spilled.note(PackedCalls.hash(ofKey: call.call.key)) }
        try store.intake { (transaction) throws in
            for call in calls { #expect(try transaction.insertIfNew(call)) }
        }
        #expect(store.spilled.count == calls.count)
        try store.intake { (transaction) throws in
            for call in calls[..<100] { #expect(try !transaction.insertIfNew(call)) }
            #expect(try transaction.call(key: "pbx:1")?.history == calls[1].history)
        }
        #expect(store.spilled.count == calls.count - 100)
        #expect(try store.deliverableCount() == calls.count)
        #expect(try store.openCounts() == [.pending: ["": calls.count]])
        #expect(try store.extensionsToSend(limit: 10_000) == ["101": calls.count])
        #expect(try store.pendingBefore(.max, sourceID: source.id)?.count == calls.count)
        #expect(try store.pendingBefore(.max, sourceID: source.id + 1) == nil)
    }

    @Test func `calls that ask the same are counted together, and more kinds than are kept are counted all the same`()
        throws
    {
        let folder = try TemporaryFolder()
        let base = try Self.ledger(folder, [.sample("pbx:1"), .sample("pbx:2", isBare: true)])
        let store = try DryRunCallStore(over: base)
        let source = try store.source(keyPrefix: "pbx", keyRule: "rule")
        let kinds = 5_000
        try store.intake { (transaction) throws in
            for number in 0..<2 * kinds {
                let call = Call.sample("pbx:n\(number)", employee: "\(number % kinds)", line: "\(number % 3)")
                #expect(try transaction.insertIfNew(.sample(call, source: source.id)))
            }
        }
        #expect(store.spilled.count == 2 * kinds)
        var found: [CallNeeds: Int] = [:]
        var counts = NeedsCounts { found[$0, default: 0] += $1 }
        try store.addCallsToSend(to: &counts)
        counts.finish()
        #expect(found.values.reduce(0, +) == 2 * kinds + 2)
        // 5,000 is no multiple of three: both calls of an extension came on lines of their own.
        #expect(found.count == 2 * kinds + 2)
        let extensions = Dictionary(grouping: found, by: { $0.key.employeeExtension }).mapValues {
            $0.map(\.value).reduce(0, +)
        }
        #expect(extensions["7"] == 2 && extensions["101"] == 3 && extensions[nil] == 1)
        #expect(found.keys.allSatisfy { $0.keyPrefix == "pbx" })
        #expect(found.keys.first { $0.employeeExtension == nil }?.callListID == nil)
        #expect(found.keys.first { $0.line == "+12025550100" }?.callListID == 7)
    }

    @Test func `a batch of a dry run that fails leaves the calls of the one before`() throws {
        struct Break: Error {}
        let store = try DryRunCallStore(over: nil)
        _ = try store.source(keyPrefix: "pbx", keyRule: "rule")
        #expect(try store.intake { try $0.insertIfNew(.sample("pbx:1"), aliases: ["pbx:2"]) })
        #expect(throws: LedgerFault.self) {
            try store.intake { transaction in
                try transaction.insert(.sample("pbx:3"))
                throw Break()
            }
        }
        #expect(try store.call(key: "pbx:2")?.call.key == "pbx:1")
        #expect(try store.call(key: "pbx:3") == nil)
        #expect(!store.forgetIntake())
    }
}
