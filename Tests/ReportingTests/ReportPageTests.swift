// SPDX-License-Identifier: Apache-2.0

import Foundation
import Phrases
import Testing

@testable import CallReport
@testable import Reporting

/// The report as a page: what it says, what it hides, and that it needs nothing else.
@Suite struct ReportPageTests {
    private static func call(_ index: Int, _ outcome: ReportedCall.Outcome) -> ReportedCall {
        ReportedCall(
            source: "pbx<1>", start: 1_780_300_800 + Int64(index) * 3_600, offset: 7_200, direction: .incoming,
            outcome: outcome, phone: "+12025550\(100 + index % 20)", employee: "<b>", line: "a&b",
            talk: outcome == .answered ? 60 : 0, delivery: .delivered)
    }

    private static func page(calls: Int = 40) -> ReportPage {
        var summary = Summary()
        summary.run.outcome = "completed; some items need attention"
        summary.run.exitCode = 3
        summary.files = [Summary.File(path: "a<b>.csv", bytes: 1_000, records: 40)]
        summary.warnings = (1...45).map { "warning <\($0)>" }
        var figures = CallFigures()
        for index in 0..<calls { figures.add(call(index, index % 3 == 0 ? .missed : .answered)) }
        var status = LedgerStatus()
        status.portal = "company.test"
        status.path = "/var/lib/cdr24/cdr24.sqlite"
        var part = ReportPage.LedgerPart(status: status, figures: figures)
        part.needs = [
            Need(
                .held, reason: "noEmployee", count: 717, cause: Phrase("no extension"),
                names: ["101": 700, "<102>": 17],
                remedy: Phrase("set users.default"))
        ]
        part.coverage = CoverageJudge(figures.coverage, lastDay: LocalDay(20_640)).sources
        var page = ReportPage()
        page.summary = summary
        page.ledger = part
        page.now = 1_780_600_000
        page.madeAt = "2026-06-04T00:00:00Z"
        return page
    }

    @Test func `the verdict comes first, then what needs a person, then figures`() throws {
        let html = Self.page().html
        let places = try [
            "<h1>Completed; some items need attention</h1>",
            "717 held calls (noEmployee): no extension: 101 (700 calls), &lt;102&gt; (17 calls)", "set users.default",
            "Warnings", "Calls by day", "Missed calls",
            "Coverage",
        ].map { try #require(html.range(of: $0)?.lowerBound, "\($0)") }
        #expect(places == places.sorted())
        #expect(html.contains("and 15 more"))
    }

    @Test func `what comes from files is text, never HTML`() {
        let html = Self.page().html
        #expect(html.contains("a&lt;b&gt;.csv") && html.contains("&lt;b&gt;") && html.contains("a&amp;b"))
        #expect(html.contains("pbx&lt;1&gt;") && !html.contains("pbx<1>") && !html.contains("<b>"))
    }

    @Test func `numbers are masked unless they are asked for`() {
        var page = Self.page()
        #expect(!page.html.contains("+12025550100") && page.html.contains("+12•••••••00"))
        page.showsNumbers = true
        #expect(page.html.contains("+12025550100"))
    }

    @Test(arguments: [("", ""), ("101", "•••"), ("1234567", "•••••••"), ("12345678", "123•••78")])
    func `short numbers are hidden as a whole`(_ number: String, _ masked: String) {
        #expect(maskedNumber(number) == masked)
    }

    @Test func `the page needs no other file, no network and no script`() {
        let html = Self.page().html
        for word in ["http:", "https:", "<script", "@import", "url(", "src=", "<link"] {
            #expect(!html.contains(word), "\(word)")
        }
        #expect(html.hasSuffix("</html>\n"))
    }

    @Test func `a page without a ledger, without calls and without a run is complete too`() {
        var page = Self.page()
        page.ledger = nil
        #expect(page.html.contains("a&lt;b&gt;.csv") && page.html.hasSuffix("</html>\n"))
        #expect(Self.page(calls: 0).html.contains("717 held calls"))
        #expect(ReportPage().html.contains("<h1>No run yet</h1>"))
    }

    @Test func `a page in Russian has no English words but names, commands and what comes from outside`() {
        var page = Self.page()
        page.language = .russian
        page.summary?.warnings = []
        page.summary?.records.read = 3
        page.summary?.run.dryRun = true
        page.summary?.run.until = "2026-06-04T03:00:00Z"
        page.summary?.estimate = Summary.Estimate(
            calls: 4_000, allowed: 500, seconds: 5_820, byDeadline: 200, paceKnown: true, text: "500 calls to deliver")
        page.summary?.conclude(stopReason: nil, complaint: nil, problems: [Phrase("no extension")])
        page.ledger?.coverage = [Self.holes]
        #expect(page.html.contains("<html lang=\"ru\">"))
        let style = page.html.replacing(/<style>(?s:.)*?<\/style>/, with: "")
        let attributes = style.matches(of: /(?:title|aria-label)="([^"]*)"/).map { String($0.1) }
        let texts = [style.replacing(/<[^>]*>/, with: " ").replacing(/&[a-z]+;/, with: " ")] + attributes
        let words = Set(texts.flatMap { $0.matches(of: /[A-Za-z]{2,}/).map { String($0.0) } })
        let names: Set = [
            "until", "cdr", "company", "test", "var", "lib", "sqlite", "csv", "noEmployee", "users", "default", "pbx",
            "UTC",
        ]
        // The remedy of the need stands in no catalogue; the time zone is the machine's.
        let zone = LocalTime.zoneName(at: page.madeAt)
        let english = words.subtracting(names).subtracting(["set"]).filter { !zone.contains($0) }
        #expect(english.isEmpty, "\(english)")
        #expect(page.html.contains("перезвонили") && page.html.contains("выгрузка обрезана?"))
        #expect(
            page.html.contains("4\u{A0}000\u{A0}звонков, из них в этом запуске 500; займёт примерно 1 ч 35 мин"))
    }

    @Test func `the estimate is about what the run has left`() {
        var page = Self.page()
        page.summary?.estimate = Summary.Estimate(
            calls: 4_000, allowed: 500, seconds: 5_820, byDeadline: nil, paceKnown: true, text: "4,000 calls to deliver"
        )
        page.summary?.calls.pending = 3_500
        #expect(page.html.contains("Estimate: 3,500 calls to deliver: about 11 h 20 min at this portal's pace."))
        page.summary?.calls.pending = 0
        #expect(!page.html.contains("Estimate"))
    }

    @Test func `a line does not end within an option or a date`() {
        #expect(
            HTML.sentence("a<b: cdr24 failures --csv, since 2026-11-03, a-b")
                == "a&lt;b: cdr24 failures <span class=\"whole\">--csv,</span> since <span class=\"whole\">2026-11-03,</span> a-b"
        )
    }

    /// Days of every kind.
    private static var holes: SourceCoverage {
        let states: [CoveredDay.State] = [.complete, .partial, .missing, .quiet, .unknown]
        let holes: [[CoverageHole]] = [
            [], [.hours(from: 9, to: 12, usually: 40), .line("a&b", usually: 20)], [.day(usually: 60)],
            [.cutAt(hour: 14, usually: 30)], [],
        ]
        return SourceCoverage(
            source: "pbx1",
            days: zip(states, holes).enumerated().map { index, day in
                CoveredDay(day: LocalDay(20_600 + index), calls: index, state: day.0, holes: day.1)
            })
    }

    @Test(
        arguments: [
            (0, "0 s"), (59, "59 s"), (60, "1 min"), (3_599, "59 min"), (3_600, "1 h 00 min"), (11_100, "3 h 05 min"),
            (172_800, "2 d 0 h"), (180_000, "2 d 2 h"),
        ] as [(Int64, String)])
    func `spans of time`(_ seconds: Int64, _ text: String) { #expect(ReportPage().span(seconds) == text) }
}
