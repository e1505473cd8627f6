// SPDX-License-Identifier: Apache-2.0

import Clocks

/// When a run must be over, on the monotonic clock; a run without such a moment goes on for as long as it takes.
struct RunDeadline: Sendable {
    private let moment: Duration?
    private let epoch: Double

    /// - Parameters:
    ///   - moment: The deadline; `nil` for none.
    ///   - epoch: The wall clock when the monotonic clock stands at zero, in seconds since 1970.
    init(_ moment: Duration?, epoch: Double) {
        self.moment = moment
        self.epoch = epoch
    }

    /// Whether there is one.
    var isSet: Bool { moment != nil }
    /// The deadline on the wall clock, in seconds since 1970.
    var wall: Double? { moment.map { epoch + $0.inSeconds } }

    /// Whether the deadline has come; never without one.
    func hasCome(at now: Duration) -> Bool { moment.map { now >= $0 } ?? false }

    /// Whether something that ends at a moment would end in time.
    func allows(endAt end: Duration) -> Bool { moment.map { end <= $0 } ?? true }

    /// A moment, or the deadline if that comes first.
    func orSooner(_ other: Duration) -> Duration { moment.map { min($0, other) } ?? other }

    /// How much time is left; `nil` without a deadline.
    func left(at now: Duration) -> Duration? { moment.map { max(.zero, $0 - now) } }
}
