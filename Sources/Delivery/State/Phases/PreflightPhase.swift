// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle

/// The phase in which the portal is asked what must be known before anything is sent.
struct PreflightPhase: DeliveryPhase {
    private var lines: LineSetup
    private var neighbours: NeighbourInquiry
    /// For how many calls something may be created in the CRM.
    private let creationCount: Int
    /// When the portal is asked again where it did not show rows that are known to be there.
    private var notBefore = Duration.zero
    private var isPassed = false

    init(_ settings: DeliverySettings, _ memory: DeliveryMemory) {
        lines = LineSetup(settings, wanted: memory.lines)
        neighbours = NeighbourInquiry(settings, memory)
        creationCount = memory.creating
    }

    mutating func next(_ run: inout DeliveryRun, at now: Duration) throws(ImpossibleTransition) -> PhaseStep {
        guard !isPassed else {
            // What others have, which lines are there and what is known matters only to calls that are begun.
            return .over(then: run.mayBegin ? AskingNeighbours(neighbours, then: lines) : OrdinaryDelivery())
        }
        guard notBefore <= now else { return .step(run.traffic.wait(until: notBefore, for: .statistics)) }
        let preflight = preflight(run)
        let question = neighbours.question(run.nextName + "o", besides: preflight.commands.count)
        // Who we are decides which rows are ours.
        let asksWho = !neighbours.isOver || run.neighbourhood.fillsAnything
        let commands = preflight.commands + (asksWho ? [ApplicationReply.command()] + question.commands : [])
        return .step(run.send(.preflight(preflight, question), commands, at: now))
    }

    private func preflight(_ run: DeliveryRun) -> Preflight {
        let settings = run.settings
        func uncounted(_ names: Set<String>) -> [String: Int] {
            Dictionary(uniqueKeysWithValues: names.map { ($0, 0) })
        }
        let names = CRMNames(
            sources: creationCount > 0 ? uncounted(settings.crm.namedSources) : [:],
            currencies: uncounted(settings.currencies))
        return Preflight(
            prefixes: settings.keyPrefixes, beyond: run.portal.highestStatisticID ?? 0, access: settings.access,
            asksLines: lines.isNeeded, asksForCRM: creationCount > 0,
            names: names, witnesses: settings.witnesses)
    }

    mutating func received(
        _ outcome: BatchOutcome, for request: DeliveryRequest, _ facts: StoreFacts, _ run: inout DeliveryRun,
        at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        guard case .preflight(let preflight, let question) = request.purpose else { isNotOfThisPhase(request) }
        let (reply, _, verdict) = outcome.reading()
        guard let reply else { return try run.book(Consequences(verdict), at: now) }
        let finding = preflight.read(reply, now: run.wallSeconds(at: now), calls: facts.calls)
        var news = meaning(of: finding, run.settings, at: now)
        if case .known(let known) = finding { news.add(pass(known, reply, question, run, at: now)) }
        return try run.book(news, at: now)
    }

    /// What a reply means that stands in the way of calls, and what a reply that does not means in any case.
    private mutating func meaning(
        of finding: Preflight.Finding, _ settings: DeliverySettings, at now: Duration
    ) -> Consequences {
        var news = Consequences()
        switch finding {
        case .refused(let refusal): news.verdict = .rejected(refusal)
        case .again(let verdict, let start):
            news.verdict = verdict
            news.portal.clock = start
        case .hidden(_, let start) where settings.othersMayWorkUntil > now:
            // The portal may show them a little later than it wrote them.
            news.verdict = .ok
            notBefore = settings.othersMayWorkUntil
            news.portal.clock = start
        case .hidden(let rows, _):
            news.end = .misconfigured(WitnessCheck.complaint(about: rows, remedy: settings.witnessRemedy))
        case .known(let known):
            news.verdict = .ok
            news.portal.clock = known.startedAt
        }
        return news
    }

    /// Takes in what a preflight has shown where nothing is in the way but the portal's lines.
    private mutating func pass(
        _ known: Preflight.Known, _ reply: BatchReply, _ question: AttributeLookUp, _ run: DeliveryRun, at now: Duration
    ) -> Consequences {
        var news = Consequences()
        if lines.isNeeded {
            news = lines.read(reply.outcomes[Preflight.lines], at: now)
            guard news.verdict == .ok, news.end == nil else { return news }
        }
        isPassed = true
        if !run.settings.host.isEmpty { news.facts.append(.portalHost(run.settings.host)) }
        news.warnings += known.warnings
        if creationCount > 0 {
            news.notices.append(CreationAnnouncement.text(calls: creationCount, mode: known.crmMode))
        }
        news.add(known.consequences(keepsKeys: run.portal.keepsKeys))
        if run.mayBegin {
            let canRead = known.reading.showsSomething
            news.add(
                neighbours.read(
                    reply, to: question, canRead: canRead, keepsKeys: run.portal.keepsKeys, run.neighbourhood))
        }
        return news
    }
}

extension Preflight.Known {
    /// What the statistics show of calls and of the ledger.
    fileprivate func consequences(keepsKeys: Bool?) -> Consequences {
        var news = Consequences()
        news.portal.reading = reading
        guard reading.showsSomething else {
            news.calls = [.allClosed]
            return news
        }
        // Where rows carry no keys they cannot be told from those of others.
        for page in pages where keepsKeys != false {
            news.calls.append(.events(page.events, of: page.proven))
            if page.isExplained {
                news.portal.highestRow = max(news.portal.highestRow, page.highestRow)
            } else {
                news.portal.isAheadOfLedger = true
            }
        }
        return news
    }
}
