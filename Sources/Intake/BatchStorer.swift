// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Ledger
import Reporting

/// Stores the batches of one file in their order, several of them in a transaction.
struct BatchStorer: Sendable {
    let store: any CallStore
    /// What the first batch must pass.
    let zoneCheck: ZoneCheck?
    let prefixCheck: PrefixCheck?
    /// What is known of the source's calls, after the batches that were stored.
    private(set) var assembler: CallAssembler
    /// The account of the source's records.
    private(set) var tally: RecordTally
    /// The start of the file's oldest leg and the end of its newest, in seconds since 1970; `nil` where it has none.
    private(set) var span: ClosedRange<Int64>?
    /// What else was noticed in the file.
    private(set) var notes = MappingNotes()
    /// Whether a record took the place of a rejected one.
    private(set) var hasReplaced = false
    private var isFirst = true
    /// How the file is read; `nil` where nobody needs to know.
    private var reading: LedgerReading?
    /// The same as it was stored; `nil` until the file is read to its end.
    private(set) var lastReading: LedgerReading?
    /// Whether records that were left out before are read again.
    private let isWhole: Bool
    /// Records that were left out of the source's files before this one.
    private let leftOutBefore: Int

    /// How many records make a transaction, roughly: the pages that they change fit into the ledger's cache.
    private static let transactionRecords = 8_192

    /// - Parameters:
    ///   - assembler: What is known of the source's calls so far.
    ///   - tally: The account of the source's records so far.
    ///   - reading: How the file is read, with the records that were left out of it by now; `nil` where nobody needs to know.
    ///   - isWhole: Whether the file is read from its beginning.
    init(
        store: any CallStore, assembler: CallAssembler, tally: RecordTally, zoneCheck: ZoneCheck? = nil,
        prefixCheck: PrefixCheck? = nil, reading: LedgerReading? = nil, isWhole: Bool = true
    ) {
        self.reading = reading
        self.isWhole = isWhole
        leftOutBefore = tally.leftOut
        self.store = store
        self.zoneCheck = zoneCheck
        self.prefixCheck = prefixCheck
        self.assembler = assembler
        self.tally = tally
    }

    /// Stores all batches that come; a transaction waits for the next one as long as there may be one.
    ///
    /// - Throws: What went wrong; the batches of the last transaction are not stored then, and this is what it was before.
    mutating func storeAll(from next: () throws -> MappedBatch?) throws {
        while let batch = try next() { try store(batch, andMoreFrom: next) }
    }

    private mutating func store(_ first: MappedBatch, andMoreFrom next: () throws -> MappedBatch?) throws {
        if isFirst {
            try zoneCheck?.run(first.notes.zoneEvidence)
            try prefixCheck?.check(first)
        }
        var known = self
        known.isFirst = false
        try store.intake { transaction in
            var batch = first
            var records = 0
            while true {
                try known.take(batch, transaction)
                records += batch.tally.records.read
                guard records < Self.transactionRecords, let more = try next() else { return }
                batch = more
            }
        }
        self = known
    }

    private mutating func take(_ batch: MappedBatch, _ transaction: any IntakeTransaction) throws {
        tally.add(batch.tally)
        notes.add(batch.notes)
        transaction.expect(batch.calls)
        if !batch.header.isEmpty { reading?.header = batch.header }
        // Before the batch's own legs are stored, for only a leg that is new can be a corrected one.
        for replacement in batch.replacements where try note(replacement, transaction) { hasReplaced = true }
        try assembler.take(batch, transaction, tally: &tally)
        for reject in batch.rejects {
            tally.rejected(reject.reason, isNew: try transaction.reject(reject))
        }
        if let newest = batch.newestLeg, let oldest = batch.oldestLeg {
            span = min(span?.lowerBound ?? .max, oldest)...max(span?.upperBound ?? .min, newest)
        }
        if let newestLeg = batch.newestLeg {
            try transaction.noteNewestLeg(newestLeg, sourceID: assembler.sourceID)
        }
        if let file = batch.file {
            try transaction.save(file)
            try assembler.saveMarks(transaction)
        }
        if batch.isLast, var reading {
            reading.leftOut = (isWhole ? 0 : reading.leftOut) + tally.leftOut - leftOutBefore
            try transaction.save(reading)
            lastReading = reading
        }
    }

    /// Notes that a record takes the place of the rejected ones with the same bytes, else of one that it is like; says whether
    /// there was one.
    private func note(_ record: Replacement, _ transaction: any IntakeTransaction) throws -> Bool {
        var isNoted = false
        if !record.raw.isEmpty {
            for reject in try transaction.openRejects(sourceID: assembler.sourceID, raw: record.raw) {
                isNoted = try transaction.replaceReject(reject, by: record.key) || isNoted
            }
        }
        if isNoted { return true }
        for reject in record.rejects {
            if try transaction.replaceReject(reject, by: record.key) { return true }
        }
        guard !record.ofSameCall.isEmpty, let key = record.key, let fingerprint = record.fingerprint,
            try transaction.call(key: key)?.history.fingerprints.contains(fingerprint) != true
        else { return false }
        for reject in record.ofSameCall {
            if try transaction.replaceReject(reject, by: key) { return true }
        }
        return false
    }
}
