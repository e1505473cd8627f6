// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle
import CallRecords
import Matching

/// A look-up of calls that were not delivered, before anything is sent, and the reading of what it shows.
struct VerificationQuestion: Sendable {
    /// By what calls are looked up.
    enum Kind: Sendable, Equatable {
        /// By EXTERNAL_CALL_ID, where the portal keeps it.
        case key
        /// By number, start, type and employee, where it does not.
        case attributes
        /// By number, start and type, where another integration may have registered them.
        case others(tolerance: Int64)

        /// How many calls one command asks for.
        var callsPerCommand: Int {
            switch self {
            case .key: StatisticQuery.pageSize
            case .attributes: AttributeLookUp.callsPerCommand
            case .others: AttributeLookUp.callsPerSpeltCommand
            }
        }
    }

    /// What an answer showed.
    enum Finding: Sendable {
        /// The calls about which the portal knows something, each with its event; the others are not there.
        ///
        /// `offset` is by how many seconds another integration's clock was seen to be ahead.
        case known([TrackedCall], [CallEvent], offset: Int64? = nil)
        /// No usable answer, and what that means for the run; the calls are asked for again.
        case failed(RequestVerdict)
        /// Too many rows for one answer; the calls are asked for again in smaller lots.
        case tooMany
        /// The calling user may not read the statistics.
        case noRight
        /// The answer cannot be trusted: what this page would have shown is given up.
        case worthless(String)
    }

    /// What a reading depends on, beside the answer.
    struct Context: Sendable {
        /// Who has which CALL_ID, and which calls may have the rows of others.
        let facts: StoreFacts
        /// Whether the portal keeps EXTERNAL_CALL_ID; `nil` while it is not known.
        let keepsKeys: Bool?
        /// Whom calls belong to.
        let users: UserSettings
        /// How the sources live beside other integrations.
        let neighbourhood: Neighbourhood
    }

    private enum LookedUp {
        case keys(LookUp)
        case attributes(AttributeLookUp)
        case others(AttributeLookUp, tolerance: Int64)
    }

    /// The calls that are looked up, in the order of their starts.
    let calls: [TrackedCall]
    private let lookUp: LookedUp

    /// - Parameters:
    ///   - name: The beginning of its commands' names.
    ///   - spelling: How others may spell numbers.
    init(_ name: String, _ calls: [TrackedCall], by kind: Kind, _ spelling: NumberSpelling) {
        self.calls = calls
        lookUp =
            switch kind {
            case .key: .keys(LookUp(name, keysOf: calls))
            case .attributes: .attributes(AttributeLookUp(name, calls))
            case .others(let tolerance):
                .others(
                    AttributeLookUp(
                        name, lots: calls.chunks(of: kind.callsPerCommand),
                        margin: NeighbourGuard.mostOffset + tolerance, spelling: spelling),
                    tolerance: tolerance)
            }
    }

    /// The commands, in order.
    var commands: [Command] {
        switch lookUp {
        case .keys(let lookUp): lookUp.commands
        case .attributes(let lookUp), .others(let lookUp, _): lookUp.commands
        }
    }

    /// The look-up by keys; `nil` where calls are looked up by something else.
    var byKeys: LookUp? {
        if case .keys(let lookUp) = lookUp { lookUp } else { nil }
    }

    /// Whether calls of other integrations are looked for.
    var asksForOthers: Bool {
        if case .others = lookUp { true } else { false }
    }

    /// What the store has to answer before an answer can be read.
    func factRequest(_ reply: BatchReply, _ neighbourhood: Neighbourhood) -> FactRequest {
        switch lookUp {
        case .keys: FactRequest()
        case .attributes(let lookUp): FactRequest(portalCallIDs: lookUp.callIDs(reply))
        case .others(let lookUp, _):
            FactRequest(portalCallIDs: lookUp.callIDs(reply), rivals: neighbourhood.rivals(of: calls))
        }
    }

    /// Reads an answer.
    func read(_ reply: BatchReply, _ context: Context) -> Finding {
        switch lookUp {
        case .keys(let lookUp): read(lookUp.read(reply, keepsKeys: context.keepsKeys == true))
        case .attributes(let lookUp):
            read(lookUp.read(reply)) { rows in
                let matches = AttributeMatching(calls, rows: free(rows, context), users: context.users).matches
                let known = calls.filter { matches[$0.id] != nil }
                return .known(known, known.compactMap { matches[$0.id]?.event })
            }
        case .others(let lookUp, let tolerance):
            read(lookUp.read(reply)) { rows in
                let asked = Set(calls.map(\.id))
                let neighbourhood = context.neighbourhood
                let matching = NeighbourMatching(
                    calls + context.facts.rivals.filter { !asked.contains($0.id) }, rows: free(rows, context),
                    neighbourhood.judge(keepsKeys: context.keepsKeys),
                    rules: .init(
                        tolerance: tolerance, maximumOffset: NeighbourGuard.mostOffset,
                        assumedOffset: neighbourhood.offset ?? 0))
                let known = calls.filter { matching.others[$0.id] != nil }
                return .known(
                    known, known.compactMap { matching.others[$0.id]?.registeredByOthers }, offset: matching.offset)
            }
        }
    }

    private func read(_ finding: LookUp.Finding) -> Finding {
        switch finding {
        case .failed(let verdict): return .failed(verdict)
        case .noRight: return .noRight
        // More rows than a page can only come from keys with several rows.
        case .incomplete where calls.count > 1: return .tooMany
        case .rows, .incomplete:
            let found = calls.filter { finding.row(of: $0) != nil }
            return .known(found, found.map { .foundAtPortal(statisticID: finding.row(of: $0) ?? 0) })
        }
    }

    private func read(_ finding: AttributeLookUp.Finding, rows judge: ([StatisticRow]) -> Finding) -> Finding {
        switch finding {
        // Pages without an end would come for every other question too.
        case .failed(let verdict) where verdict == .endlessPages && !asksForOthers: .failed(.endlessPages)
        case .failed(.nonsense(let reason)): .worthless(reason)
        case .failed(let verdict): .failed(verdict)
        case .noRight: .noRight
        case .incomplete where calls.count > 1: .tooMany
        case .rows(let rows), .incomplete(let rows): judge(rows)
        }
    }

    /// The rows that no other call of the ledger has.
    private func free(_ rows: [StatisticRow], _ context: Context) -> [StatisticRow] {
        let own = Set(calls.map(\.id))
        return rows.filter { row in
            guard let callID = row.callID else { return false }
            return context.facts.owners[callID].map(own.contains) ?? true
        }
    }
}

extension StatisticRow {
    /// What the row of another integration means for the call; `nil` for a row that cannot be told from others.
    fileprivate var registeredByOthers: CallEvent? {
        callID.map { .registeredByOthers(statisticID: id, portalCallID: $0, application: applicationName) }
    }
}
