// SPDX-License-Identifier: Apache-2.0

import CallRecords
import DelimitedText
import Reporting
import Settings

/// Looks at one file of a source as an import would read it.
struct FileCheck {
    private let configuration: Configuration
    private let source: SourceSettings
    private let format: FormatDefinition
    private let isNewLedger: Bool
    private let now: Int64

    private static let mostRecords = 20_000
    private static let mostNames = 8
    /// The oldest that a new ledger's calls may be without `not_before`.
    private static let historyLimit: Int64 = 3 * 86_400

    init(
        _ configuration: Configuration, _ source: SourceSettings, _ format: FormatDefinition, isNewLedger: Bool,
        now: Int64
    ) {
        self.configuration = configuration
        self.source = source
        self.format = format
        self.isNewLedger = isNewLedger
        self.now = now
    }

    func run(_ path: String, _ report: inout CheckReport) {
        let file: SampleFile
        let mapper: RecordMapper
        do {
            file = try SampleFile(path: path, encoding: format.encoding)
            mapper = try RecordMapper(format: format, context: MappingContext(source, configuration))
        } catch {
            report.fail(path, "\(error)", exitCode: (error as? ImportFault)?.exitCode ?? 78)
            return
        }
        compareFormat(FormatRecognition.recognise(file.head, isWhole: file.isWhole), path, &report)
        let tally = Tally(mapper)
        var scanner = RecordScanner(dialect: format.dialect)
        scanner.expectedFieldCount = format.expectedFieldCount
        file.head.withUnsafeBytes { all in scanner.scan(all) { tally.take($0) } }
        if file.isWhole { scanner.finish { tally.take($0) } }
        judge(tally, path, &report)
    }

    private func compareFormat(_ recognition: FormatRecognition, _ path: String, _ report: inout CheckReport) {
        if let kind = recognition.otherKind {
            report.warn(path, "it is \(kind); take it out of files")
        } else if let best = recognition.best, best.name != format.name,
            !recognition.candidates.contains(where: { $0.name == format.name && $0.confidence > 0.8 })
        {
            report.warn(
                path,
                """
                it looks like \(best.title) (\(Int(best.confidence * 100)) %), not like \(format.title); perhaps \
                format: \(best.name)
                """)
        }
    }

    private func judge(_ tally: Tally, _ path: String, _ report: inout CheckReport) {
        guard tally.records > 0 else {
            report.warn(path, "it has no records yet")
            return
        }
        for (reason, found) in tally.rejected.sorted(by: { $0.key < $1.key }) {
            report.warn(
                path,
                "\(found.count) of \(tally.records) records are rejected (\(reason)), the first in line "
                    + "\(found.line): \(found.message); see: cdr24 preview \(path)")
        }
        judgeZone(tally, path, &report)
        if format.isProbablyCut(records: tally.records) {
            report.warn(
                path, "it has exactly \(tally.records) records, the limit of such an export: calls may be missing")
        }
        for remark in tally.mapper.clockDoubts.remarks { report.warn(path, remark) }
        judgeHistory(tally, path, &report)
        judgeNames(tally, path, &report)
        report.fine(path, "\(tally.records) records looked at, \(tally.legs) of calls")
    }

    private func judgeZone(_ tally: Tally, _ path: String, _ report: inout CheckReport) {
        guard source.checksZone, let mode = tally.mapper.zoneEvidence.mode else { return }
        guard let wrong = tally.mapper.zoneEvidence.contradiction else {
            if mode.minutes == 0 { report.fine(path, "its ids agree with the time zone in \(mode.count) records") }
            return
        }
        report.fail(path, wrong.complaint(zone: source.timeZone), exitCode: 78)
    }

    private func judgeHistory(_ tally: Tally, _ path: String, _ report: inout CheckReport) {
        guard isNewLedger, source.notBefore == nil, let oldest = tally.oldest, oldest < now - Self.historyLimit else {
            return
        }
        report.fail(
            path,
            """
            the ledger is new and calls reach back to \(RunReport.day(oldest)); write not_before: \
            \(RunReport.day(oldest)) to import them all, or not_before: \(RunReport.day(now)) to leave the past out
            """, exitCode: 78)
    }

    private func judgeNames(_ tally: Tally, _ path: String, _ report: inout CheckReport) {
        let unmapped = tally.extensions.filter { configuration.users.extensions.isUnknown($0.key) }
        if !unmapped.isEmpty {
            report.warn(
                path,
                """
                \(unmapped.count) extensions are not in users.extensions, and the portal will look them up by the \
                inner number: \(Self.listed(unmapped))
                """)
        }
        if !tally.mapper.unmappedLines.isEmpty {
            report.warn(
                path,
                "trunks or called numbers without a line, sent without LINE_NUMBER: "
                    + "\(Self.listed(tally.mapper.unmappedLines)); add them to lines")
        }
    }

    /// The most frequent names with their counts.
    private static func listed(_ counts: [String: Int]) -> String {
        let ranked = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let shown = ranked.prefix(mostNames).map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
        return ranked.count > mostNames ? "\(shown) and \(ranked.count - mostNames) more" : shown
    }

    /// What the records of the file give.
    private final class Tally {
        var mapper: RecordMapper
        var records = 0
        var legs = 0
        var oldest: Int64?
        var extensions: [String: Int] = [:]
        var rejected: [String: (count: Int, line: Int64, message: String)] = [:]

        init(_ mapper: RecordMapper) { self.mapper = mapper }

        func take(_ record: borrowing Record) {
            guard records < FileCheck.mostRecords else { return }
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
}
