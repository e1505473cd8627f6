// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Crypto
import DelimitedText
import Ledger

/// Maps records and collects their legs until there are enough for one transaction.
///
/// Not `Sendable`: one task reads one file after the other.
final class RecordCollector {
    /// How many records make a transaction.
    static let batchRecords = 4_096

    private let writer: BatchWriter
    private let settings: SourceSettings
    private let sourceID: Int64
    private let runID: Int64
    private var mapper: RecordMapper
    private let path: String
    private var batch = BatchWriter.Batch()
    /// Where in the batch the legs of a key are.
    private var places: [String: Int] = [:]
    private var pendingRecords = 0
    private var hasWritten = false
    /// Records and bytes of this file, headers included.
    private(set) var fileRecords = 0
    private(set) var fileBytes: Int64 = 0
    /// Where the last record that was taken in ended.
    private(set) var next: RecordPosition

    init(
        ledger: Ledger, keeper: GroupKeeper, tally: RecordTally, mapper: RecordMapper, path: String,
        start: RecordPosition
    ) {
        writer = BatchWriter(ledger: ledger, keeper: keeper, tally: tally)
        settings = keeper.settings
        sourceID = keeper.sourceID
        runID = keeper.runID
        self.mapper = mapper
        self.path = path
        self.next = start
    }

    var unmappedLines: [String: Int] { mapper.unmappedLines }
    var clockDoubts: ClockDoubts { mapper.clockDoubts }

    /// Takes one record in.
    func take(_ record: borrowing Record) throws {
        fileBytes += Int64(record.byteCount)
        switch mapper.map(record) {
        case .notData:
            return
        case .leg(let leg):
            if let place = places[leg.key] {
                batch.groups[place].append(leg)
            } else {
                places[leg.key] = batch.groups.count
                batch.groups.append([leg])
            }
            batch.newestLeg = max(batch.newestLeg ?? .min, leg.end.epochSeconds)
        case .skipped(let reason):
            batch.tally.skipped(reason)
        case .rejected(let rejection):
            reject(record, rejection)
        }
        batch.tally.read()
        fileRecords += 1
        pendingRecords += 1
        if pendingRecords >= Self.batchRecords { try flush() }
    }

    private func reject(_ record: borrowing Record, _ rejection: RecordRejection) {
        let raw = [UInt8](record.raw)
        let message = rejection.message + (rejection.hint.map { "; \($0)" } ?? "")
        batch.rejects.append(
            LedgerReject(
                sourceID: sourceID, runID: runID, path: path, record: record.position.record,
                line: record.position.line, byte: record.position.byte, field: rejection.column,
                reason: rejection.reason, message: message, raw: raw, rawHash: Array(SHA256.hash(data: raw))))
    }

    /// Has what was collected written, in one transaction, together with how far the file was taken in.
    ///
    /// - Parameter file: The file's new place, once it is read to its end.
    private func flush(file: LedgerFile? = nil) throws {
        if !hasWritten { try checkZone() }
        hasWritten = true
        batch.file = file
        try writer.write(batch)
        batch = BatchWriter.Batch()
        batch.groups.reserveCapacity(Self.batchRecords)
        places.removeAll(keepingCapacity: true)
        pendingRecords = 0
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

    /// Stops before anything of the file is written when its own time stamps show that the zone is wrong.
    ///
    /// One wrong hour would put every call of the file at the wrong time, and the portal takes nothing back.
    private func checkZone() throws {
        guard settings.checksZone, let mode = mapper.zoneEvidence.contradiction else { return }
        throw ImportFault.configuration("\(path): \(mode.complaint(zone: settings.timeZone))")
    }
}
