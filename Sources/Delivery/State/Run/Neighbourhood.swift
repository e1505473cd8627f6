// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallLifecycle
import CallRecords
import Clocks

/// How the sources live beside other integrations: which of their calls are left alone, compared, or sent.
struct Neighbourhood: Sendable {
    /// What an outcome shows.
    struct News: Sendable {
        /// The application that speaks to the portal; `nil` when this did not show.
        var ownApplication: String?
        /// By how many seconds another integration's clock is ahead; `nil` when this did not show.
        var offset: Int64?
        /// Sources whose calls another integration registers.
        var findings: [NeighbourFinding] = []

        /// Takes in what another part of the same outcome shows.
        mutating func add(_ other: News) {
            ownApplication = other.ownApplication ?? ownApplication
            offset = other.offset ?? offset
            findings += other.findings
        }
    }

    /// A smaller offset of another integration's clock concerns nobody, in seconds.
    private static let noticeableOffset = 10

    /// How others may spell numbers.
    let spelling: NumberSpelling
    /// By how many seconds another integration's clock is ahead, as far as is known.
    private(set) var offset: Int64?
    /// The application that speaks to the portal; `nil` for a webhook, and while it is not known.
    private var ownApplication: String?
    private let settings: [String: NeighbourSettings]
    private let prefixes: [String]
    private let leftOut: Set<String>
    private let users: UserSettings
    /// Whether all calls that can be sent were compared with those of others.
    private var hasFilled = false
    /// The wall clock when the delivery began: what is young then stays so.
    private let began: Int64

    /// - Parameter now: The wall clock in seconds since 1970.
    init(_ settings: DeliverySettings, _ memory: DeliveryMemory, now: Int64) {
        self.settings = settings.neighbours
        prefixes = Set(settings.keyPrefixes).union(settings.neighbours.keys).sorted()
        leftOut = Set(memory.leftOut.keys)
        users = settings.users
        spelling = settings.spelling
        offset = memory.neighbourOffset
        began = now
    }

    /// Whether some source fills the gaps of another integration.
    var fillsAnything: Bool { settings.values.contains { $0.policy == .fill } }
    /// By how many seconds starts may differ.
    var tolerance: Int64 { settings.values.map(\.tolerance.components.seconds).max() ?? 0 }

    /// Whether a call is compared with those of others before it is sent, and others had enough time for it.
    func isToFill(_ call: TrackedCall) -> Bool { neighbours(of: call)?.policy == .fill && isRipe(call) }

    /// Whether a call is still to be compared with those of others: only then it is known whether it has to be sent.
    func isToCompare(_ call: TrackedCall) -> Bool { !hasFilled && isToFill(call) }

    /// Whether a call may be sent, as far as its age tells: others had enough time for it.
    func isRipe(_ call: TrackedCall) -> Bool {
        guard let neighbours = neighbours(of: call), neighbours.policy == .fill else { return true }
        return call.call.end.epochSeconds + neighbours.fillAfter.components.seconds <= began
    }

    /// Whether a call is left alone: nobody has said how its source lives with other integrations.
    func isLeftOut(_ call: TrackedCall) -> Bool { !leftOut.isEmpty && leftOut.contains(call.keyPrefix) }

    private func neighbours(of call: TrackedCall) -> NeighbourSettings? {
        settings.isEmpty ? nil : settings[call.keyPrefix]
    }

    /// The calls that may have the rows of some calls, which come in the order of their starts.
    func rivals(of calls: [TrackedCall]) -> FactRequest.Rivals? {
        guard let first = calls.first, let last = calls.last else { return nil }
        // A rival's row lies between the two calls, each within the tolerance of it.
        let reach = 2 * tolerance
        let starts = (first.call.start.epochSeconds - reach)...(last.call.start.epochSeconds + reach)
        return FactRequest.Rivals(starts: starts, numbers: Set(calls.map(\.phoneNumber)))
    }

    /// Tells rows of ours from those of others.
    ///
    /// - Parameters:
    ///   - keepsKeys: Whether the portal keeps EXTERNAL_CALL_ID; `nil` while it is not known.
    ///   - application: The application that speaks to the portal, where the same reply shows it.
    func judge(keepsKeys: Bool?, ownApplication application: String? = nil) -> NeighbourJudge {
        NeighbourJudge(
            prefixes: prefixes, keepsKeys: keepsKeys, ownApplication: application ?? ownApplication, users: users,
            spelling: spelling)
    }

    /// Notes that all calls that can be sent were compared with those of others.
    mutating func filled() { hasFilled = true }

    /// Takes in what an outcome shows, and returns what the ledger and a person should know of it.
    mutating func take(_ news: News) -> (facts: [DeliveryFact], warning: String?) {
        ownApplication = news.ownApplication ?? ownApplication
        guard let seen = news.offset, seen != offset else { return ([], nil) }
        offset = seen
        guard seen.magnitude >= Self.noticeableOffset else { return ([.neighbourOffset(seen)], nil) }
        let direction = seen > 0 ? "ahead" : "behind"
        let warning =
            "the clock of the other integration is \(seen.magnitude) seconds \(direction); its calls were compared with "
            + "that taken into account"
        return ([.neighbourOffset(seen)], warning)
    }
}
