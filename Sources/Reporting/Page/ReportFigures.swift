// SPDX-License-Identifier: Apache-2.0

import CallReport
import Phrases

/// The figures of the report for programs: `cdr24 report --json`.
///
/// The key paths are a contract with scripts: they are added to, never renamed.
package struct ReportFigures: JSONReport, Equatable {
    /// How many calls there were, how they ended and how long people talked.
    package struct Totals: Sendable, Equatable, Encodable {
        /// All calls: ``incoming`` and ``outgoing``, or ``answered``, ``missed`` and ``notConnected``.
        package let calls: Int
        /// Calls that clients made.
        package let incoming: Int
        /// Calls that employees made, and call-backs.
        package let outgoing: Int
        /// Calls in which the parties talked.
        package let answered: Int
        /// Incoming calls that nobody answered.
        package let missed: Int
        /// Calls that ended in another way.
        package let notConnected: Int
        /// Seconds that the parties talked.
        package let talkSeconds: Int64

        init(_ totals: CallTotals) {
            calls = totals.calls
            incoming = totals.incoming
            outgoing = totals.outgoing
            answered = totals.answered
            missed = totals.missed
            notConnected = totals.notConnected
            talkSeconds = totals.talk
        }
    }

    /// A day, an hour, a weekday, an extension or a line with its totals.
    package struct Part: Sendable, Equatable, Encodable {
        /// `2026-11-01`, `0`…`23`, `Monday`, the extension or the line; missing for calls without one.
        package let name: String?
        /// Its calls.
        package let totals: Totals
    }

    /// The newest day beside those before it.
    package struct NewestDay: Sendable, Equatable, Encodable {
        /// `yyyy-mm-dd`.
        package let day: String
        /// Its calls.
        package let totals: Totals
        /// The mean of calls a day over the 7 days before; missing where the figures do not go back so far.
        package let meanOf7: Double?
        /// The mean of calls a day over the 30 days before; missing likewise.
        package let meanOf30: Double?
    }

    /// Calls that wait for a person for one reason.
    package struct OpenItem: Sendable, Equatable, Encodable {
        /// `held` or `refused`.
        package let state: String
        /// A stable camel-case word.
        package let reason: String
        /// How many.
        package let calls: Int
        /// What to do.
        package let remedy: String
    }

    /// A missed call that nobody called back.
    package struct MissedCall: Sendable, Equatable, Encodable {
        /// The client's number, masked unless numbers are asked for.
        package let number: String
        /// `yyyy-mm-dd hh:mm` by the phone system's clock.
        package let start: String
        /// How long ago it was when the report was made, in seconds.
        package let secondsAgo: Int64
        /// The source, by its `key_prefix`.
        package let source: String
        /// The employee's extension; missing without one.
        package let `extension`: String?
        /// The line; missing without one.
        package let line: String?
        /// Whether the client reached somebody later.
        package let gotThroughLater: Bool
    }

    /// Missed calls of the period.
    package struct Missed: Sendable, Equatable, Encodable {
        /// How many.
        package let calls: Int
        /// How many of them were called back.
        package let calledBack: Int
        /// The median time from a missed call to the call back, in seconds; missing where nobody called back.
        package let medianSecondsToCallBack: Int64?
        /// The others, the oldest first.
        package let neverCalledBack: [MissedCall]
    }

    /// Something that is usually there and was not.
    package struct Hole: Sendable, Equatable, Encodable {
        /// `day`, `hours`, `cutAt` or `line`.
        package let kind: String
        /// The first hour without calls; missing for days and lines.
        package var fromHour: Int?
        /// The hour at whose beginning they end; missing but for `hours`.
        package var toHour: Int?
        /// The line; missing for the other kinds.
        package var line: String?
        /// How many calls there usually are.
        package let usually: Int
    }

    /// A day of a source.
    package struct Day: Sendable, Equatable, Encodable {
        /// `yyyy-mm-dd`.
        package let day: String
        /// Its calls.
        package let calls: Int
        /// `complete`, `partial`, `missing`, `quiet` or `notJudged`.
        package let state: String
        /// What is missing.
        package let holes: [Hole]
    }

    /// The days of a source.
    package struct Source: Sendable, Equatable, Encodable {
        /// Its `key_prefix`.
        package let source: String
        /// Every day from its first.
        package let days: [Day]
    }

    /// The name and version of this form.
    package let schema = "cdr24.report/1"
    /// When the report was made: ISO 8601, UTC.
    package let madeAt: String
    /// The machine's name.
    package let host: String
    /// The portal that the ledger belongs to; missing where there is none yet.
    package let portal: String?
    /// The first day of the period; missing where it begins with the first call.
    package let since: String?
    /// The last run; missing before the first.
    package let lastRun: Summary.Run?
    /// Held and refused calls by cause.
    package let attention: [OpenItem]
    /// Reason -> rejected records that nobody has dealt with.
    package let rejects: [String: Int]
    /// The newest day that has calls; missing without calls.
    package let newestDay: NewestDay?
    /// All calls of the period.
    package let totals: Totals
    /// The days of the period that have calls.
    package let days: [Part]
    /// The hours of the phone system's clock, 24.
    package let hours: [Part]
    /// The days of the week, Monday first.
    package let weekdays: [Part]
    /// The employees, those with most calls first.
    package let employees: [Part]
    /// The lines, those with most calls first.
    package let lines: [Part]
    /// Missed calls.
    package let missed: Missed
    /// What arrived of which source on which day.
    package let coverage: [Source]
}

extension ReportPage {
    /// The page's figures for programs; `nil` where the ledger could not be read.
    package var figures: ReportFigures? {
        guard let ledger else { return nil }
        let figures = ledger.figures
        let first = ledger.since ?? LocalDay(.min)
        return ReportFigures(
            madeAt: madeAt, host: host, portal: ledger.status.portal, since: ledger.since?.text, lastRun: summary?.run,
            attention: ledger.needs.filter { $0.kind != .rejected }.map {
                .init(
                    state: $0.kind.rawValue, reason: $0.reason ?? "", calls: $0.count, remedy: $0.remedy?.english ?? "")
            },
            rejects: Dictionary(
                ledger.needs.filter { $0.kind == .rejected }.map { ($0.reason ?? "", $0.count) },
                uniquingKeysWith: +),
            newestDay: figures.comparison.map {
                .init(day: $0.day.text, totals: .init($0.totals), meanOf7: $0.meanOf7, meanOf30: $0.meanOf30)
            },
            totals: .init(figures.totals),
            days: figures.byDay.filter { $0.day >= first }.map { .init(name: $0.day.text, totals: .init($0.totals)) },
            hours: figures.byHour.enumerated().map { .init(name: "\($0)", totals: .init($1)) },
            weekdays: zip(Self.weekdays, figures.byWeekday).map { .init(name: $0.name.english, totals: .init($1)) },
            employees: figures.byEmployee.map { .init(name: $0.name, totals: .init($0.totals)) },
            lines: figures.byLine.map { .init(name: $0.name, totals: .init($0.totals)) },
            missed: missedFigures(figures.missed),
            coverage: ledger.coverage.map { source in
                .init(source: source.source, days: source.days.filter { $0.day >= first }.map(ReportFigures.Day.init))
            })
    }

    private func missedFigures(_ missed: MissedCalls) -> ReportFigures.Missed {
        .init(
            calls: missed.count, calledBack: missed.calledBack, medianSecondsToCallBack: missed.medianDelay,
            neverCalledBack: missed.neverCalledBack.map { item in
                .init(
                    number: shown(item.call.phone), start: item.call.localStart.text,
                    secondsAgo: max(0, now - item.call.start), source: item.call.source,
                    extension: item.call.employee, line: item.call.line, gotThroughLater: item.gotThrough)
            })
    }
}

extension ReportFigures.Day {
    fileprivate init(_ covered: CoveredDay) {
        self.init(
            day: covered.day.text, calls: covered.calls, state: Self.word(covered.state),
            holes: covered.holes.map(ReportFigures.Hole.init))
    }

    private static func word(_ state: CoveredDay.State) -> String {
        switch state {
        case .complete: "complete"
        case .partial: "partial"
        case .missing: "missing"
        case .quiet: "quiet"
        case .unknown: "notJudged"
        }
    }
}

extension ReportFigures.Hole {
    fileprivate init(_ hole: CoverageHole) {
        switch hole {
        case .day(let usually): self.init(kind: "day", usually: usually)
        case .hours(let from, let to, let usually):
            self.init(kind: "hours", fromHour: from, toHour: to, usually: usually)
        case .cutAt(let hour, let usually): self.init(kind: "cutAt", fromHour: hour, usually: usually)
        case .line(let line, let usually): self.init(kind: "line", line: line, usually: usually)
        }
    }
}
