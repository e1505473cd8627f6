// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle
import CallRecords
import Matching

/// Looking calls up at the portal before anything is sent, where the ledger may know less than the portal.
struct Verification: Sendable {
    /// By what calls are looked up.
    enum Kind: Sendable, Equatable {
        /// By EXTERNAL_CALL_ID, where the portal keeps it.
        case key
        /// By number, start, type and employee, where it does not.
        case attributes
        /// By number, start and type, where another integration may have registered them.
        case others(tolerance: Int64)
    }

    /// A look-up of some calls.
    enum Question: Sendable {
        case keys(LookUp)
        case attributes(AttributeLookUp)
        case others(AttributeLookUp)

        var commands: [Command] {
            switch self {
            case .keys(let lookUp): lookUp.commands
            case .attributes(let lookUp), .others(let lookUp): lookUp.commands
            }
        }
    }

    /// What comes next.
    enum Next: Sendable {
        case load(CallPage)
        case ask([TrackedCall])
        case done
    }

    /// What an answer showed.
    enum Finding: Sendable {
        /// The calls about which the portal knows something, each with its event; the others are not there.
        case known([TrackedCall], [CallEvent])
        /// No usable answer, and what that means for the run; the calls are asked for again.
        case failed(RequestVerdict)
        /// Too many rows for one answer; the calls are asked for again in smaller lots.
        case tooMany
        /// The calling user may not read the statistics.
        case noRight
        /// The answer cannot be trusted: what this page would have shown is given up.
        case worthless(String)
    }

    private let kind: Kind
    private var calls: UndeliveredCalls
    /// Other requests to the portal may be at work until then.
    let notBefore: Duration
    /// By how many seconds another integration's clock is ahead; `nil` while no offset was found.
    private(set) var neighbourOffset: Int64?

    /// All undelivered calls.
    ///
    /// - Parameter latestStart: Only calls that began by then, in seconds since 1970.
    init(ofAllBy kind: Kind, latestStart: Int64, notBefore: Duration, neighbourOffset: Int64? = nil) {
        self.kind = kind
        self.neighbourOffset = neighbourOffset
        self.notBefore = notBefore
        // Nobody else has what this ledger has registered.
        let states: [CallState] = if case .others = kind { [.pending] } else { [.pending, .registered] }
        calls = UndeliveredCalls(
            states, pageSize: kind.callsPerCommand * Portal.batchLimit, latestStart: latestStart)
    }

    /// These calls alone, which are in memory already.
    init(of some: [TrackedCall], by kind: Kind) {
        self.kind = kind
        notBefore = .zero
        calls = UndeliveredCalls(only: some)
    }

    /// What comes next; it stays the same until it has been done.
    var next: Next {
        switch calls.next {
        case .load(let page): .load(page)
        case .ask(let lot): .ask(lot)
        case .done: .done
        }
    }

    /// The look-up of some calls.
    ///
    /// - Parameters:
    ///   - name: The beginning of its commands' keys.
    ///   - spelling: How others may spell numbers.
    func question(_ name: String, _ lot: [TrackedCall], _ spelling: NumberSpelling) -> Question {
        switch kind {
        case .key: .keys(LookUp(name, keysOf: lot))
        case .attributes: .attributes(AttributeLookUp(name, lot))
        case .others(let tolerance):
            .others(
                AttributeLookUp(
                    name, lots: lot.chunks(of: kind.callsPerCommand), margin: NeighbourGuard.mostOffset + tolerance,
                    spelling: spelling))
        }
    }

    /// Takes in the page that was asked for.
    ///
    /// - Parameter asked: The calls of the page that the portal is asked about; `nil`: all.
    mutating func loaded(_ page: [TrackedCall], asking asked: [TrackedCall]? = nil) {
        calls.loaded(page, asking: asked ?? page)
    }

    /// Reads the answer to a question about some calls.
    ///
    /// - Parameters:
    ///   - facts: Who has which CALL_ID, and which calls may have the rows of others.
    ///   - keepsKeys: Whether the portal is known to keep EXTERNAL_CALL_ID.
    ///   - neighbours: Tells whose rows are.
    mutating func read(
        _ outcome: BatchOutcome, to question: Question, about lot: [TrackedCall], _ facts: StoreFacts,
        keepsKeys: Bool, users: UserSettings, neighbours: NeighbourJudge
    ) -> Finding {
        let (reply, _, verdict) = outcome.reading()
        guard let reply else {
            // A portal that is slow to look up may need longer than its cap for so many.
            if case .unknown = verdict { splitAfterLoss(lot.count) }
            return .failed(verdict)
        }
        let finding =
            switch question {
            case .keys(let lookUp): Self.known(lot, lookUp.read(reply, keepsKeys: keepsKeys))
            case .attributes(let lookUp): Self.known(lot, lookUp.read(reply), owners: facts.owners, users: users)
            case .others(let lookUp): known(lot, lookUp.read(reply), facts, neighbours)
            }
        switch finding {
        case .known: calls.answered()
        case .tooMany: calls.split(into: lot.count / 4)
        case .worthless: calls.abandonPage()
        case .failed(.unknown) where kind != .key: splitAfterLoss(lot.count)
        case .failed, .noRight: break
        }
        return finding
    }

    private mutating func splitAfterLoss(_ count: Int) {
        let least = kind.callsPerCommand
        guard count > least else { return }
        calls.split(into: max(least, count / 4))
    }

    private static func known(_ lot: [TrackedCall], _ finding: LookUp.Finding) -> Finding {
        switch finding {
        case .failed(let verdict): return .failed(verdict)
        case .noRight: return .noRight
        // More rows than a page can only come from keys with several rows.
        case .incomplete where lot.count > 1: return .tooMany
        case .rows, .incomplete:
            let found = lot.filter { finding.row(of: $0) != nil }
            return .known(found, found.map { .foundAtPortal(statisticID: finding.row(of: $0) ?? 0) })
        }
    }

    private static func known(
        _ lot: [TrackedCall], _ finding: AttributeLookUp.Finding, owners: [String: Int64], users: UserSettings
    ) -> Finding {
        switch finding {
        // Pages without an end would come for every other question too.
        case .failed(let verdict) where verdict == .endlessPages: return .failed(.endlessPages)
        case .failed(.nonsense(let reason)): return .worthless(reason)
        case .failed(let verdict): return .failed(verdict)
        case .noRight: return .noRight
        case .incomplete where lot.count > 1: return .tooMany
        case .rows(let rows), .incomplete(let rows):
            let free = free(rows, for: lot, owners)
            let matches = AttributeMatching(lot, rows: free, users: users).matches
            let known = lot.filter { matches[$0.id] != nil }
            return .known(known, known.compactMap { matches[$0.id]?.event })
        }
    }

    /// The rows that no other call of the ledger has.
    private static func free(
        _ rows: [StatisticRow], for lot: [TrackedCall], _ owners: [String: Int64]
    ) -> [StatisticRow] {
        let own = Set(lot.map(\.id))
        return rows.filter { row in
            guard let callID = row.callID else { return false }
            return owners[callID].map(own.contains) ?? true
        }
    }

    private mutating func known(
        _ lot: [TrackedCall], _ finding: AttributeLookUp.Finding, _ facts: StoreFacts, _ judge: NeighbourJudge
    ) -> Finding {
        guard case .others(let tolerance) = kind else { return .known([], []) }
        switch finding {
        case .failed(.nonsense(let reason)): return .worthless(reason)
        case .failed(let verdict): return .failed(verdict)
        case .noRight: return .noRight
        case .incomplete where lot.count > 1: return .tooMany
        case .rows(let rows), .incomplete(let rows):
            let asked = Set(lot.map(\.id))
            let matching = NeighbourMatching(
                lot + facts.rivals.filter { !asked.contains($0.id) }, rows: Self.free(rows, for: lot, facts.owners),
                judge,
                rules: .init(
                    tolerance: tolerance, maximumOffset: NeighbourGuard.mostOffset,
                    assumedOffset: neighbourOffset ?? 0))
            neighbourOffset = matching.offset ?? neighbourOffset
            let known = lot.filter { matching.others[$0.id] != nil }
            return .known(known, known.compactMap { matching.others[$0.id]?.registeredByOthers })
        }
    }
}

extension Verification.Kind {
    /// How many calls one command asks for.
    fileprivate var callsPerCommand: Int {
        switch self {
        case .key: StatisticQuery.pageSize
        case .attributes: AttributeLookUp.callsPerCommand
        case .others: AttributeLookUp.callsPerSpeltCommand
        }
    }
}

extension StatisticRow {
    /// What the row of another integration means for the call; `nil` for a row that cannot be told from others.
    fileprivate var registeredByOthers: CallEvent? {
        callID.map { .registeredByOthers(statisticID: id, portalCallID: $0, application: applicationName) }
    }
}

extension AttributeMatching.Match {
    /// What a match means for the call.
    var event: CallEvent {
        switch self {
        case .row(let row): .matchedAtPortal(statisticID: row.id, portalCallID: row.callID)
        case .ofAnotherEmployee: .hold(.lookAlikeThere)
        }
    }
}
