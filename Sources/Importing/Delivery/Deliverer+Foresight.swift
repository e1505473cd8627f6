// SPDX-License-Identifier: Apache-2.0

import Ledger
import Logging

extension Deliverer {
    /// How long the calls that are left will take.
    func forecast() -> Forecast {
        let now = time.monotonic()
        return pace.forecast(
            calls: max(0, total - over), allowed: remainingCalls, lanes: settings.portal.lanes,
            within: settings.deadline.map { max(.zero, $0 - now) }, at: now)
    }

    /// Calls that this run has brought to an end.
    private var over: Int {
        report.delivered + report.found + report.newlyHeld.values.reduce(0, +)
            + report.newlyRefused.values.reduce(0, +)
    }

    /// Says how long the run will take, once that is known.
    func announce() {
        guard report.forecast == nil else { return }
        let forecast = forecast()
        guard forecast.isPaceKnown else { return }
        report.forecast = forecast
        guard forecast.isWorthTelling else { return }
        let now = time.wall()
        let deadline = settings.deadline.map { now + ($0 - time.monotonic()).inSeconds }
        log.notice("\(forecast.text(now: now, deadline: deadline))")
    }

    /// Tells how far the run is.
    func reportProgress(waiting wait: DeliveryProgress.Wait? = nil) {
        onProgress(
            DeliveryProgress(
                done: report.delivered + report.found, total: total, unsettled: schedule.count, wait: wait,
                elapsed: time.monotonic() - startedAt,
                remaining: pace.isPaceKnown ? forecast().duration : nil))
    }
}
