// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Ledger

/// One transaction of intake into a ``DryRunCallStore``.
final class DryRunTransaction: IntakeTransaction {
    private let own: LedgerTransaction
    private let base: LedgerSnapshot?
    private let spilled: SpilledCalls
    private let rejects: CountedRejects
    private let replace: (Int64) -> Bool

    /// - Parameters:
    ///   - own: Keeps what was asked for, and what is newer than the base.
    ///   - base: What the ledger holds; `nil` without one.
    ///   - spilled: Keeps the calls that nobody has asked for.
    ///   - rejects: Counts the rejected records that the base does not have.
    ///   - replace: Notes that a record took the place of a rejected one of the base.
    init(
        own: LedgerTransaction, base: LedgerSnapshot?, spilled: SpilledCalls, rejects: CountedRejects,
        replace: @escaping (Int64) -> Bool
    ) {
        self.replace = replace
        self.own = own
        self.base = base
        self.spilled = spilled
        self.rejects = rejects
    }

    func call(key: String) throws -> LedgerCall? {
        let keyHash = PackedCalls.hash(ofKey: key)
        guard base != nil || spilled.mayKnow(keyHash) else { return nil }
        try keepForAsking(key, keyHash)
        if let known = try own.call(key: key) { return known }
        guard var inherited = try base?.call(key: key) else { return nil }
        // The ledger may have found it by an alias, and the run may have met it by its own key before.
        if inherited.call.key != key, let known = try own.call(key: inherited.call.key) { return known }
        inherited.id = try insert(inherited)
        return inherited
    }

    func knows(_ legs: [Leg]) throws -> Bool {
        var key = legs[0].key
        return try key.withUTF8 { key in
            let key = UnsafeRawBufferPointer(key)
            return try knows(key, PackedCalls.hash(ofKey: key), legs.lazy.map(\.fingerprint))
        }
    }

    func knows(_ calls: PackedCalls, _ index: Int) throws -> Bool {
        try calls.withCall(index) { call in
            try knows(call.key.utf8, calls.keyHash(index), CollectionOfOne(calls.fingerprint(index)))
        }
    }

    private func knows(
        _ key: UnsafeRawBufferPointer, _ keyHash: UInt64, _ fingerprints: some Collection<UInt64>
    ) throws -> Bool {
        // What the run itself has met is newer than what the ledger holds.
        if spilled.mayKnow(keyHash) {
            try keepForAsking(String(decoding: key, as: UTF8.self), keyHash)
            if let answer = try own.stored.hasLegs(fingerprints, key: key) { return answer }
        }
        return try base?.hasLegs(fingerprints, key: key) ?? false
    }

    @discardableResult
    func insert(_ call: LedgerCall) throws -> Int64 {
        spilled.note(PackedCalls.hash(ofKey: call.call.key))
        return try own.insert(call)
    }

    func insertIfNew(_ call: LedgerCall, aliases: [String]) throws -> Bool {
        let keyHash = PackedCalls.hash(ofKey: call.call.key)
        guard try !isKnownToBase(call.call.key) else { return false }
        let isKnown = try isKnown(call.call.key, keyHash)
        if !isKnown, aliases.isEmpty, try spilled.put(call, keyHash: keyHash) { return true }
        spilled.note(keyHash)
        note(aliases)
        return try own.insertIfNew(call, aliases: aliases)
    }

    func insertIfNew(_ calls: PackedCalls, _ index: Int) throws -> Bool {
        guard calls.isWithoutAliases(index) else {
            return try insertIfNew(calls.call(index), aliases: calls.aliases(index))
        }
        return try insertNew(calls, [index]).isEmpty
    }

    func insertNew(_ calls: PackedCalls, _ places: [Int]) throws -> [Int] {
        let known = base == nil ? [] : try places.filter { try isKnownToBase(calls, $0) }
        let others = try spilled.putNew(calls, known.isEmpty ? places : places.filter { !known.contains($0) })
        // Few, and some of them are new.
        return try (known + others.filter { try !insertIfNew(calls.call($0), aliases: []) }).sorted()
    }

    func expect(_ calls: PackedCalls) { spilled.expect(calls) }

    func update(_ call: LedgerCall) throws { try own.update(call) }

    func delete(_ call: LedgerCall) throws { try own.delete(call) }

    func addAliases(_ keys: [String], to call: LedgerCall) throws {
        note(keys)
        try own.addAliases(keys, to: call)
    }

    func reject(_ reject: LedgerReject) throws -> Bool {
        if let base, try base.knows(reject) { return false }
        let hash = reject.raw.withUnsafeBytes { PackedCalls.hash(ofKey: $0) } ^ UInt64(bitPattern: reject.sourceID)
        // The filter of the calls serves, too: a second one would take 4 MiB.
        let mayBeKnown = spilled.mayKnow(hash)
        spilled.note(hash)
        return try rejects.count(reject, hash: hash, mayBeKnown: mayBeKnown)
    }

    func replaceReject(_ id: Int64, by key: String?) -> Bool { replace(id) }

    func openRejects(sourceID: Int64, raw: [UInt8]) throws -> [Int64] {
        try base?.openRejects(sourceID: sourceID, raw: raw) ?? []
    }

    /// Does nothing: the next import reads the files by the rules of then.
    func save(_ reading: LedgerReading) {}

    /// Does nothing: the next import reads the files.
    func save(_ file: LedgerWholeFile) {}

    /// Does nothing.
    func settleWholeFiles(sourceID: Int64) {}

    /// Does nothing.
    func forgetUnsettledFiles(sourceID: Int64) {}

    @discardableResult
    func save(_ file: LedgerFile) throws -> Int64 { try own.save(file) }

    func save(_ marks: [LedgerMark], sourceID: Int64) throws { try own.save(marks, sourceID: sourceID) }

    func noteNewestLeg(_ end: Int64, sourceID: Int64) throws { try own.noteNewestLeg(end, sourceID: sourceID) }

    private func note(_ keys: [String]) {
        for key in keys { spilled.note(PackedCalls.hash(ofKey: key)) }
    }

    private func isKnownToBase(_ key: String) throws -> Bool {
        guard let base else { return false }
        var key = key
        return try key.withUTF8 { try base.isKnown(UnsafeRawBufferPointer($0)) }
    }

    private func isKnownToBase(_ calls: PackedCalls, _ index: Int) throws -> Bool {
        guard let base else { return false }
        return try calls.withCall(index) { try base.isKnown($0.key.utf8) }
    }

    /// Whether a call of this run has a key, or an alias like it.
    ///
    /// A filter of millions takes some keys for known that are not; their calls in the database would fill its cache.
    private func isKnown(_ key: String, _ keyHash: UInt64) throws -> Bool {
        guard spilled.mayKnow(keyHash) else { return false }
        if try keepForAsking(key, keyHash) { return true }
        var key = key
        return try key.withUTF8 { try own.stored.isKnown(UnsafeRawBufferPointer($0)) }
    }

    /// Brings the call with a key to where it can be asked for, if it was spilled, and says whether it was.
    @discardableResult
    private func keepForAsking(_ key: String, _ keyHash: UInt64) throws -> Bool {
        guard let call = try spilled.take(key, keyHash: keyHash) else { return false }
        // Its key may be an alias of another call by now; it was there first.
        try own.insert(call)
        return true
    }
}
