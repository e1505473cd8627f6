// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle

/// Looking calls up at the portal before anything is sent, where the ledger may know less than the portal.
struct Verification: Sendable {
    /// By what calls are looked up.
    enum Kind: Sendable {
        /// By EXTERNAL_CALL_ID, where the portal keeps it.
        case key
        /// By number, start, type and employee, where it does not.
        case attributes
    }

    /// A look-up of some calls.
    enum Question: Sendable {
        case keys(LookUp)
        case attributes(AttributeLookUp)

        var commands: [Command] {
            switch self {
            case .keys(let lookUp): lookUp.commands
            case .attributes(let lookUp): lookUp.commands
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

    /// All undelivered calls.
    ///
    /// - Parameter latestStart: Only calls that began by then, in seconds since 1970.
    init(ofAllBy kind: Kind, latestStart: Int64, notBefore: Duration) {
        self.kind = kind
        self.notBefore = notBefore
        let perCommand =
            switch kind {
            case .key: StatisticQuery.pageSize
            case .attributes: AttributeLookUp.callsPerCommand
            }
        calls = UndeliveredCalls(pageSize: perCommand * Portal.batchLimit, latestStart: latestStart)
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
    /// - Parameter name: The beginning of its commands' keys.
    func question(_ name: String, _ lot: [TrackedCall]) -> Question {
        switch kind {
        case .key: .keys(LookUp(name, keysOf: lot))
        case .attributes: .attributes(AttributeLookUp(name, lot))
        }
    }

    /// Takes in the page that was asked for.
    mutating func loaded(_ page: [TrackedCall]) { calls.loaded(page) }

    /// Reads the answer to a question about some calls.
    ///
    /// - Parameters:
    ///   - owners: CALL_ID -> the row of the call that has it.
    ///   - keepsKeys: Whether the portal is known to keep EXTERNAL_CALL_ID.
    mutating func read(
        _ outcome: BatchOutcome, to question: Question, about lot: [TrackedCall], owners: [String: Int64],
        keepsKeys: Bool, users: UserSettings
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
            case .attributes(let lookUp): Self.known(lot, lookUp.read(reply), owners: owners, users: users)
            }
        switch finding {
        case .known: calls.answered()
        case .tooMany: calls.split(into: lot.count / 4)
        case .worthless: calls.abandonPage()
        case .failed(.unknown) where kind == .attributes: splitAfterLoss(lot.count)
        case .failed, .noRight: break
        }
        return finding
    }

    private mutating func splitAfterLoss(_ count: Int) {
        let least = kind == .key ? StatisticQuery.pageSize : AttributeLookUp.callsPerCommand
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
            let own = Set(lot.map(\.id))
            let free = rows.filter { row in
                guard let callID = row.callID else { return false }
                return owners[callID].map(own.contains) ?? true
            }
            let matches = AttributeMatching(lot, rows: free, users: users).matches
            let known = lot.filter { matches[$0.id] != nil }
            return .known(known, known.compactMap { matches[$0.id]?.event })
        }
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
