// SPDX-License-Identifier: Apache-2.0

import Clocks

/// For how long the bucket was watched, and how many requests of others were seen in it.
struct Watch: Sendable, Hashable, Codable {
    /// Seconds.
    var seconds = 0.0
    var requests = 0.0

    /// Keeps a part of it: the rate stays the same and is believed less.
    mutating func fade(_ part: Double) {
        seconds *= part
        requests *= part
    }
}

/// What a night has proved about the request bucket at one hour of the day.
///
/// Nightly runs begin at the same hour, and so do the other programs that share the portal's limit. A run at another hour
/// begins as if nothing were known. A night counts fully for ``trusted``, and then half as much for each time as long.
struct HourMemory: Sendable, Hashable, Codable {
    /// The hour of the day, 0 to 23 UTC, in which the run began.
    var hour: Int
    /// When the run sent its last request.
    var at: Moment
    /// The count that the next run in this hour may reach at once.
    var atOnce: Double
    /// What was seen of others; it makes the next refusal in this hour tell more.
    var seen: Watch

    /// Four days: a long weekend does not make a portal unknown.
    static let trusted = 4 * 86_400.0

    /// The same as it counts at a moment.
    fileprivate func faded(at now: Moment) -> HourMemory {
        let ages = max(0, (now - at).inSeconds / Self.trusted - 1)
        var faded = self
        let part = RequestBucket.half(toThe: ages)
        faded.atOnce *= part
        faded.seen.fade(part)
        return faded
    }

    /// Whether a run that begins at a moment is at this hour of the day, or next to it.
    fileprivate func isNear(_ now: Moment) -> Bool {
        let distance = abs(hour - Self.hour(of: now))
        return min(distance, 24 - distance) <= 1
    }

    static func hour(of moment: Moment) -> Int {
        let hours = Int((moment.seconds / 3_600).rounded(.down))
        return (hours % 24 + 24) % 24
    }
}

/// What one run learns about the request bucket, beside what earlier runs at the same hour have proved.
///
/// A run without a refusal proves that there is room for the highest count that it reached. The next one may reach three
/// times that at once: the portal permits as much unless others use the bucket at this hour, and then one refusal shows
/// it, after which the next run begins with half of the count that was refused.
struct BucketNight: Sendable, Hashable {
    /// The count that earlier runs have proved; 0 for none.
    private(set) var proven = 0.0
    /// What earlier runs have seen of others.
    private(set) var seen = Watch()
    private var hours: [HourMemory] = []
    private var began: Moment?
    private var ended: Moment?
    private var highest = 0.0
    private var lowestRefused: Double?

    /// By how much more a run may use at once than the one before it did in all.
    private static let growth = 3.0

    init() {}

    /// - Parameter hours: What earlier runs have proved; what lies ahead, after a clock was set back, counts as now.
    init(_ hours: [HourMemory], at now: Moment) {
        self.hours = hours.filter { (0..<24).contains($0.hour) && $0.atOnce.isFinite }
        let near = self.hours.filter { $0.isNear(now) }.map { $0.faded(at: now) }
        proven = near.map(\.atOnce).max() ?? 0
        seen = near.max { $0.seen.seconds < $1.seen.seconds }?.seen ?? Watch()
    }

    /// Takes note of the count that a request has led to.
    mutating func used(_ count: Double, at moment: Moment) {
        began = began ?? moment
        ended = moment
        highest = max(highest, count)
    }

    /// Takes note of a refusal of a request that met this count of ours.
    mutating func refused(_ count: Double) { lowestRefused = min(lowestRefused ?? count, count) }

    /// What is to be remembered, this run included.
    ///
    /// - Parameter most: The highest count that may be used at once.
    func memory(_ seen: Watch, most: Double) -> [HourMemory] {
        guard let began, let ended else { return hours }
        let hour = HourMemory.hour(of: began)
        let reached = min(Self.growth * highest, most)
        let known = hours.first { $0.hour == hour }?.faded(at: ended).atOnce ?? 0
        // A smaller run proves nothing new, and does not make an older proof younger.
        guard lowestRefused != nil || reached > known else { return hours }
        let own = HourMemory(hour: hour, at: ended, atOnce: lowestRefused.map { $0 / 2 } ?? reached, seen: seen)
        // A refusal makes what was proved in the hours beside this one doubtful too.
        let others = hours.filter { $0.hour != hour && !(lowestRefused != nil && $0.isNear(began)) }
        return (others + [own]).sorted { $0.hour < $1.hour }
    }
}
