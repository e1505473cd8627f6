// SPDX-License-Identifier: Apache-2.0

package import CDRConfiguration
import CallLifecycle
import CallRecords
package import CallReport
package import Clocks
package import ExitCodes
import Foundation
import Importing
import Ledger
package import Phrases
package import Reporting

/// `cdr24 report`: the HTML page, made from the ledger alone.
package struct ReportReader: Sendable {
    private let ledger: LedgerAccess
    private let language: Language
    private let showsNumbers: Bool
    private let time: TimeSource

    /// How far before the period calls are read: what is usual is judged by eight weeks, the mean by 30 days.
    private static let daysBefore: Int64 = 57

    /// How many days the report of an import covers: enough to judge every weekday, and read within a second.
    private static let daysOfImport = 90

    /// Prepares to read the ledger of a configuration.
    ///
    /// - Parameters:
    ///   - language: The language of the page.
    ///   - showsNumbers: Whether clients' numbers are shown as they are; `nil`: as the configuration says.
    package init(
        _ configuration: ImportConfiguration, language: Language = .english, showsNumbers: Bool? = nil,
        time: TimeSource = .system
    ) {
        self.language = language
        ledger = LedgerAccess(path: configuration.ledger)
        self.showsNumbers = showsNumbers ?? configuration.reportsShowNumbers
        self.time = time
    }

    /// The page about the last run and the calls of a period.
    ///
    /// - Parameter day: The first day of the period; `nil`: from the first call on.
    /// - Throws: ``ImportFault``; `input` when there is no ledger or it cannot be read.
    package func page(since day: LocalDay?) throws(ImportFault) -> ReportPage {
        let status = try StatusReader(ledger).status()
        return try ledger.reading { ledger throws(LedgerFault) in
            // A summary that an earlier version wrote in another form tells nothing; the calls are there all the same.
            var page = page(of: try ledger.lastSummary().flatMap { try? Summary(json: $0) })
            page.ledger = try part(of: ledger, status, since: day)
            return page
        }
    }

    /// The page about a run that has just ended, with the calls of the last 90 days.
    ///
    /// Where the ledger cannot be read the page tells of the run alone, which says why.
    package func page(about summary: Summary) -> ReportPage {
        let today = LocalMoment(time.wallSeconds, offset: 0).day
        // The summary itself says what is wrong with the ledger.
        var page = (try? page(since: LocalDay(today.number - Self.daysOfImport))) ?? page(of: nil)
        page.summary = summary
        return page
    }

    /// The last seven days of every source; none where the ledger cannot be read.
    package var lastDays: [SourceCoverage] {
        let today = LocalMoment(time.wallSeconds, offset: 0).day
        let first = LocalDay(today.number - Self.daysOfMetrics + 1)
        // The summary itself says what is wrong with the ledger.
        let sources = try? ledger.reading { ledger throws(LedgerFault) in
            var figures = CallFigures()
            try ledger.glance(from: (Int64(first.number) - Self.daysBefore) * 86_400) { figures.add(ReportedCall($0)) }
            return CoverageJudge(figures.coverage, lastDay: today).sources
        }
        return (sources ?? []).map { $0.since(first) }
    }

    /// How many days metrics tell of: what an alert is about should be news.
    private static let daysOfMetrics = 7

    /// The page about a run that could not begin, for example because its configuration is wrong.
    package static func page(
        ofRunAlone summary: Summary, language: Language = .english, time: TimeSource = .system
    ) -> ReportPage {
        page(of: summary, language, showsNumbers: false, time)
    }

    private func page(of summary: Summary?) -> ReportPage {
        Self.page(of: summary, language, showsNumbers: showsNumbers, time)
    }

    private static func page(
        of summary: Summary?, _ language: Language, showsNumbers: Bool, _ time: TimeSource
    ) -> ReportPage {
        var page = ReportPage()
        page.summary = summary
        page.language = language
        page.madeAt = UTCText.instant(time.wallSeconds)
        page.now = time.wallSeconds
        page.host = ProcessInfo.processInfo.hostName
        page.showsNumbers = showsNumbers
        return page
    }

    private func part(
        of ledger: Ledger, _ status: LedgerStatus, since day: LocalDay?
    ) throws(LedgerFault) -> ReportPage.LedgerPart {
        let since = day.map { Int64($0.number) * 86_400 }
        var figures = CallFigures(since: since ?? .min)
        try ledger.glance(from: since.map { $0 - Self.daysBefore * 86_400 } ?? .min) { figures.add(ReportedCall($0)) }
        var part = ReportPage.LedgerPart(status: status, figures: figures)
        part.since = day
        let today = LocalMoment(time.wallSeconds, offset: 0).day
        part.coverage = CoverageJudge(figures.coverage, lastDay: today).sources
        part.needs = try ledger.attention().needs
        return part
    }
}

extension ReportedCall {
    fileprivate init(_ glance: CallGlance) {
        let direction: Direction =
            switch glance.type {
            case .incoming, .incomingRedirected: .incoming
            case .outgoing: .outgoing
            case .callback, .informational: .other
            }
        let outcome: Outcome =
            switch glance.status {
            case .success: .answered
            case .missed where direction == .incoming: .missed
            default: .notConnected
            }
        let delivery: Delivery =
            switch glance.state {
            case .delivered, .deliveredByOthers: .delivered
            case .held: .held
            case .refused: .refused
            case .waiting, .pending, .registering, .registered, .finishing, .unsettled: .pending
            }
        self.init(
            source: glance.source, start: glance.start.epochSeconds, offset: glance.start.offsetSeconds,
            direction: direction, outcome: outcome, phone: glance.phone, employee: glance.employeeExtension,
            line: glance.line, talk: glance.talk, delivery: delivery)
    }
}
