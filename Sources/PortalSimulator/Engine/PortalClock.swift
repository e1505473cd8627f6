// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Synchronization

/// Where the portal takes its time from.
public protocol PortalClock: Sendable {
    /// The time now, in seconds since 1970.
    func now() -> Double
    /// Comes back when the time has advanced by so many seconds.
    func sleep(seconds: Double) async
    /// Where the portal's tasks run; `nil` for anywhere. A clock that jumps ahead when nobody is at work needs to know
    /// who is.
    var executor: (any TaskExecutor)? { get }
}

extension PortalClock {
    /// Anywhere.
    public var executor: (any TaskExecutor)? { nil }
}

/// The machine's time: the date is read once, then the monotonic clock is followed.
public struct MachineClock: PortalClock {
    private let start = Date().timeIntervalSince1970
    private let monotonic = ContinuousClock.now

    /// Makes a clock that starts at the machine's present time.
    public init() {}

    /// The machine's time when the clock was made, plus what has passed since.
    public func now() -> Double {
        let (seconds, attoseconds) = (ContinuousClock.now - monotonic).components
        return start + Double(seconds) + Double(attoseconds) * 1e-18
    }

    /// Waits in real time.
    public func sleep(seconds: Double) async {
        // Only cancellation throws, and what a portal has begun is not cancelled.
        try? await Task.sleep(for: .seconds(seconds))
    }
}

/// A clock moved by hand; whoever sleeps moves it too and goes on at once.
public final class ManualClock: PortalClock {
    private let time: Mutex<Double>

    /// Makes a clock that stands at this time, in seconds since 1970.
    public init(at time: Double = 1_772_868_030) {
        self.time = Mutex(time)
    }

    /// Moves the clock, forward or back.
    public func advance(seconds: Double) {
        time.withLock { $0 += seconds }
    }

    /// The time that the clock was moved to.
    public func now() -> Double { time.withLock { $0 } }

    /// Moves the clock and comes back at once.
    public func sleep(seconds: Double) async { advance(seconds: seconds) }
}
