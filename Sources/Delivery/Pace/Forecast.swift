// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Clocks
package import Foundation

/// How long the calls that wait will take at the portal's pace.
package struct Forecast: Sendable, Equatable {
    /// Calls that wait to be delivered.
    package var calls: Int
    /// How many of them `--max-calls` lets this run deliver.
    package var allowed: Int
    /// How long those take, counted from now.
    package var duration: Duration
    /// How many of those are delivered by the time that `--until` gives; `nil`: it gives none.
    package var byDeadline: Int?
    /// Whether the portal's costs are known; otherwise those of its documents are assumed.
    package var isPaceKnown: Bool

    /// Whether a person would want to be told: it takes a minute or more, or not everything will be done.
    package var isWorthTelling: Bool {
        calls > 0 && allowed > 0
            && (duration >= .seconds(60) || allowed < calls || byDeadline.map { $0 < allowed } ?? false)
    }

    /// The forecast as one sentence, without a full stop.
    ///
    /// - Parameters:
    ///   - now: The wall clock, in seconds since 1970; `nil` when nothing begins now.
    ///   - deadline: The moment that `--until` gives, likewise.
    ///   - zone: The zone in which times of day are given.
    package func text(now: Double?, deadline: Double?, zone: TimeZone = .current) -> String {
        let pace = isPaceKnown ? "at this portal's pace" : "assuming the costs in the Bitrix24 documentation"
        let end =
            if let now, duration < .seconds(86_400) {
                ", until about \(Self.time(now + duration.inSeconds, zone))"
            } else {
                ""
            }
        var text = "\(Self.calls(calls)) to deliver"
        if allowed < calls { text += ", \(Self.grouped(allowed)) of them in this run" }
        text += ": about \(Self.words(duration)) \(pace)\(end)"
        if let byDeadline, let deadline, byDeadline < allowed {
            text +=
                "; about \(Self.grouped(Self.rounded(byDeadline))) of them by \(Self.date(deadline, zone)) (--until)"
            text += ", the rest in the next run"
        }
        return text
    }

    /// A duration as a person says it: `40 s`, `12 min`, `1 h 35 min`, `2 d 3 h`.
    package static func words(_ duration: Duration) -> String {
        let seconds = max(0, duration.inSeconds)
        switch seconds {
        case ..<55: return "\(max(1, Int(seconds.rounded(.up)))) s"
        case ..<3_570: return "\(max(1, Int((seconds / 60).rounded()))) min"
        case ..<84_600:
            let minutes = Int((seconds / 300).rounded()) * 5
            return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
        default:
            let hours = Int((min(seconds, 1e12) / 3_600).rounded())
            return hours % 24 == 0 ? "\(hours / 24) d" : "\(hours / 24) d \(hours % 24) h"
        }
    }

    private static func time(_ moment: Double, _ zone: TimeZone) -> String {
        let seconds = Int(moment) + zone.secondsFromGMT(for: Date(timeIntervalSince1970: moment))
        let minutes = ((seconds % 86_400) + 86_400) % 86_400 / 60
        return String(format: "%02d:%02d", minutes / 60, minutes % 60)
    }

    /// A moment's date and time of day, to the minute: `2026-11-29 06:00`.
    ///
    /// - Parameter moment: Seconds since 1970.
    package static func date(_ moment: Double, _ zone: TimeZone = .current) -> String {
        let shifted = Date(
            timeIntervalSince1970: moment + Double(zone.secondsFromGMT(for: Date(timeIntervalSince1970: moment))))
        return "\(shifted.formatted(.iso8601.year().month().day())) \(time(moment, zone))"
    }

    /// Two digits say as much as is known.
    private static func rounded(_ count: Int) -> Int {
        var step = 1
        while count / step >= 100 { step *= 10 }
        return count / step * step
    }

    private static func calls(_ count: Int) -> String { count == 1 ? "1 call" : "\(grouped(count)) calls" }

    private static func grouped(_ number: Int) -> String {
        number < 1_000 ? "\(number)" : "\(grouped(number / 1_000)),\(String(format: "%03d", number % 1_000))"
    }
}

extension DeliveryPace {
    /// Seconds that an unknown portal is assumed to take for a command: the documents' example.
    private static let documentedSeconds: [Phase: Double] = [.register: 1.12, .finish: 2.3]

    /// Whether the cost of both phases has been seen.
    package var isPaceKnown: Bool {
        Phase.allCases.allSatisfy {
            sizers[$0]?.secondsPerCommand != nil && budget.learnedCost(of: $0.method) != nil
        }
    }

    /// How long so many calls take when they are sent over so many lanes, each with its register and its finish.
    ///
    /// Every limit is looked at by itself, and the slowest counts.
    ///
    /// - Parameters:
    ///   - allowed: How many of the calls this run may deliver.
    ///   - end: How long the run may last; `nil`: no end.
    package func forecast(calls: Int, allowed: Int, lanes: Int, within end: Duration?, at now: Duration) -> Forecast {
        let allowed = min(calls, allowed)
        let moment = moment(now)
        var perCall = 0.0
        var requestsPerCall = 0.0
        for (phase, sizer) in sizers {
            let seconds = sizer.eventualSeconds(way: way ?? 0) ?? Self.documentedSeconds[phase] ?? 0
            perCall += seconds
            requestsPerCall += 1 / Double(sizer.eventualSize(secondsPerCommand: seconds))
        }
        let rate = Double(lanes) / max(perCall, 0.000_1)
        var duration = bucket.forecast(requests: Double(allowed) * requestsPerCall, at: moment)
        var count = end.map { bucket.requests(within: $0, at: moment) / requestsPerCall } ?? .infinity
        for phase in Phase.allCases {
            let most = sizers[phase]?.ownPerCommand
            let all = budget.forecast(
                phase.method, count: allowed, rate: rate, costingAtMost: most, at: moment)
            duration = max(duration, all.duration)
            guard let end else { continue }
            let some = budget.forecast(
                phase.method, count: allowed, rate: rate, costingAtMost: most, within: end, at: moment)
            count = min(count, some.count)
        }
        return Forecast(
            calls: calls, allowed: allowed, duration: duration,
            byDeadline: end.map { $0 >= duration ? allowed : min(allowed, Int(count)) }, isPaceKnown: isPaceKnown)
    }
}
