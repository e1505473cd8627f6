// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Crypto
import DelimitedText
import Ledger

/// Maps the records of a batch and brings together the legs that belong to one call.
struct BatchMapper {
    private var mapper: RecordMapper
    private let keeper: GroupKeeper
    private let path: String
    /// Where in the batch the legs of a key are.
    private var places: [String: Int] = [:]

    /// - Parameters:
    ///   - keeper: Says how legs are folded; it keeps nothing of them.
    ///   - path: The file, for rejected records.
    init(mapper: consuming RecordMapper, keeper: GroupKeeper, path: String) {
        self.mapper = mapper
        self.keeper = keeper
        self.path = path
    }

    /// Maps all records of a batch.
    mutating func map(_ records: RecordBatch) -> BatchWriter.Batch {
        var batch = BatchWriter.Batch()
        batch.groups.reserveCapacity(records.count)
        places.removeAll(keepingCapacity: true)
        records.forEach { record in take(record, into: &batch) }
        for index in batch.groups.indices { keeper.prepare(&batch.groups[index]) }
        batch.notes = mapper.takeNotes()
        return batch
    }

    private mutating func take(_ record: borrowing Record, into batch: inout BatchWriter.Batch) {
        switch mapper.map(record) {
        case .notData:
            return
        case .leg(let leg):
            if let place = places[leg.key] {
                batch.groups[place].legs.append(leg)
            } else {
                places[leg.key] = batch.groups.count
                batch.groups.append(LegGroup([leg]))
            }
            batch.newestLeg = max(batch.newestLeg ?? .min, leg.end.epochSeconds)
        case .skipped(let reason):
            batch.tally.skipped(reason)
        case .rejected(let rejection):
            batch.rejects.append(reject(record, rejection))
        }
        batch.tally.read()
    }

    private func reject(_ record: borrowing Record, _ rejection: RecordRejection) -> LedgerReject {
        let raw = [UInt8](record.raw)
        let message = rejection.message + (rejection.hint.map { "; \($0)" } ?? "")
        return LedgerReject(
            sourceID: keeper.sourceID, runID: keeper.runID, path: path, record: record.position.record,
            line: record.position.line, byte: record.position.byte, field: rejection.column,
            reason: rejection.reason, message: message, raw: raw, rawHash: Array(SHA256.hash(data: raw)))
    }
}
