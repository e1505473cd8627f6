// SPDX-License-Identifier: Apache-2.0

import CallRecords
import DelimitedText
import Foundation
import Ledger

/// Collects the records of a file until there are enough for a batch, and has them mapped and stored, for a large file by
/// other threads while the next ones are found.
///
/// Not `Sendable`: one thread reads one file after the other.
final class RecordCollector {
    /// How many records make a batch.
    private static let batchRecords = 512
    /// Very long records make a smaller one, so that memory does not grow with them.
    private static let batchBytes = 2 << 20

    /// A smaller file is read before a second mapper is ready: each compiles the rules, which takes as long as 500 records.
    private static let parallelBytes: Int64 = 1 << 18

    private let pipeline: any BatchPipeline
    private let dialect: Dialect
    /// Not checked for overlapping accesses, which would take a third of the time of a copy: nothing calls back.
    @exclusivity(unchecked) private var batch: RecordBatch
    /// What the batch has, counted here: asking it would count references to all that it holds.
    private var records = 0
    private var bytes = 0
    /// The bytes of all records of this file, headers included.
    private(set) var fileBytes: Int64 = 0

    /// - Parameters:
    ///   - storer: Knows the source's calls and records so far.
    ///   - workers: The mappers of the source.
    ///   - dialect: How the file separates fields and records.
    ///   - encoding: That of the file.
    ///   - rejects: Finds rejected records whose place those of the file take; `nil` where there are none.
    ///   - size: How many bytes the file has; `nil` where that is not known.
    /// - Throws: `SettingsFault` when the rules do not fit the source.
    init(
        _ storer: BatchStorer, _ workers: inout MappingWorkers, format: FormatDefinition, dialect: Dialect,
        path: String,
        encoding: TextEncoding, rejects: RejectMatching?, size: Int64?
    ) throws {
        let isLarge = (size ?? .max) >= Self.parallelBytes
        // What comes after a header has to be mapped by the one who has seen it.
        let isParallel = isLarge && format.hasIndependentRecords && ProcessInfo.processInfo.activeProcessorCount > 1
        let workers = try workers.workers(isParallel ? 2 : 1)
        for worker in workers {
            worker.begin(
                assembler: storer.assembler, path: path, encoding: encoding, rejects: rejects)
        }
        pipeline = isLarge ? ThreadedPipeline(workers, storer) : DirectPipeline(workers[0], storer)
        self.dialect = dialect
        batch = RecordBatch(dialect: dialect)
        batch.reserve(records: isLarge ? Self.batchRecords : Self.fewRecords, bytes: 0, fields: 0)
    }

    /// For how many records of a small file there is room at first.
    private static let fewRecords = 8

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
        if records >= Self.batchRecords || bytes >= Self.batchBytes {
            try pipeline.send(RecordWork(records: takeBatch()))
        }
    }

    /// Has the rest stored and waits until all is stored.
    ///
    /// - Parameter file: The file's new place.
    /// - Returns: What is known after that.
    func finish(file: LedgerFile?) throws -> BatchStorer {
        try pipeline.send(RecordWork(records: takeBatch(), file: file, isLast: true))
        return try stop().get()
    }

    /// Waits until nothing is being stored any more; nothing may be taken in after that.
    @discardableResult
    func stop() -> Result<BatchStorer, any Error> { pipeline.end() }
}
