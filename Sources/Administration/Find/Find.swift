// SPDX-License-Identifier: Apache-2.0

package import CDRConfiguration
import CallLifecycle
import CallRecords
import Clocks
import DelimitedText
package import ExitCodes
import Importing
import Intake
import Ledger
package import Reporting

/// `cdr24 find`: where a client's calls went, and why.
package struct Find: Sendable {
    private let configuration: ImportConfiguration
    private let number: SoughtNumber
    private let day: String?
    private let limit: Int

    /// Prepares to look for a number.
    ///
    /// - Parameters:
    ///   - number: As a person writes it; only its digits count.
    ///   - day: Only calls of this day on the phone system's clock, `yyyy-mm-dd`; `nil`: all.
    ///   - limit: The most calls, and the most records, that are shown; 0 or more.
    /// - Throws: ``ImportFault/usage(_:)`` when it has too few digits to tell clients apart.
    package init(
        _ configuration: ImportConfiguration, number: String, day: String?, limit: Int
    ) throws(ImportFault) {
        guard let number = SoughtNumber(number) else {
            throw .usage("expected a telephone number with at least \(SoughtNumber.fewestDigits) digits")
        }
        self.configuration = configuration
        self.number = number
        self.day = day
        self.limit = limit
    }

    /// Looks into the ledger, then into the files of the configuration that are still there.
    ///
    /// - Throws: ``ImportFault``; `input` when the ledger or a file cannot be read, `configuration` when a source cannot be
    ///   used.
    package func run() throws(ImportFault) -> FindReport {
        var report = FindReport(number: number.text, day: day)
        let ledger = try LedgerAccess(path: configuration.ledger).openForReading()
        if ledger == nil { report.notes.append("there is no ledger \(configuration.ledger) yet") }
        do throws(ImportFault) {
            try findCalls(ledger, &report)
            for source in configuration.sources { try findRecords(of: source, ledger, &report) }
        } catch {
            // Nothing was written.
            try? ledger?.close()
            throw error
        }
        try ImportFault.translating { () throws(LedgerFault) in try ledger?.close() }
        if configuration.sources.isEmpty { report.notes.append("no source is configured, so no file was searched") }
        return report
    }

    private func findCalls(_ ledger: Ledger?, _ report: inout FindReport) throws(ImportFault) {
        guard let ledger else { return }
        let found = try ImportFault.translating { () throws(LedgerFault) in
            try ledger.calls(numberEndingIn: number.suffix)
        }.filter { number.isIn($0.phoneNumber) && isOfDay($0.call.start) }
        report.moreCalls = max(0, found.count - limit)
        report.calls = found.prefix(limit).map(FindReport.Call.init)
    }

    private func isOfDay(_ start: CallTime) -> Bool {
        day.map { $0 == UTCText.day(start.epochSeconds + Int64(start.offsetSeconds)) } ?? true
    }

    /// Looks into the files of a source.
    private func findRecords(
        of source: SourceSettings, _ ledger: Ledger?, _ report: inout FindReport
    ) throws(ImportFault) {
        let files: [String]
        do throws(ImportFault) {
            files = try FileSelection.files(source.files)
        } catch {
            return report.notes.append("\(error)")
        }
        for path in files where path != "-" {
            let judge = try RecordJudge(path: path, source, SampleReader(path: path, source, configuration), ledger)
            let search = NumberSearch(
                path: path, digits: number.searched, dialect: judge.dialect, encoding: judge.encoding)
            func take(_ record: borrowing Record) throws(ImportFault) -> Bool {
                guard let found = try judge.judge(record), found.number.map(number.isIn) ?? true,
                    found.start.map(isOfDay) ?? true
                else { return true }
                if report.records.count < limit { report.records.append(found.record) } else { report.moreRecords += 1 }
                return report.moreRecords < NumberSearch.mostHits
            }
            try search.forEachRecord { record throws(ImportFault) in try take(record) }
        }
    }
}

/// A number as a person gives it, to be found in any spelling.
struct SoughtNumber: Sendable {
    /// As it was given.
    let text: String
    private let digits: String

    /// Fewer digits are an extension or part of every number.
    static let fewestDigits = 5
    /// So many last digits of a number stand in a file however its beginning is written.
    private static let localDigits = 7
    /// So many last digits tell clients apart in every country.
    private static let tellingDigits = 10

    init?(_ text: String) {
        let digits = text.filter { $0.isASCII && $0.isNumber }
        guard digits.count >= Self.fewestDigits else { return nil }
        self.text = text
        self.digits = String(digits.drop { $0 == "0" })
    }

    /// What an E.164 number ends in.
    var suffix: String { String(digits.suffix(Self.tellingDigits)) }

    /// What a file is searched for.
    var searched: String { String(digits.suffix(Self.localDigits)) }

    /// Whether an E.164 number is this one.
    func isIn(_ number: String) -> Bool { number.hasSuffix(suffix) }
}

extension FindReport.Call {
    /// A call of the ledger.
    init(_ call: TrackedCall) {
        self.init(
            key: call.key, state: "\(call.state)", reason: call.progress.reason, note: call.progress.note,
            start: UTCText.instant(call.call.start.epochSeconds),
            localStart: UTCText.local(call.call.start.epochSeconds, offset: Int(call.call.start.offsetSeconds)),
            direction: "\(call.call.type)",
            employee: call.call.employeeExtension, portalCallID: call.progress.portalCallID,
            statisticID: call.progress.statisticID)
    }
}
