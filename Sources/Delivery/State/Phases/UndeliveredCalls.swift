// SPDX-License-Identifier: Apache-2.0

import CallLifecycle

/// All calls that were not delivered, page by page, in lots that the portal is asked about.
struct UndeliveredCalls: Sendable {
    /// What comes next.
    enum Next: Sendable {
        case load(CallPage)
        case ask([TrackedCall])
        case done
    }

    private let pageSize: Int
    private let latestStart: Int64
    private var states: [CallState]
    private var last: TrackedCall?
    private var lots: [[TrackedCall]] = []

    /// - Parameters:
    ///   - states: The states of the calls, each at most once.
    ///   - pageSize: The most calls of one question.
    ///   - latestStart: Only calls that began by then, in seconds since 1970.
    init(_ states: [CallState], pageSize: Int, latestStart: Int64) {
        self.states = states
        self.pageSize = pageSize
        self.latestStart = latestStart
    }

    /// Only these calls, which are in memory already.
    init(only calls: [TrackedCall]) {
        self.init([], pageSize: calls.count, latestStart: .max)
        lots = [calls]
    }

    /// What comes next; it stays the same until it has been done.
    var next: Next {
        if let lot = lots.last { return .ask(lot) }
        if let state = states.first {
            return .load(CallPage(state, after: last, latestStart: latestStart, limit: pageSize))
        }
        return .done
    }

    /// Takes in the page that was asked for.
    ///
    /// - Parameter asked: The calls of the page that the portal is asked about.
    mutating func loaded(_ calls: [TrackedCall], asking asked: [TrackedCall]) {
        last = calls.last
        if calls.isEmpty { states.removeFirst() }
        if !asked.isEmpty { lots.append(asked) }
    }

    /// The last lot was answered.
    mutating func answered() { lots.removeLast() }

    /// The last lot is asked for again, in lots of at most so many calls.
    mutating func split(into size: Int) {
        guard let lot = lots.popLast() else { return }
        lots += lot.chunks(of: max(1, size))
    }

    /// No more is asked for of this page.
    mutating func abandonPage() { lots = [] }
}
