// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallRecords
import DelimitedText
import ExitCodes
import Intake
import Phrases
import Reporting

/// Looks at one file of a source as an import would read it.
struct FileCheck {
    private let configuration: ImportConfiguration
    private let source: SourceSettings
    private let format: FormatDefinition
    private let isNewLedger: Bool
    private let now: Int64

    private static let mostNames = 8
    /// The oldest that a new ledger's calls may be without `not_before`.
    private static let historyLimit: Int64 = 3 * 86_400

    init(
        _ configuration: ImportConfiguration, _ source: SourceSettings, _ format: FormatDefinition, isNewLedger: Bool,
        now: Int64
    ) {
        self.configuration = configuration
        self.source = source
        self.format = format
        self.isNewLedger = isNewLedger
        self.now = now
    }

    func run(_ path: String, _ report: inout CheckReport) {
        do throws(ImportFault) {
            let reader = try SampleReader(path: path, source, configuration)
            let tally = FileTally(try reader.mapper())
            compareFormat(
                FormatRecognition.recognise(reader.file.head, isWhole: reader.file.isWhole), path, &report)
            reader.forEachRecord { tally.take($0) }
            judge(tally, path, &report)
            let file = reader.file
            for advice in format.advice(on: file.head, isWhole: file.isWhole, dialect: file.dialect(of: format)) {
                report.fine(path, advice)
            }
        } catch {
            report.fail(path, error)
        }
    }

    private func compareFormat(_ recognition: FormatRecognition, _ path: String, _ report: inout CheckReport) {
        if let kind = recognition.otherKind {
            report.warn(path, "this is \(kind); remove it from files")
        } else if let best = recognition.best, !format.bases.contains(best.name),
            !recognition.candidates.contains(where: { format.bases.contains($0.name) && $0.confidence > 0.8 })
        {
            report.warn(
                path,
                "looks like \(best.title) (\(Int(best.confidence * 100)) %), not like \(format.title); try format: "
                    + best.name)
        }
    }

    private func judge(_ tally: FileTally, _ path: String, _ report: inout CheckReport) {
        guard tally.records > 0 else {
            report.warn(path, "no records yet")
            return
        }
        for (reason, found) in tally.rejected.sorted(by: { $0.key < $1.key }) {
            report.warn(
                path,
                "rejected (\(reason)): \(grouped(found.count)) of \(counted(tally.records, "record")), the first at line "
                    + "\(found.line): \(found.message); see: cdr24 preview \(path)")
        }
        judgeZone(tally, path, &report)
        if format.isProbablyCut(records: tally.records) {
            report.warn(
                path,
                """
                exactly \(counted(tally.records, "record")), the limit of such an export, so calls may be missing; export \
                a shorter period, or raise the limit
                """)
        }
        for remark in tally.mapper.clockDoubts.remarks { report.warn(path, remark) }
        judgeHistory(tally, path, &report)
        judgeNames(tally, path, &report)
        report.fine(path, "\(counted(tally.records, "record")) read, \(grouped(tally.legs)) of them legs of calls")
    }

    private func judgeZone(_ tally: FileTally, _ path: String, _ report: inout CheckReport) {
        guard source.checksZone, let mode = tally.mapper.zoneEvidence.mode else { return }
        guard let wrong = tally.mapper.zoneEvidence.contradiction else {
            if mode.minutes == 0 {
                report.fine(path, "the IDs in \(counted(mode.count, "record")) confirm the time zone")
            }
            return
        }
        report.fail(path, wrong.complaint(zone: source.timeZone), exitStatus: .configuration)
    }

    private func judgeHistory(_ tally: FileTally, _ path: String, _ report: inout CheckReport) {
        guard isNewLedger, source.notBefore == nil, let oldest = tally.oldest, oldest < now - Self.historyLimit else {
            return
        }
        let zone = SourceZone(source.timeZone)
        report.fail(
            path,
            """
            the ledger is new, and the oldest call is from \(zone.day(oldest)); set the first day to import: write \
            not_before: \(zone.day(oldest)) to import all calls, or not_before: \(zone.day(now)) to leave out the past
            """, exitStatus: .configuration)
    }

    private func judgeNames(_ tally: FileTally, _ path: String, _ report: inout CheckReport) {
        let unmapped = tally.extensions.filter { configuration.users.extensions.isUnknown($0.key) }
        if !unmapped.isEmpty {
            report.warn(path, UnmappedNames.extensions(unmapped, .record, limit: Self.mostNames).english)
        }
        if !tally.mapper.unmappedLines.isEmpty {
            report.warn(path, UnmappedNames.lines(tally.mapper.unmappedLines, limit: Self.mostNames).english)
        }
    }
}

/// What the records at the beginning of a file give.
private final class FileTally {
    var mapper: RecordMapper
    var records = 0
    var legs = 0
    /// The start of the oldest call, in seconds since 1970.
    var oldest: Int64?
    var extensions: [String: Int] = [:]
    var rejected: [String: (count: Int, line: Int64, message: String)] = [:]

    /// Enough to know a file by, and quickly read.
    private static let mostRecords = 20_000

    init(_ mapper: RecordMapper) { self.mapper = mapper }

    func take(_ record: borrowing Record) {
        guard records < Self.mostRecords else { return }
        switch mapper.map(record) {
        case .notData: return
        case .skipped: break
        case .rejected(let rejection):
            let line = Int64(record.position.line)
            rejected[rejection.reason, default: (0, line, rejection.message)].count += 1
        case .leg(let leg):
            legs += 1
            oldest = min(oldest ?? leg.start.epochSeconds, leg.start.epochSeconds)
            if leg.direction != .internal, let name = leg.employeeExtension { extensions[name, default: 0] += 1 }
        }
        records += 1
    }
}
