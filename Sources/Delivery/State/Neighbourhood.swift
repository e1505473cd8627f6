// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallLifecycle
import CallRecords
import Clocks

/// What a delivery knows about other integrations, and how it lives with them.
struct Neighbourhood: Sendable {
    /// A smaller offset of another integration's clock concerns nobody, in seconds.
    static let noticeableOffset = 10
    /// What a person should know where the statistics cannot be read.
    static let cannotCheck =
        "the call statistics cannot be read, so nobody knows whether another integration already registers these calls"
    /// Why nothing can be filled.
    static let cannotFill =
        "neighbours: fill needs the permission to read the call statistics of all employees; grant it, or write neighbours: ignore"

    /// Whether others register the calls of new sources.
    var guardian: NeighbourGuard
    /// The application that speaks to the portal; `nil` for a webhook, and while it is not known.
    var ownApplication: String?
    /// By how many seconds another integration's clock is ahead, as far as is known.
    private(set) var offset: Int64?
    private let settings: [String: NeighbourSettings]
    private let checked: Set<String>
    private let mustRemember: Bool
    /// The wall clock when the delivery began: what is young then stays so.
    private let began: Int64

    /// - Parameter now: The wall clock in seconds since 1970.
    init(_ settings: DeliverySettings, _ memory: DeliveryMemory, now: Int64) {
        self.settings = settings.neighbours
        checked = memory.neighboursChecked
        mustRemember = memory.mustRememberNeighbours || !memory.neighbourSamples.isEmpty
        offset = memory.neighbourOffset
        began = now
        guardian = NeighbourGuard(memory.neighbourSamples, spelling: settings.spelling)
    }

    /// Whether some source fills the gaps of another integration.
    var fillsAnything: Bool { settings.values.contains { $0.policy == .fill } }
    /// Whether there is anything to ask about other integrations.
    var concernAnything: Bool { !guardian.isOver || fillsAnything }
    /// By how many seconds starts may differ.
    var tolerance: Int64 { settings.values.map(\.tolerance.components.seconds).max() ?? 0 }

    /// Whether only those calls of a call's source are sent that others have not registered.
    func fills(_ call: TrackedCall) -> Bool { neighbours(of: call)?.policy == .fill }

    /// Whether a call may be sent, as far as its age tells: others had enough time for it.
    func isRipe(_ call: TrackedCall) -> Bool {
        guard let neighbours = neighbours(of: call), neighbours.policy == .fill else { return true }
        return call.call.end.epochSeconds + neighbours.fillAfter.components.seconds <= began
    }

    private func neighbours(of call: TrackedCall) -> NeighbourSettings? {
        settings.isEmpty ? nil : settings[String(call.key.prefix { $0 != ":" })]
    }

    /// The calls that may have the rows of some calls, which come in the order of their starts.
    func rivals(of calls: [TrackedCall]) -> FactRequest.Rivals? {
        guard let first = calls.first, let last = calls.last else { return nil }
        // A rival's row lies between the two calls, each within the tolerance of it.
        let reach = 2 * tolerance
        let starts = (first.call.start.epochSeconds - reach)...(last.call.start.epochSeconds + reach)
        return FactRequest.Rivals(starts: starts, numbers: Set(calls.map(\.phoneNumber)))
    }

    /// Notes what a look-up has shown of another integration's clock, and returns the fact if it is new.
    mutating func knows(offset seen: Int64?) -> [DeliveryFact] {
        guard let seen, seen != offset else { return [] }
        offset = seen
        return [.neighbourOffset(seen)]
    }

    /// What is remembered once all sources were looked at.
    var checkedFacts: [DeliveryFact] {
        mustRemember ? [.neighboursChecked(checked.union(guardian.prefixes).sorted())] : []
    }
}
