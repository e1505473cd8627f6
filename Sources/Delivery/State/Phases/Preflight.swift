// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallLifecycle

/// One request that shows whether an import can work: clock, permissions, rights, and whether the portal holds calls of
/// ours that the ledger knows nothing of.
struct Preflight: Sendable {
    /// What a reply showed.
    enum Finding: Sendable {
        /// The portal will not take calls from us, and why.
        case refused(PortalRefusal)
        /// The portal must be asked again: a refusal for now says nothing about the right to read.
        case again(RequestVerdict, startedAt: Double?)
        /// The portal does not show rows that are known to be there.
        case hidden([RowWitness], startedAt: Double?)
        case known(Known)
    }

    /// What is known about the portal.
    struct Known: Sendable {
        /// What may be concluded from its statistics.
        var reading = PortalKnowledge.Reading.some
        /// What a person should know.
        var warnings: [String] = []
        /// How the portal's CRM works; `nil` where it was not asked or does not say.
        var crmMode: CRMMode?
        /// When the portal began with the request, in seconds since 1970 on its clock.
        var startedAt: Double?
        /// For each key prefix, what the first page of rows beyond the highest known one says about the ledger.
        var pages: [LedgerComparison] = []
    }

    /// By how many seconds the clocks of this machine and the portal may differ unmentioned.
    private static let clockTolerance: Int64 = 60

    private let prefixes: [String]
    private let access: PortalAccess
    private let names: CRMNames
    private let witnesses: WitnessCheck
    /// The commands, in order.
    let commands: [Command]

    /// - Parameters:
    ///   - prefixes: The key prefixes of all sources.
    ///   - highest: The highest row that the ledger knows to be ours; 0 for none.
    ///   - access: How the portal knows this program.
    ///   - asksLines: Whether the portal's lines are asked for too.
    ///   - asksForCRM: Whether something may be created in the CRM, so that its mode matters.
    ///   - names: Names that the portal's CRM may lack.
    ///   - witnesses: Rows that the portal must show, at most 50.
    init(
        prefixes: [String], beyond highest: Int64, access: PortalAccess, asksLines: Bool, asksForCRM: Bool = false,
        names: CRMNames = CRMNames(sources: [:], currencies: [:]), witnesses: [RowWitness] = []
    ) {
        self.prefixes = prefixes
        self.access = access
        self.names = names
        self.witnesses = WitnessCheck(witnesses)
        let probes = prefixes.enumerated().map { index, prefix in
            StatisticQuery.carrying(prefix: prefix + ":", beyond: highest).command(key: Self.probe(index))
        }
        let questions = [
            ServerTimeReply.command(), ScopeReply.command(), ProfileReply.command(),
            CallRightsProbe.command(key: Self.rights),
        ]
        commands =
            questions + (asksLines ? [LinesReply.command(key: Self.lines)] : []) + probes
            + (asksForCRM ? [CRMMode.command()] : []) + names.commands + self.witnesses.commands
    }

    /// The name of the question for lines.
    static let lines = "lines"
    private static let rights = "calls"
    private static func probe(_ index: Int) -> String { "probe\(index)" }

    /// Reads a reply.
    ///
    /// - Parameters:
    ///   - now: The wall clock in seconds since 1970.
    ///   - calls: The ledger's calls of ``keys(_:)``.
    func read(_ reply: BatchReply, now: Int64, calls: [String: TrackedCall]) -> Finding {
        var known = Known(startedAt: reply.time?.start)
        // What cannot be read says nothing: another answer will show what is not allowed.
        if case .succeeded(let answer)? = reply.outcomes["scope"], let scopes = try? ScopeReply(answer.result),
            !scopes.scopes.contains("telephony")
        {
            return .refused(.lacksTelephony)
        }
        // A portal may keep register and finish for applications: that shows before any call is sent.
        if case .refused(let error) = CallRightsProbe(reply.outcomes[Self.rights]) { return .refused(.error(error)) }
        if case .succeeded(let answer)? = reply.outcomes["profile"], ProfileReply(answer.result).isAdmin {
            known.reading = .all
        }
        known.crmMode = CRMMode(reply.outcomes["crm"])
        for case .unknown(let warning) in names.findings(reply) { known.warnings.append(warning) }
        if let warning = clockWarning(reply, now: now) { known.warnings.append(warning) }
        return readRows(reply, calls, known)
    }

    private func readRows(_ reply: BatchReply, _ calls: [String: TrackedCall], _ access: Known) -> Finding {
        var known = access
        for index in prefixes.indices {
            switch reply.outcomes[Self.probe(index)] {
            case .succeeded(let answer):
                // An address that answers with something else is no portal, or one that nobody knows.
                guard let rows = try? StatisticRow.rows(answer.result) else {
                    return .refused(.notStatistics)
                }
                let hasMore = (answer.total ?? rows.count) > rows.count
                known.pages.append(LedgerComparison(rows, hasMore: hasMore, self, calls: calls))
            case .failed(let error) where error.kind == .accessDenied || error.kind == .insufficientScope:
                known.reading = .none
            case .failed(let error):
                return .again(RequestVerdict(error), startedAt: known.startedAt)
            case .missing, nil:
                return .again(.unknown("the reply lacks the result of a command"), startedAt: known.startedAt)
            }
        }
        if let warning = known.reading.warning(self.access) { known.warnings.append(warning) }
        return switch witnesses.read(reply) {
        case .again(let verdict): .again(verdict, startedAt: known.startedAt)
        case .missing(let rows): .hidden(rows, startedAt: known.startedAt)
        case .allShown: .known(known)
        }
    }

    private func clockWarning(_ reply: BatchReply, now: Int64) -> String? {
        // A portal that does not tell its time is not warned about.
        guard case .succeeded(let answer)? = reply.outcomes["time"], let server = try? ServerTimeReply(answer.result)
        else { return nil }
        let difference = server.date.epochSeconds - now
        guard difference.magnitude > Self.clockTolerance else { return nil }
        return
            "the clocks of this machine and of the portal differ by \(difference.magnitude) seconds; check the clock of this machine"
    }

    /// The keys of ours among the rows of a reply.
    func keys(_ reply: BatchReply) -> [String] {
        prefixes.indices.flatMap { index -> [String] in
            guard case .succeeded(let answer)? = reply.outcomes[Self.probe(index)],
                // Rows that cannot be read are judged when the reply is.
                let rows = try? StatisticRow.rows(answer.result)
            else { return [] }
            return rows.compactMap(\.externalCallID).filter(isOurs)
        }
    }

    /// Whether a key begins with one of our prefixes.
    func isOurs(_ key: String) -> Bool { prefixes.contains { key.hasPrefix($0 + ":") } }

    /// Whether a row answers the question: the portal looks for the prefix anywhere in an id, so another system's may
    /// contain it.
    func wasAskedFor(_ row: StatisticRow) -> Bool {
        row.externalCallID.map { key in prefixes.contains { key.contains($0 + ":") } } ?? false
    }
}

extension PortalKnowledge.Reading {
    /// What a person should know about it; `nil` when everything can be read.
    fileprivate func warning(_ access: PortalAccess) -> String? {
        switch self {
        case .all: nil
        case .some:
            "\(access.owner) is not an administrator and may be unable to see all calls; a call whose reply is lost and "
                + "that is not in the statistics will be held; \(access.remedyForRights)"
        case .none:
            "\(access.owner) cannot read the call statistics; a call whose reply is lost will be held, and calls "
                + "delivered from another ledger cannot be recognised"
        }
    }
}
