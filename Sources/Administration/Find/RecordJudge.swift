// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallLifecycle
import CallRecords
import Clocks
import DelimitedText
import ExitCodes
import Importing
import Intake
import Ledger
import Reporting

/// Says of single records what became of them, by the present rules and by the ledger.
final class RecordJudge {
    /// What is known of a record.
    struct Finding {
        var record: FindReport.Record
        /// The client's number in E.164, where the record is a leg.
        var number: String?
        /// When the record's leg began.
        var start: CallTime?
    }

    /// How the file separates fields and records.
    let dialect: Dialect
    /// How it writes its characters, where the format says.
    let encoding: TextEncoding?
    private let path: String
    private let source: SourceSettings
    private let folder: CallFolder
    private let ledger: Ledger?
    private var mapper: RecordMapper

    /// - Throws: ``ImportFault`` when the source cannot be used.
    init(path: String, _ source: SourceSettings, _ reader: SampleReader, _ ledger: Ledger?) throws(ImportFault) {
        self.path = path
        self.source = source
        self.ledger = ledger
        dialect = reader.file.dialect(of: reader.format)
        encoding = reader.format.encoding
        folder = CallFolder(format: reader.format)
        var mapper = try reader.mapper()
        // The header, which tells the columns, stands before everything else.
        var isInHeader = true
        reader.forEachRecord { record in
            guard isInHeader else { return }
            isInHeader = mapper.map(record) == .notData
        }
        self.mapper = mapper
    }

    /// What became of a record; `nil` for a header and the like.
    ///
    /// - Throws: ``ImportFault`` when the ledger cannot be read.
    func judge(_ record: borrowing Record) throws(ImportFault) -> Finding? {
        var found = FindReport.Record(path: path, line: record.position.line)
        switch mapper.map(record) {
        case .notData: return nil
        case .skipped(let reason):
            found.fate = "skipped"
            found.reason = reason.rawValue
            return Finding(record: found)
        case .rejected(let rejection):
            found.fate = "rejected"
            found.reason = rejection.reason
            found.message = rejection.message
            return Finding(record: found)
        case .leg(let leg):
            try judge(leg, &found)
            let number: String? = if case .number(let number) = leg.external { number } else { nil }
            return Finding(record: found, number: number, start: leg.start)
        }
    }

    private func judge(_ leg: Leg, _ found: inout FindReport.Record) throws(ImportFault) {
        found.key = leg.key
        found.start = UTCText.instant(leg.start.epochSeconds)
        let known = try ImportFault.translating { () throws(LedgerFault) in try ledger?.call(key: leg.key) }
        if let known {
            found.key = known.call.key
            found.fate = known.history.fingerprints.contains(leg.fingerprint) ? "call" : "late"
            found.message = "\(known.state)"
            return
        }
        switch folder.fold([leg]) {
        case .skipped(let reason):
            found.fate = "skipped"
            found.reason = reason.rawValue
        case .call(let call):
            let isOld = source.notBefore.map { call.start.epochSeconds < $0 } ?? false
            found.fate = isOld ? "skipped" : "new"
            found.reason = isOld ? "tooOld" : nil
        }
    }
}
