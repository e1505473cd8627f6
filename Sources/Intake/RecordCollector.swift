// SPDX-License-Identifier: Apache-2.0

import CallRecords
import DelimitedText
import Foundation
import Ledger
import Synchronization

/// Collects the records of a file until there are enough for a batch, and has them mapped and stored by other
/// threads while the next ones are found.
///
/// Not `Sendable`: one thread reads one file after the other.
final class RecordCollector {
    /// Records on their way to a mapper.
    private struct Work: Sendable {
        var records: RecordBatch
        /// How far the file was taken in, with the last records.
        var file: LedgerFile?
        /// Whether these are the last records.
        var isLast = false
    }

    /// How many records make a batch.
    private static let batchRecords = 512
    /// One is mapped while another one is mapped or waits to be stored; more would take memory and no time off.
    private static let batchesOnTheirWay = 2
    /// Very long records make a smaller one, so that memory does not grow with them.
    private static let batchBytes = 2 << 20

    /// A smaller file is read before a second mapper is ready: each compiles the rules, which takes as long as 500 records.
    private static let parallelBytes: Int64 = 1 << 18

    private let channel: OrderedChannel<Work, MappedBatch>
    private let mappers: [OwnThread<Void>]
    private let storer: OwnThread<Result<BatchStorer, any Error>>
    private let dialect: Dialect
    private var batch: RecordBatch
    /// What the batch has, counted here: asking it would count references to all that it holds.
    private var records = 0
    private var bytes = 0
    /// The bytes of all records of this file, headers included.
    private(set) var fileBytes: Int64 = 0

    /// - Parameters:
    ///   - storer: Knows the source's calls and records so far.
    ///   - dialect: How the file separates fields and records.
    ///   - encoding: That of the file.
    ///   - rejects: Finds rejected records whose place those of the file take; `nil` where there are none.
    ///   - size: How many bytes the file has; `nil` where that is not known.
    /// - Throws: `SettingsFault` when the context does not fit the format.
    init(
        _ storer: BatchStorer, format: FormatDefinition, dialect: Dialect, context: MappingContext, path: String,
        encoding: TextEncoding, rejects: RejectMatching?, size: Int64?
    ) throws {
        // What comes after a header has to be mapped by the one who has seen it.
        let isParallel =
            format.hasIndependentRecords && (size ?? .max) >= Self.parallelBytes
            && ProcessInfo.processInfo.activeProcessorCount > 1
        var mappers: [MappingWorker] = []
        for _ in 0..<(isParallel ? 2 : 1) {
            let mapper = try RecordMapper(format: format, context: context)
            mappers.append(
                MappingWorker(
                    BatchMapper(
                        mapper: mapper, assembler: storer.assembler, path: path, encoding: encoding,
                        rejects: rejects)))
        }
        let channel = OrderedChannel<Work, MappedBatch>(capacity: Self.batchesOnTheirWay)
        self.channel = channel
        self.mappers = mappers.map { mapper in
            OwnThread("cdr24-map") {
                channel.work { work in
                    var mapped = mapper.map(work.records)
                    mapped.file = work.file
                    mapped.isLast = work.isLast
                    return mapped
                }
            }
        }
        self.storer = OwnThread("cdr24-store") {
            var storer = storer
            do {
                try storer.storeAll { try channel.receive() }
                return .success(storer)
            } catch {
                channel.fail(error)
                return .failure(error)
            }
        }
        self.dialect = dialect
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
        if records >= Self.batchRecords || bytes >= Self.batchBytes { try channel.send(Work(records: takeBatch())) }
    }

    /// Has the rest stored and waits until all is stored.
    ///
    /// - Parameter file: The file's new place.
    /// - Returns: What is known after that.
    func finish(file: LedgerFile?) throws -> BatchStorer {
        try channel.send(Work(records: takeBatch(), file: file, isLast: true))
        return try stop().get()
    }

    /// Waits until nothing is being stored any more; nothing may be taken in after that.
    @discardableResult
    func stop() -> Result<BatchStorer, any Error> {
        channel.close()
        for mapper in mappers { mapper.join() }
        return storer.join()
    }
}

/// A mapper that its thread takes over from the one that makes it.
private final class MappingWorker: Sendable {
    private let mapper: Mutex<BatchMapper>

    init(_ mapper: sending BatchMapper) { self.mapper = Mutex(mapper) }

    func map(_ records: RecordBatch) -> MappedBatch { mapper.withLock { $0.map(records) } }
}
