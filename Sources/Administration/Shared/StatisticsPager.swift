// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Clocks
import Importing
import Logging

/// Reads the portal's statistics of a time, page by page within the portal's limits, and says how long that takes.
struct StatisticsPager: Sendable {
    private let probe: PortalProbe
    private let time: TimeSource
    private let log: Logger

    /// The pages of one request: 500 rows are some hundred kilobytes, and some seconds of the portal's time.
    private static let pagesPerRequest = 10
    /// The pause between two requests: the portal grants two a second to everybody on this address.
    private static let pause = Duration.milliseconds(500)
    /// A shorter time is not worth telling, in seconds.
    private static let noticeableTime = 20.0

    init(_ probe: PortalProbe, time: TimeSource, log: Logger) {
        self.probe = probe
        self.time = time
        self.log = log
    }

    /// Asks for all rows of calls that began in a time.
    ///
    /// - Parameters:
    ///   - from: The first start, in seconds since 1970.
    ///   - to: The last start.
    ///   - take: Called with each row once, in ascending order of their IDs.
    func forEachRow(
        from: Int64, to: Int64, _ take: (StatisticRow) -> Void
    ) async throws(PortalProbe.Failure) {
        var highest: Int64 = 0
        var next = 0
        var total = 1
        while next < total {
            let start = time.monotonic()
            // The first page tells how many there are.
            let count = next == 0 ? 1 : min(Self.pagesPerRequest, (total - next - 1) / StatisticQuery.pageSize + 1)
            let starts = (0..<count).map { next + $0 * StatisticQuery.pageSize }
            let pages = try await probe.pages(
                starts.map {
                    StatisticQuery.between(
                        PortalDate(epochSeconds: from), PortalDate(epochSeconds: to), start: $0)
                })
            for page in pages {
                for row in page.rows where row.id > highest {
                    highest = row.id
                    if let began = row.startEpoch, (from...to).contains(began) { take(row) }
                }
                total = page.total ?? (page.rows.isEmpty ? next : total)
            }
            next += count * StatisticQuery.pageSize
            if count == 1 { tell(total, pageTook: (time.monotonic() - start).inSeconds) }
            guard next < total else { return }
            // A task that is cancelled asks nothing more: the next request would fail.
            try? await time.sleep(time.monotonic() + Self.pause)
        }
    }

    private func tell(_ total: Int, pageTook seconds: Double) {
        let pages = Double((total - 1) / StatisticQuery.pageSize + 1)
        let requests = (pages / Double(Self.pagesPerRequest)).rounded(.up)
        let expected = pages * seconds + requests * Self.pause.inSeconds
        guard expected >= Self.noticeableTime else { return }
        log.notice(
            "reading \(total) rows of the portal's call statistics; this takes about \(Int((expected / 60).rounded(.up))) min"
        )
    }
}
