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
    /// For each key of the batch its legs, by their places.
    private var chains: [Chain] = []
    /// For each leg the next one of its key, or -1.
    private var followers: [Int32] = []
    private var places = KeyPlaces()
    /// What each leg of the batch shares with others of its call; empty as long as none has any.
    private var marks: [JoinMarks] = []

    private struct Chain: BitwiseCopyable {
        var first: Int32
        var last: Int32
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
        batch.calls.reserve(calls: records.count, bytes: records.count * Self.usualBytes)
        var index = 0
        records.forEach { record in
            switch take(record, into: &batch) {
            case .rejected(let rejection):
                batch.rejects.append(rejectForm.reject(record, rejection, original: records.original(index)))
            case .notData: keepHeader(record, records.original(index)?.bytes, &batch)
            // Without rejects nothing else is worked out: this is done for every record.
            case .leg:
                if let found = rejects?.replacement(
                    by: record, original: records.original(index)?.bytes, leg: batch.calls.leg(batch.calls.count - 1))
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
    private mutating func joinMarked(_ calls: inout PackedCalls) {
        guard !marks.isEmpty else { return }
        while marks.count < calls.count { marks.append(JoinMarks()) }
        var joined = (0..<calls.count).map { calls.leg($0) }
        guard LegGrouping.join(&joined, marks: marks) else { return }
        forgetLegs()
        calls = PackedCalls(sourceID: assembler.sourceID, runID: assembler.runID)
        for leg in joined { leg.withView { take($0, into: &calls) } }
    }

    /// Remembers the marks of the next leg.
    ///
    /// - Parameter count: How many legs there are before it.
    private mutating func note(_ joins: JoinMarks, after count: Int) {
        guard joins.isMarked || !marks.isEmpty else { return }
        while marks.count < count { marks.append(JoinMarks()) }
        marks.append(joins)
    }

    private mutating func forgetLegs() {
        chains.removeAll(keepingCapacity: true)
        followers.removeAll(keepingCapacity: true)
        places.removeAll()
    }

    /// Brings the legs together by their keys, and forgets them.
    private mutating func group(into batch: inout MappedBatch) {
        joinMarked(&batch.calls)
        batch.keys.reserveCapacity(chains.count)
        for chain in chains {
            if chain.first == chain.last, batch.calls.isCall(Int(chain.first)) {
                batch.keys.append(.call(Int(chain.first)))
            } else {
                let begin = batch.members.count
                forEachLeg(of: chain) { batch.members.append($0) }
                batch.keys.append(.legs(begin..<batch.members.count))
            }
        }
        noteMarks(into: &batch)
        forgetLegs()
        marks.removeAll(keepingCapacity: true)
    }

    /// Gives `body` the place of each leg of a key.
    private func forEachLeg(of chain: Chain, _ body: (Int) -> Void) {
        var place = chain.first
        while place >= 0 {
            body(Int(place))
            place = followers[Int(place)]
        }
    }

    /// Hands on what the legs share with those of other batches.
    private func noteMarks(into batch: inout MappedBatch) {
        guard !marks.isEmpty else { return }
        for (place, chain) in chains.enumerated() {
            forEachLeg(of: chain) { index in
                let marks = marks[index]
                guard marks.isMarked else { return }
                batch.marked.append(.init(place: place, leg: MarkedLeg(batch.calls.leg(index)), marks: marks))
            }
        }
    }

    /// About how many bytes a packed call takes.
    private static let usualBytes = 360

    private mutating func take(_ leg: LegView, into calls: inout PackedCalls) {
        let place = Int32(calls.count)
        let keyHash = PackedCalls.hash(ofKey: leg.key)
        let known = places.group(of: keyHash, orAdd: chains.count) { calls.has(leg.key, at: Int(chains[$0].first)) }
        if let known {
            followers[Int(chains[known].last)] = place
            chains[known].last = place
        } else {
            chains.append(Chain(first: place, last: place))
        }
        followers.append(-1)
        calls.append(leg, as: assembler.wholeCall(leg.facts), keyHash: keyHash)
    }

    /// Maps a record, and books it unless it is rejected; a leg is taken.
    private mutating func take(_ record: borrowing Record, into batch: inout MappedBatch) -> ViewedRecord {
        let found = mapper.view(record)
        switch found {
        case .notData: return found
        case .leg:
            let leg = mapper.leg
            batch.newestLeg = max(batch.newestLeg ?? .min, leg.facts.end.epochSeconds)
            batch.oldestLeg = min(batch.oldestLeg ?? .max, leg.facts.start.epochSeconds)
            note(mapper.joins, after: batch.calls.count)
            take(leg, into: &batch.calls)
        case .skipped(let reason): batch.tally.skipped(reason)
        case .rejected: break
        }
        batch.tally.read()
        return found
    }
}
