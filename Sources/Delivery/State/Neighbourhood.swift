// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle
import CallRecords
import Clocks

/// What a delivery knows about other integrations, and how it lives with them.
struct Neighbourhood: Sendable {
    /// What a reply says about other integrations.
    enum Answer: Sendable {
        /// Nothing that can be used; ask again.
        case again(RequestVerdict)
        /// The statistics cannot be read, and nothing more is asked.
        case unknowable
        /// Something, and more has to be asked.
        case unfinished
        /// All that is to be asked; the sources whose calls another integration registers.
        case over([NeighbourFinding])
    }

    /// A smaller offset of another integration's clock concerns nobody, in seconds.
    private static let noticeableOffset = 10
    /// What a person should know where the statistics cannot be read.
    static let cannotCheck =
        "the call statistics cannot be read, so nobody knows whether another integration already registers these calls"
    /// Why nothing can be filled.
    static let cannotFill =
        "neighbours: fill needs the permission to read the call statistics of all employees; grant it, or write neighbours: ignore"

    /// How others may spell numbers.
    let spelling: NumberSpelling
    /// Whether others register the calls of new sources.
    private var guardian: NeighbourGuard
    /// The application that speaks to the portal; `nil` for a webhook, and while it is not known.
    private var ownApplication: String?
    /// By how many seconds another integration's clock is ahead, as far as is known.
    private(set) var offset: Int64?
    private let settings: [String: NeighbourSettings]
    private let prefixes: [String]
    private let leftOut: Set<String>
    private let users: UserSettings
    private let checked: Set<String>
    private let mustRemember: Bool
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
        checked = memory.neighboursChecked
        mustRemember = memory.mustRememberNeighbours || !memory.neighbourSamples.isEmpty
        offset = memory.neighbourOffset
        began = now
        guardian = NeighbourGuard(memory.neighbourSamples, spelling: settings.spelling)
    }

    /// Whether some source fills the gaps of another integration.
    var fillsAnything: Bool { settings.values.contains { $0.policy == .fill } }
    /// Whether nothing more is to be asked about other integrations before calls are sent.
    var isChecked: Bool { guardian.isOver }
    /// Whether who we are has to be known: it decides which rows are ours.
    private var concernsAnything: Bool { !isChecked || fillsAnything }
    /// By how many seconds starts may differ.
    var tolerance: Int64 { settings.values.map(\.tolerance.components.seconds).max() ?? 0 }

    // MARK: The guard

    /// The next question whether others have registered the calls of new sources; without commands when there is none.
    ///
    /// - Parameters:
    ///   - name: The beginning of its commands' names.
    ///   - others: How many other commands its request has.
    func question(_ name: String, besides others: Int) -> AttributeLookUp {
        // One more command asks who we are.
        guardian.question(name, room: Portal.batchLimit - others - 1)
    }

    /// What a question is asked with.
    func commands(_ question: AttributeLookUp) -> [Command] {
        concernsAnything ? [ApplicationReply.command()] + question.commands : []
    }

    /// Takes in the reply to a question.
    ///
    /// - Parameters:
    ///   - canRead: Whether the portal's statistics can show anything.
    ///   - keepsKeys: Whether the portal keeps EXTERNAL_CALL_ID; `nil` while it is not known.
    mutating func read(
        _ reply: BatchReply, to question: AttributeLookUp, canRead: Bool, keepsKeys: Bool?
    ) -> Answer {
        ownApplication = ApplicationReply(reply.outcomes["application"]).id ?? ownApplication
        switch canRead ? guardian.read(question, reply) : .noRight {
        case .ok: break
        case .failed(let verdict): return .again(verdict)
        case .noRight:
            guard !isChecked else { break }
            guardian.giveUp()
            return .unknowable
        }
        guard isChecked else { return .unfinished }
        return .over(guardian.findings(judge(keepsKeys: keepsKeys)).filter(\.isNeighbour))
    }

    /// Tells rows of ours from those of others.
    func judge(keepsKeys: Bool?) -> NeighbourJudge {
        NeighbourJudge(
            prefixes: prefixes, keepsKeys: keepsKeys, ownApplication: ownApplication, users: users, spelling: spelling)
    }

    // MARK: Gaps

    /// Notes that all calls that can be sent were compared with those of others.
    mutating func filled() { hasFilled = true }

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
    func isLeftOut(_ call: TrackedCall) -> Bool { !leftOut.isEmpty && leftOut.contains(prefix(of: call)) }

    private func neighbours(of call: TrackedCall) -> NeighbourSettings? {
        settings.isEmpty ? nil : settings[prefix(of: call)]
    }

    private func prefix(of call: TrackedCall) -> String { String(call.key.prefix { $0 != ":" }) }

    /// The calls that may have the rows of some calls, which come in the order of their starts.
    func rivals(of calls: [TrackedCall]) -> FactRequest.Rivals? {
        guard let first = calls.first, let last = calls.last else { return nil }
        // A rival's row lies between the two calls, each within the tolerance of it.
        let reach = 2 * tolerance
        let starts = (first.call.start.epochSeconds - reach)...(last.call.start.epochSeconds + reach)
        return FactRequest.Rivals(starts: starts, numbers: Set(calls.map(\.phoneNumber)))
    }

    /// Notes what a look-up has shown of another integration's clock, and returns what is new of it.
    mutating func knows(offset seen: Int64?) -> (facts: [DeliveryFact], warning: String?) {
        guard let seen, seen != offset else { return ([], nil) }
        offset = seen
        guard seen.magnitude >= Self.noticeableOffset else { return ([.neighbourOffset(seen)], nil) }
        let direction = seen > 0 ? "ahead" : "behind"
        let warning =
            "the clock of the other integration is \(seen.magnitude) seconds \(direction); its calls were compared with "
            + "that taken into account"
        return ([.neighbourOffset(seen)], warning)
    }

    /// What is remembered once all sources were looked at.
    var checkedFacts: [DeliveryFact] {
        mustRemember ? [.neighboursChecked(checked.union(guardian.prefixes).sorted())] : []
    }
}
