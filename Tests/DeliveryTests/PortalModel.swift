// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Clocks
import Delivery

/// A portal's limits in virtual time, written from the portal's documents and not from our own pace code.
struct PortalModel {
    struct Cost {
        /// Operating seconds of one command.
        var operating: Double
        /// Seconds that one command takes.
        var wall: Double
    }

    enum Mode {
        /// A method beyond its limit is refused until old minutes leave the window; batches are not counted.
        case window
        /// A method beyond its limit is refused for 300 s; batches are counted with half of their time.
        case ban
    }

    /// The portal's clock at the beginning; it goes a little wrong, and its minutes begin when ours do not.
    static let epoch = 1_772_868_023.7

    var mode = Mode.window
    var requestsPerSecond = 2.0
    var burst = 50.0
    var operatingLimit = 420.0
    /// The length of one of the ten parts of the window.
    var minute = 60.0
    /// The time below which a call does not count at once.
    var smallest = 0.1
    var overhead = 0.05
    /// Requests that another integration sends from the same address.
    var othersPerSecond = 0.0
    /// The moments of requests that another integration sends beside those, in order.
    var othersMoments: ArraySlice<Double> = []
    /// Operating seconds per second that another integration uses of the method that finishes calls.
    var othersOperating = 0.0
    var cost: @Sendable (_ method: String, _ moment: Double) -> Cost

    // The request bucket, sinking in whole seconds.
    private var count = 0.0
    private var counted = 0.0
    private var othersDue = 0.0
    private var othersCharged = 0.0
    // Operating time by method and minute.
    private var minutes: [String: [Int: Double]] = [:]
    private var firstCalls: [String: [Int: Double]] = [:]
    private var bans: [String: Double] = [:]

    // What went wrong.
    private(set) var rateRefusals = 0
    private(set) var operatingRefusals = 0
    private(set) var cutRequests = 0
    private(set) var longest = 0.0

    init(cost: @escaping @Sendable (_ method: String, _ moment: Double) -> Cost) {
        self.cost = cost
    }

    /// Takes a request, or refuses it.
    mutating func accepts(at now: Double) -> Bool {
        while othersPerSecond > 0, othersDue <= now {
            _ = admit(at: othersDue)
            othersDue += 1 / othersPerSecond
        }
        while let moment = othersMoments.first, moment <= now {
            _ = admit(at: moment)
            othersMoments.removeFirst()
        }
        while othersOperating > 0, othersCharged <= now {
            account(FinishCall.method, total: othersOperating * 10, start: othersCharged)
            othersCharged += 10
        }
        let isAdmitted = admit(at: now)
        if !isAdmitted { rateRefusals += 1 }
        return isAdmitted
    }

    /// Puts requests into the bucket that others sent at this moment.
    mutating func fill(_ requests: Int, at now: Double) {
        for _ in 0..<requests { _ = admit(at: now) }
    }

    private mutating func admit(at now: Double) -> Bool {
        let seconds = (now - counted).rounded(.down)
        if seconds > 0 {
            count = max(0, count - requestsPerSecond * seconds)
            counted += seconds
        }
        guard count <= burst else { return false }
        count += 1
        return true
    }

    private func stored(_ method: String, at start: Double) -> Double {
        let newest = Int(start / minute)
        return (minutes[method] ?? [:]).reduce(0) { $1.key > newest - 10 ? $0 + $1.value : $0 }
    }

    private func reset(_ method: String, at start: Double) -> Double {
        let newest = Int(start / minute)
        return (firstCalls[method] ?? [:]).filter { $0.key > newest - 10 }.map(\.value).min().map { $0 + 10 * minute }
            ?? start + 10 * minute
    }

    mutating func isRefused(_ method: String, used: Double, at now: Double, start: Double) -> Bool {
        if let end = bans[method], now < end { return true }
        guard stored(method, at: start) + used > operatingLimit else { return false }
        if mode == .ban {
            bans[method] = now + 5 * minute
            minutes[method] = [:]
            firstCalls[method] = [:]
        }
        return true
    }

    /// What a method's `time` says in the middle of a request.
    func time(_ method: String, used: Double, start: Double) -> ServerTime {
        ServerTime(
            start: cut(Self.epoch + start), operating: stored(method, at: start) + used,
            operatingResetAt: cut(Self.epoch + reset(method, at: start)))
    }

    /// A moment as the portal tells it: in whole seconds of its own.
    private func cut(_ moment: Double) -> Double { (moment * 60 / minute).rounded(.down) * minute / 60 }

    /// Whether the batch as such is refused, as portals do that count batches.
    mutating func refusesBatch(at now: Double) -> Bool {
        guard mode == .ban, isRefused("batch", used: 0, at: now, start: now) else { return false }
        operatingRefusals += 1
        return true
    }

    mutating func noteOperatingRefusal() { operatingRefusals += 1 }

    mutating func noteEnd(elapsed: Double, cap: Double) {
        longest = max(longest, elapsed)
        if elapsed > cap { cutRequests += 1 }
    }

    /// Adds what a request used, at its end, under the minute of its start.
    mutating func account(_ method: String, total: Double, start: Double) {
        guard total > smallest else { return }
        let number = Int(start / minute)
        minutes[method, default: [:]][number, default: 0] += total
        if minutes[method]!.count > 20 { minutes[method] = minutes[method]!.filter { $0.key > number - 15 } }
        if let calls = firstCalls[method], calls.count > 20 {
            firstCalls[method] = calls.filter { $0.key > number - 15 }
        }
        firstCalls[method, default: [:]][number] = min(firstCalls[method]?[number] ?? start, start)
    }
}
