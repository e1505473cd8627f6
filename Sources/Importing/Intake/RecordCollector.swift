// SPDX-License-Identifier: Apache-2.0

import CallRecords
import DelimitedText
import Dispatch
import Foundation
import Ledger
import Synchronization

/// Collects the records of a file until there are enough for a batch, and has them mapped and stored by other
/// threads while the next ones are found.
///
/// Not `Sendable`: one task reads one file after the other.
final class RecordCollector {
    /// How many records make a batch.
    private static let batchRecords = 1_024
    /// Very long records make a smaller one, so that memory does not grow with them.
    private static let batchBytes = 2 << 20

    private let writer: BatchWriter
    private let workers: [MappingWorker]
    private let dialect: Dialect
    private var batch: RecordBatch
    /// What the batch has, counted here: asking it would count references to all that it holds.
    private var records = 0
    private var bytes = 0
    private var batches = 0
    /// The bytes of all records of this file, headers included.
    private(set) var fileBytes: Int64 = 0

    /// - Parameters:
    ///   - keeper: What is known of the source's calls so far.
    ///   - tally: The account of the source's records so far.
    ///   - encoding: That of the file.
    /// - Throws: `SettingsFault` when the context does not fit the format.
    init(
        ledger: Ledger, keeper: GroupKeeper, tally: RecordTally, format: FormatDefinition, context: MappingContext,
        path: String, encoding: TextEncoding
    ) throws {
        // What comes after a header has to be mapped by the one who has seen it.
        let isParallel = format.hasIndependentRecords && ProcessInfo.processInfo.activeProcessorCount > 1
        var workers: [MappingWorker] = []
        for _ in 0..<(isParallel ? 2 : 1) {
            let mapper = try RecordMapper(format: format, context: context)
            workers.append(
                MappingWorker(
                    BatchMapper(mapper: mapper, keeper: keeper, path: path, encoding: encoding)))
        }
        self.workers = workers
        writer = BatchWriter(
            ledger: ledger, keeper: keeper, tally: tally, zoneCheck: ZoneCheck(path: path, settings: keeper.settings),
            mostOnTheirWay: workers.count + 1)
        dialect = format.dialect
        batch = RecordBatch(dialect: dialect)
        batch.reserve(records: Self.batchRecords, bytes: 0, fields: 0)
    }

    /// Takes out what was collected, and makes as much room for the next records.
    private func takeBatch() -> RecordBatch {
        let full = batch
        (records, bytes) = (0, 0)
        batch = RecordBatch(dialect: dialect)
        batch.reserve(
            records: Self.batchRecords, bytes: full.heldBytes + full.heldBytes / 16,
            fields: full.fieldCount + full.fieldCount / 16)
        return full
    }

    /// Takes one record in.
    ///
    /// - Parameter original: What it is in a file that is not UTF-8.
    /// - Throws: What went wrong with the records of an earlier batch.
    func take(_ record: borrowing Record, original: OriginalRecord?) throws {
        fileBytes += Int64(record.byteCount)
        batch.append(record, original: original)
        records += 1
        bytes += record.raw.count + (original?.bytes.count ?? 0)
        if records >= Self.batchRecords || bytes >= Self.batchBytes { try flush() }
    }

    /// Has what was collected mapped and written, together with how far the file was taken in.
    ///
    /// - Parameter file: The file's new place, once it is read to its end.
    private func flush(file: LedgerFile? = nil) throws {
        let turn = try writer.takeTurn()
        let records = takeBatch()
        let worker = workers[batches % workers.count]
        batches += 1
        worker.queue.async { [writer] in
            var mapped = worker.map(records)
            mapped.file = file
            writer.write(mapped, in: turn)
        }
    }

    /// Has the rest written and waits until all is stored.
    ///
    /// - Parameter file: The file's new place.
    func finish(file: LedgerFile?) throws -> BatchWriter.State {
        try flush(file: file)
        return try writer.finish()
    }

    /// Waits until nothing is being written any more.
    func wait() { writer.wait() }
}

/// A mapper with a thread of its own, more or less.
private final class MappingWorker: Sendable {
    let queue = DispatchQueue(label: "cdr24.mapping")
    private let mapper: Mutex<BatchMapper>

    init(_ mapper: sending BatchMapper) { self.mapper = Mutex(mapper) }

    func map(_ records: RecordBatch) -> BatchWriter.Batch {
        mapper.withLock { $0.map(records) }
    }
}
