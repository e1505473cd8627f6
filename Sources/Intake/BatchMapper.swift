// SPDX-License-Identifier: Apache-2.0

import CallRecords
import DelimitedText
import Ledger
import Reporting

/// Maps the records of a batch and brings together the legs that belong to one call.
struct BatchMapper {
    private var mapper: RecordMapper
    private let assembler: CallAssembler
    private let encoding: TextEncoding
    private let rejectForm: RejectForm
    /// Finds rejected records whose place those of the file take; `nil` where there are none.
    private let rejects: RejectMatching?
    /// The legs of the batch in the order in which they were met.
    private var legs: [Leg] = []
    /// For each key of the batch its legs, by their places.
    private var chains: [Chain] = []
    /// For each leg the next one of its key, or -1.
    private var followers: [Int32] = []
    private var places = KeyPlaces()
    private let room = PackingRoom()
    /// What each leg of the batch shares with others of its call; empty as long as none has any.
    private var marks: [JoinMarks] = []

    private struct Chain: BitwiseCopyable {
        var first: Int32
        var last: Int32
        var keyHash: UInt64
    }

    /// - Parameters:
    ///   - assembler: Says how legs are folded; it keeps nothing of them.
    ///   - path: The file, for rejected records.
    ///   - encoding: How the file writes its characters, for rejected records.
    ///   - rejects: Finds rejected records whose place those of the file take.
    init(
        mapper: consuming RecordMapper, assembler: CallAssembler, path: String, encoding: TextEncoding,
        rejects: RejectMatching? = nil
    ) {
        self.rejects = rejects
        self.mapper = mapper
        self.assembler = assembler
        self.encoding = encoding
        rejectForm = RejectForm(
            sourceID: assembler.sourceID, runID: assembler.runID, path: path, encoding: encoding)
    }

    /// Maps all records of a batch.
    mutating func map(_ records: RecordBatch) -> MappedBatch {
        var batch = MappedBatch(calls: PackedCalls(sourceID: assembler.sourceID, runID: assembler.runID))
        var index = 0
        records.forEach { record in
            switch take(record, into: &batch) {
            case .rejected(let rejection):
                batch.rejects.append(rejectForm.reject(record, rejection, original: records.original(index)))
            case .notData: keepHeader(record, records.original(index)?.bytes, &batch)
            // Without rejects nothing else is worked out: this is done for every record.
            case .leg:
                if let found = rejects?.replacement(
                    by: record, original: records.original(index)?.bytes, leg: legs.last)
                {
                    batch.replacements.append(found)
                }
            case .skipped:
                if let found = rejects?.replacement(by: record, original: records.original(index)?.bytes, leg: nil) {
                    batch.replacements.append(found)
                }
            }
            index += 1
        }
        group(into: &batch)
        batch.notes = mapper.takeNotes()
        return batch
    }

    /// How many records at the beginning of a file may be a header, a row of types or a line that names the separator.
    private static let mostHeaderRecords = 16

    /// Keeps what stands before the first record of a file: whoever corrects a rejected record needs it.
    private func keepHeader(_ record: borrowing Record, _ original: ArraySlice<UInt8>?, _ batch: inout MappedBatch) {
        guard record.position.record <= Self.mostHeaderRecords, batch.tally.records.read == 0 else { return }
        if !batch.header.isEmpty { batch.header += encoding.lineFeed }
        batch.header += original.map(Array.init) ?? [UInt8](record.raw)
    }

    /// Gives legs that share marks the key of one call, and brings them together anew.
    private mutating func joinMarked() {
        guard !marks.isEmpty else { return }
        while marks.count < legs.count { marks.append(JoinMarks()) }
        var joined = legs
        guard LegGrouping.join(&joined, marks: marks) else { return }
        forgetLegs()
        for leg in joined { take(leg) }
    }

    /// Remembers the marks of the next leg.
    private mutating func note(_ joins: JoinMarks) {
        guard joins.isMarked || !marks.isEmpty else { return }
        while marks.count < legs.count { marks.append(JoinMarks()) }
        marks.append(joins)
    }

    private mutating func forgetLegs() {
        legs.removeAll(keepingCapacity: true)
        chains.removeAll(keepingCapacity: true)
        followers.removeAll(keepingCapacity: true)
        places.removeAll()
    }

    /// Brings the legs together by their keys, and forgets them.
    private mutating func group(into batch: inout MappedBatch) {
        joinMarked()
        batch.keys.reserveCapacity(chains.count)
        batch.calls.reserve(calls: chains.count, bytes: chains.count * Self.usualBytes)
        legs.withUnsafeBufferPointer { legs in
            for chain in chains {
                if chain.first == chain.last {
                    batch.keys.append(
                        assembler.prepare(
                            legs[Int(chain.first)], keyHash: chain.keyHash, packing: &batch.calls, in: room))
                } else {
                    batch.keys.append(.legs(self.legs(of: chain), folded: nil))
                }
            }
        }
        noteMarks(into: &batch)
        forgetLegs()
        marks.removeAll(keepingCapacity: true)
    }

    /// Hands on what the legs share with those of other batches.
    private func noteMarks(into batch: inout MappedBatch) {
        guard !marks.isEmpty else { return }
        for (place, chain) in chains.enumerated() {
            var index = chain.first
            while index >= 0 {
                let marks = marks[Int(index)]
                if marks.isMarked {
                    batch.marked.append(.init(place: place, leg: MarkedLeg(legs[Int(index)]), marks: marks))
                }
                index = followers[Int(index)]
            }
        }
    }

    /// About how many bytes a packed call takes.
    private static let usualBytes = 360

    private func legs(of chain: Chain) -> [Leg] {
        var found: [Leg] = []
        var place = chain.first
        while place >= 0 {
            found.append(legs[Int(place)])
            place = followers[Int(place)]
        }
        return found
    }

    private mutating func take(_ leg: consuming Leg) {
        let place = Int32(legs.count)
        let keyHash = PackedCalls.hash(ofKey: leg.key)
        let known = places.group(of: keyHash, orAdd: chains.count) { legs[Int(chains[$0].first)].key == leg.key }
        if let known {
            followers[Int(chains[known].last)] = place
            chains[known].last = place
        } else {
            chains.append(Chain(first: place, last: place, keyHash: keyHash))
        }
        followers.append(-1)
        legs.append(leg)
    }

    /// What a record is; a leg was taken already.
    private enum Fate {
        case notData, leg, skipped
        case rejected(RecordRejection)
    }

    /// Maps a record, and books it unless it is rejected.
    private mutating func take(_ record: borrowing Record, into batch: inout MappedBatch) -> Fate {
        switch mapper.map(record) {
        case .notData:
            return .notData
        case .leg(let leg):
            batch.newestLeg = max(batch.newestLeg ?? .min, leg.end.epochSeconds)
            batch.oldestLeg = min(batch.oldestLeg ?? .max, leg.start.epochSeconds)
            note(mapper.joins)
            take(leg)
            batch.tally.read()
            return .leg
        case .skipped(let reason):
            batch.tally.skipped(reason)
            batch.tally.read()
            return .skipped
        case .rejected(let rejection):
            batch.tally.read()
            return .rejected(rejection)
        }
    }
}
