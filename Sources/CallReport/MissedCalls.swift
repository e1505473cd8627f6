// SPDX-License-Identifier: Apache-2.0

/// Missed calls, and whether somebody has called back since.
///
/// The rule is the portal's own: an answered outgoing call closes all missed calls of the identical number
/// (docs/exactly-once.md, order per client number). A client who got through later is told, but stays open.
package struct MissedCalls: Sendable {
    /// A missed call that nobody answered by calling back.
    package struct Open: Sendable, Equatable {
        /// The call.
        package let call: ReportedCall
        /// Whether the client reached somebody later.
        package internal(set) var gotThrough: Bool
    }

    private var open: [String: [Open]] = [:]
    private var delays: [Int64] = []
    /// Missed calls of the period.
    package private(set) var count = 0

    /// No calls.
    package init() {}

    /// - Parameter counts: Whether the call belongs to the period; a call-back may end a missed call of any time.
    mutating func add(_ call: ReportedCall, counts: Bool) {
        guard !call.phone.isEmpty else { return }
        switch (call.direction, call.outcome) {
        case (.incoming, .missed) where counts:
            count += 1
            open[call.phone, default: []].append(Open(call: call, gotThrough: false))
        case (.outgoing, .answered):
            for missed in open.removeValue(forKey: call.phone) ?? [] { delays.append(call.start - missed.call.start) }
        case (.incoming, .answered):
            guard let missed = open[call.phone] else { return }
            open[call.phone] = missed.map { Open(call: $0.call, gotThrough: true) }
        default: break
        }
    }

    /// Missed calls that nobody called back, the oldest first.
    package var neverCalledBack: [Open] {
        open.values.joined().sorted { ($0.call.start, $0.call.phone) < ($1.call.start, $1.call.phone) }
    }

    /// How many missed calls were called back.
    package var calledBack: Int { delays.count }

    /// The median time from a missed call to the call back, in seconds; `nil` where nobody called back.
    package var medianDelay: Int64? {
        guard !delays.isEmpty else { return nil }
        let sorted = delays.sorted()
        return sorted[(sorted.count - 1) / 2]
    }
}
