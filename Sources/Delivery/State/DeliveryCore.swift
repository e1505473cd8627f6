// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle
import CallRecords
import Clocks

/// What a delivery knows and counts, whatever phase it is in: requests are begun here, and their outcomes are booked.
struct DeliveryCore: Sendable {
    private let settings: DeliverySettings
    /// The wall clock when the monotonic clock stands at zero, in seconds since 1970.
    private let epoch: Double
    private let startedAt: Duration
    private let total: Int
    private let firstContact: Int64?
    /// For how many calls something may be created in the CRM.
    private let creationCount: Int

    private var open: OpenCalls
    private var portal: PortalKnowledge
    private var pace: DeliveryPace
    private var tally = RunTally()
    /// The lines that calls name.
    var lines: LineSetup
    private var neighbours: Neighbourhood
    private var pages = PendingPages()
    private var requests: RequestsInFlight
    private var chance: ChanceSource
    private var settleTime: SettleTime
    private let deadline: RunDeadline
    /// How many calls the statistics are asked about at a time: fewer once an answer had more than a page.
    private var callsPerQuestion = StatisticQuery.pageSize
    /// When the portal is asked for the first time, or again where it did not show rows that are known to be there.
    private(set) var preflightNotBefore = Duration.zero
    /// What whoever follows the run should read with the next commit.
    private var remarks: [DeliveryRemark] = []

    /// - Parameters:
    ///   - memory: What the ledger remembers.
    ///   - epoch: The wall clock when the monotonic clock stands at zero, in seconds since 1970.
    init(_ settings: DeliverySettings, memory: DeliveryMemory, epoch: Double, at now: Duration) {
        self.settings = settings
        self.epoch = epoch
        startedAt = now
        total = memory.deliverable
        firstContact = memory.firstContact
        creationCount = memory.creating
        open = OpenCalls(settings)
        portal = PortalKnowledge(memory)
        lines = LineSetup(
            settings.newLines, wanted: memory.lines, names: settings.lineNames,
            othersMayWorkUntil: settings.othersMayWorkUntil)
        pace = DeliveryPace(settings: settings.portal, epoch: epoch, memory: memory.pace)
        neighbours = Neighbourhood(settings, memory, now: Int64(epoch + now.inSeconds))
        chance = ChanceSource(seed: settings.chanceSeed)
        settleTime = SettleTime(settings.portal)
        deadline = RunDeadline(settings.deadline, epoch: epoch)
        tally.leavesOut(memory.leftOut, abandoned: memory.abandoned)
        requests = RequestsInFlight(
            nonce: settings.nonce, sequence: max(memory.sequence, settings.highestSequence))
    }

    // MARK: Questions

    /// Whether nothing more is to be sent, whatever is left.
    var isEnding: Bool { tally.ending != nil }
    /// How many requests are on their way.
    var requestsInFlight: Int { requests.count }
    /// How many requests may be on their way.
    var lanes: Int { settings.portal.lanes }
    /// How many calls are in memory.
    var openCalls: Int { open.count }
    /// Whether calls are begun in this run, or at least looked up because somebody wants that.
    var mayBegin: Bool { open.remaining > 0 || settings.verifiesPortal }
    /// Whether former runs have begun calls that are not over.
    var hasBegun: Bool { open.count > open.registerCount }
    /// Whether the portal's statistics can show anything.
    var canRead: Bool { portal.canRead }
    /// Whether the portal keeps EXTERNAL_CALL_ID; `nil` while it is not known.
    var keepsKeys: Bool? { portal.keepsKeys }
    /// Whether calls that look alike must be kept apart.
    var separatesLookAlikes: Bool { portal.separatesLookAlikes }

    /// What the delivery has done until now, and why it ended.
    var report: DeliveryReport {
        var report = tally.report
        report.end = end
        report.linesCreated = lines.created
        return report
    }

    /// How far the delivery is.
    ///
    /// - Parameter wait: What it waits for, and until when; `nil` when it does not.
    func progress(
        at now: Duration, waiting wait: (cause: RunProgress.Wait.Cause, until: Duration)? = nil
    ) -> RunProgress {
        RunProgress(
            done: tally.callsDone, total: total, unsettled: open.unsettledCount,
            wait: wait.map { RunProgress.Wait(cause: $0.cause, duration: $0.until - now) },
            elapsed: now - startedAt, remaining: pace.isPaceKnown ? forecast(at: now).duration : nil)
    }

    /// What the store has to answer before an outcome can be judged.
    func questions(about outcome: BatchOutcome, for request: DeliveryRequest) -> FactRequest {
        guard case .answered(let reply) = outcome else { return FactRequest() }
        switch request.purpose {
        case .preflight: return FactRequest(keys: preflight.keys(reply))
        case .verify(_, .attributes(let lookUp)): return FactRequest(portalCallIDs: lookUp.callIDs(reply))
        case .verify(let calls, .others(let lookUp)):
            return FactRequest(portalCallIDs: lookUp.callIDs(reply), rivals: neighbours.rivals(of: calls))
        case .register(let batch):
            let mayBeForeign = portal.keepsKeys == false && settings.ledgerMayBeStale
            return FactRequest(portalCallIDs: batch.callIDs(outcome), lookAlikesOf: mayBeForeign ? batch.calls : [])
        case .settle(_, let question): return FactRequest(portalCallIDs: question.callIDs(reply))
        case .askNeighbours, .lines, .addLine, .verify(_, .keys), .finish, .readBack: return FactRequest()
        }
    }

    /// Why the delivery ended, or would end now.
    private var end: DeliveryReport.End {
        if let ending = tally.ending { return ending }
        if open.waitsForForeignCallIDs, portal.separatesLookAlikes {
            return .stopped(
                "the portal confuses some calls with similar unfinished calls of the last 30 minutes; wait half an hour"
            )
        }
        if open.remaining == 0, open.registerCount > 0 {
            return .stopped("the number of calls given by --max-calls is reached")
        }
        if open.count > 0 || !pages.isComplete {
            return .stopped("some calls are unconfirmed, and only a later run can confirm them")
        }
        return .finished
    }

    private func forecast(at now: Duration) -> Forecast {
        // Calls that were registered count as well: --max-calls let them begin, and they are not delivered yet.
        let begun = max(0, open.count - open.registerCount)
        let allowed = open.remaining > .max - begun ? .max : open.remaining + begun
        return pace.forecast(
            calls: max(0, total - tally.callsOver), allowed: allowed, lanes: settings.portal.lanes,
            within: deadline.left(at: now), at: now)
    }

    /// The request that comes before all others.
    var preflight: Preflight {
        Preflight(
            prefixes: settings.keyPrefixes, beyond: portal.highestStatisticID ?? 0, access: settings.access,
            asksLines: lines.isNeeded, asksForCRM: creationCount > 0, names: crmNames, witnesses: settings.witnesses)
    }

    /// The names of the configuration that calls may be sent with.
    private var crmNames: CRMNames {
        func names(_ all: Set<String>) -> [String: Int] { Dictionary(uniqueKeysWithValues: all.map { ($0, 0) }) }
        return CRMNames(
            sources: names(creationCount > 0 ? settings.crm.namedSources : []), currencies: names(settings.currencies))
    }

    private func wall(_ now: Duration) -> Double { epoch + now.inSeconds }

    private func circumstances(_ now: Duration) -> Circumstances {
        Circumstances(
            now: now, wallSeconds: Int64(wall(now)), settleAfter: settleTime.duration, portal: portal)
    }

    /// Whether more pending calls should be read before the next batch is chosen.
    var wantsMoreCalls: Bool { !pages.isComplete && open.registerCount < 200 && open.count < 20_000 }

    /// The next page of calls that wait to be sent.
    func pendingPage(at now: Duration) -> CallPage { pages.next(latestStart: Int64(wall(now))) }

    /// The calls to register, or to finish, next.
    func nextToRegister(limit: Int, at now: Duration) -> [TrackedCall] {
        open.choice(separatesLookAlikes: portal.separatesLookAlikes).toRegister(most: limit, at: now)
    }

    func nextToFinish(limit: Int) -> [TrackedCall] {
        open.choice(separatesLookAlikes: portal.separatesLookAlikes).toFinish(most: limit)
    }

    /// What can be sent now, and what later.
    func options(at now: Duration) -> SendingOptions {
        SendingOptions(
            open, portal, pace, left: min(max(0, total - tally.callsOver), open.remaining), isIdle: requests.count == 0,
            isRegistering: requests.isRegistering, at: now)
    }

    /// Whether the ledger may know less than the portal, so that keys must be looked up before anything is sent; from when
    /// on, since other requests may still be at work, and which calls.
    func neededKeyVerification(at now: Duration) -> Verification? {
        // Where the portal keeps no keys there is nothing to look up.
        guard portal.keepsKeys != false, portal.canRead else { return nil }
        let isNew = portal.highestStatisticID == nil
        // A look-up in the batch of a register comes too late to keep it from creating a lead.
        guard
            isNew || portal.isAheadOfLedger || settings.ledgerMayBeStale || settings.verifiesPortal
                || open.mayCreate
        else {
            return nil
        }
        let notBefore = portal.isAheadOfLedger ? now + settleTime.duration : settings.othersMayWorkUntil
        return Verification(ofAllBy: .key, latestStart: Int64(wall(now)), notBefore: notBefore)
    }

    /// All calls by what they are. A portal without keys cannot show whether the ledger is behind it, so this is done in
    /// every run.
    func attributeVerification(at now: Duration) -> Verification {
        // What a former run has sent may still be at work.
        let notBefore = settings.ledgerMayBeStale ? settings.othersMayWorkUntil : now
        return Verification(ofAllBy: .attributes, latestStart: Int64(wall(now)), notBefore: notBefore)
    }
}

/// What is begun.
extension DeliveryCore {
    /// Decides that nothing more is sent; requests on their way are still awaited.
    mutating func end(_ reason: DeliveryReport.End) { tally.end(reason) }

    /// Ends the run when its deadline has come.
    mutating func endIfDue(at now: Duration) {
        guard deadline.hasCome(at: now), let moment = deadline.wall else { return }
        tally.end(.stopped("the time given by --until (\(Forecast.date(moment))) has passed"))
    }

    /// Counts time in which nothing was on its way.
    mutating func waited(_ duration: Duration) { tally.waited(duration) }

    /// Notes a sentence for a person, once.
    mutating func warn(_ text: String) { tally.warn(text) }

    /// Tells whoever follows the run that all calls are looked up first, if that is because of what the portal has.
    mutating func announceVerification() {
        guard portal.isAheadOfLedger else { return }
        let text =
            "the portal has calls that this ledger does not know; checking all undelivered calls at the portal first"
        remarks.append(DeliveryRemark(level: .notice, text: text))
    }

    /// The making of a line was left without an answer: it is asked for once the portal has surely stopped.
    mutating func lineLost(at now: Duration) { lines.lost(askFrom: now + settleTime.duration) }

    /// Says how long the run will take, once that is known.
    mutating func announce(at now: Duration) {
        guard tally.report.forecast == nil else { return }
        let forecast = forecast(at: now)
        guard forecast.isPaceKnown else { return }
        tally.expect(forecast)
        guard forecast.isWorthTelling else { return }
        remarks.append(DeliveryRemark(level: .notice, text: forecast.text(now: wall(now), deadline: deadline.wall)))
    }

    /// Sends commands in a request of their own as soon as the pace allows.
    mutating func sendAlone(
        _ purpose: DeliveryRequest.Purpose, _ commands: [Command], at now: Duration
    ) -> DeliveryStep {
        waitForPace(DeliveryPace.methods(of: commands), at: now)
            ?? .send(request(purpose, commands, intents: [], at: now))
    }

    /// The step of waiting until a moment, or until the deadline.
    func wait(until moment: Duration, for cause: RunProgress.Wait.Cause) -> DeliveryStep {
        .wait(until: deadline.orSooner(moment), for: cause)
    }

    private mutating func request(
        _ purpose: DeliveryRequest.Purpose, _ commands: [Command], intents: [TrackedCall], at now: Duration
    ) -> DeliveryRequest {
        let id = requests.begin(purpose)
        tally.sends(commands: commands.count)
        let facts = intents.isEmpty ? [] : [requests.countIntents()]
        return DeliveryRequest(
            id: id, commands: commands, intents: commit(intents, facts: facts), purpose: purpose,
            ticket: pace.sending(commands, at: now))
    }

    /// The beginning of the names of the next request's commands: no other request has it, in this run or another.
    var nextName: String { requests.nextName }

    /// The register of calls, whose intents are in the request.
    mutating func register(
        _ calls: [TrackedCall], at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryStep {
        let entries = try open.beginRegister(calls, circumstances(now))
        let batch = RegisterBatch(
            nextName, entries, looksUp: portal.looksUp, keepsKeys: portal.keepsKeys == true, crm: settings.crm,
            omitting: lines.omitted)
        return .send(request(.register(batch), batch.commands, intents: entries.map(\.call), at: now))
    }

    /// The finish of calls, whose intents are in the request.
    mutating func finish(
        _ calls: [TrackedCall], at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryStep {
        let entries = try open.beginFinish(calls, circumstances(now))
        let batch = FinishBatch(nextName, entries)
        return .send(request(.finish(batch), batch.commands, intents: entries.map(\.call), at: now))
    }

    /// The commit of what has changed, with the remarks that were not told yet.
    mutating func commit(_ changed: [TrackedCall], facts: [DeliveryFact] = []) -> DeliveryCommit {
        defer { remarks = [] }
        return DeliveryCommit(progress: changed, facts: facts, remarks: remarks)
    }

    /// Counts calls that are over, and makes the commit of what has changed.
    mutating func settled(_ changed: [TrackedCall], facts: [DeliveryFact] = []) -> DeliveryCommit {
        for call in changed { tally.note(call) }
        let highest = changed.compactMap(\.progress.statisticID).max() ?? 0
        return commit(changed, facts: facts + portal.knows(row: highest))
    }

    /// The register of calls as soon as the pace allows.
    mutating func registerWhenAllowed(
        _ calls: [TrackedCall], at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryStep {
        let methods: Set = portal.looksUp ? [RegisterCall.method, StatisticQuery.method] : [RegisterCall.method]
        if let wait = waitForPace(methods, at: now) { return wait }
        return try register(calls, at: now)
    }

    /// The finish of calls as soon as the pace allows.
    mutating func finishWhenAllowed(
        _ calls: [TrackedCall], at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryStep {
        if let wait = waitForPace([FinishCall.method], at: now) { return wait }
        return try finish(calls, at: now)
    }

    private func waitForPace(_ methods: Set<String>, at now: Duration) -> DeliveryStep? {
        let earliest = pace.earliest(methods: methods, at: now)
        guard earliest > now else { return nil }
        return wait(until: earliest, for: pace.isPaused(at: now) ? .portal : .requests)
    }

    /// Begins what can be done now; `nil` when there is nothing to do after all, or when the run ends for it.
    mutating func begin(
        _ deed: SendingOptions.Option.Deed, at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryStep? {
        switch deed {
        case .ask:
            let calls = open.takeQuestions(
                at: now, limit: callsPerQuestion, answeredBy: now + settings.portal.replyTimeout * 2)
            guard !calls.isEmpty else { return nil }
            let question = SettlingQuestion(nextName + "s", calls, asksByAttributes: portal.keepsKeys != true)
            return .send(request(.settle(calls, question), question.commands, intents: [], at: now))
        case .finish(let calls):
            guard fits(.finish, calls.count, at: now) else { return nil }
            return try finish(calls, at: now)
        case .register(let calls):
            guard fits(.register, calls.count, at: now) else { return nil }
            return try register(calls, at: now)
        case .look:
            return nil
        }
    }

    /// Whether a batch that begins now is expected to be over in time; the run ends when it is not.
    private mutating func fits(_ phase: DeliveryPace.Phase, _ count: Int, at now: Duration) -> Bool {
        guard !deadline.allows(endAt: now + pace.expected(phase, commands: count)) else { return true }
        tally.end(.stopped("another batch would not end before the time given by --until"))
        return false
    }
}

/// What was read, and what was answered.
extension DeliveryCore {
    /// Takes in calls that an earlier process left on their way.
    mutating func recovered(
        _ calls: [TrackedCall], at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        settled(try open.recover(calls, circumstances(now)))
    }

    /// Takes in a page of calls that wait to be sent; an empty one is the last.
    mutating func loaded(
        _ calls: [TrackedCall], owners: [String: Int64], at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        pages.took(calls)
        let own = calls.filter { !neighbours.isLeftOut($0) }
        let ripe = own.filter(neighbours.isRipe)
        tally.leavesToOthers(own.count - ripe.count)
        return settled(
            try open.add(ripe, owners: owners, comparedWithOthers: neighbours.isToCompare, circumstances(now)))
    }

    /// Counts what a request has used.
    mutating func ended(_ request: DeliveryRequest, _ outcome: BatchOutcome, at now: Duration) {
        requests.ended(request.id)
        pace.ended(request.ticket, request.commands, outcome, at: now)
        if case .answered(let reply) = outcome {
            tally.note(reply, to: request.commands)
            if let warning = settleTime.measured(reply.elapsed) { tally.warn(warning) }
        }
        if case .neverSent = outcome { tally.neverSent(commands: request.commands.count) }
    }

    /// Closes the delivery: what the store should remember for the next one.
    ///
    /// - Throws: ``ImpossibleTransition`` when the program is wrong about a call.
    mutating func close(at now: Duration) throws(ImpossibleTransition) -> DeliveryCommit {
        guard tally.report.requests > 0 else { return commit([]) }
        return commit(try open.endRun(circumstances(now)), facts: [.pace(pace.memory(at: now))])
    }

    /// What an outcome means for the run.
    mutating func conclude(_ verdict: RequestVerdict, at now: Duration) {
        pace.note(verdict, at: now, jitter: chance.next())
        guard let (remark, givingUp) = tally.note(verdict, settings.access) else { return }
        remarks.append(DeliveryRemark(level: .info, text: remark))
        // With --until a portal that lets nothing through is waited for until then.
        let isDue = deadline.isSet ? deadline.hasCome(at: now) : pace.hasGivenUp(at: now)
        if isDue { tally.end(givingUp) }
    }

    /// Books the reply to the preflight.
    ///
    /// - Returns: The commit, and whether delivery may go on; if not, the portal must be asked again or the run is ending.
    mutating func preflightReceived(
        _ outcome: BatchOutcome, _ facts: StoreFacts, at now: Duration
    ) throws(ImpossibleTransition) -> (commit: DeliveryCommit, isPassed: Bool) {
        let (reply, _, verdict) = outcome.reading()
        guard let reply else {
            conclude(verdict, at: now)
            return (commit([]), false)
        }
        switch preflight.read(reply, now: Int64(wall(now)), calls: facts.calls) {
        case .refused(let refusal):
            conclude(.rejected(refusal), at: now)
            return (commit([]), false)
        case .again(let verdict, let start):
            conclude(verdict, at: now)
            return (commit([], facts: knowClock(start, at: now)), false)
        case .hidden(_, let start) where settings.othersMayWorkUntil > now:
            // The portal may show them a little later than it wrote them.
            conclude(.ok, at: now)
            preflightNotBefore = settings.othersMayWorkUntil
            return (commit([], facts: knowClock(start, at: now)), false)
        case .hidden(let rows, _):
            let reason = WitnessCheck.complaint(about: rows, remedy: settings.witnessRemedy)
            tally.end(.misconfigured(reason))
            return (commit([]), false)
        case .known(let known):
            return try pass(known, reply, at: now)
        }
    }

    /// Takes in what a preflight has shown where nothing is in the way but the portal's lines.
    private mutating func pass(
        _ known: Preflight.Known, _ reply: BatchReply, at now: Duration
    ) throws(ImpossibleTransition) -> (commit: DeliveryCommit, isPassed: Bool) {
        if lines.isNeeded {
            let verdict = learnLines(reply.outcomes[Preflight.lines], at: now)
            guard verdict == .ok, !isEnding else {
                conclude(verdict, at: now)
                return (commit([], facts: knowClock(known.startedAt, at: now)), false)
            }
        }
        conclude(.ok, at: now)
        var news = knowClock(known.startedAt, at: now)
        if !settings.host.isEmpty { news.append(.portalHost(settings.host)) }
        for warning in known.warnings { tally.warn(warning) }
        if creationCount > 0 {
            let text = CreationAnnouncement.text(calls: creationCount, mode: known.crmMode)
            remarks.append(DeliveryRemark(level: .notice, text: text))
        }
        let (changed, more) = try take(known, at: now)
        return (settled(changed, facts: news + more), true)
    }

    /// Takes in what the preflight found out; calls that it settles are returned.
    private mutating func take(
        _ known: Preflight.Known, at now: Duration
    ) throws(ImpossibleTransition) -> (changed: [TrackedCall], facts: [DeliveryFact]) {
        portal.reading = known.reading
        guard portal.canRead else { return (try open.giveUpSettling(circumstances(now)), []) }
        var changed: [TrackedCall] = []
        var news: [DeliveryFact] = []
        // Where rows carry no keys they cannot be told from those of others.
        for page in known.pages where portal.keepsKeys != false {
            changed += try open.apply(page.events, to: page.proven, circumstances(now))
            if page.isExplained { news += portal.knows(row: page.highestRow) } else { portal.isAheadOfLedger = true }
        }
        return (changed, news)
    }

    /// Notes what the portal's clock shows; a ledger's first contact is the moment before which it knows of no register.
    private mutating func knowClock(_ start: Double?, at now: Duration) -> [DeliveryFact] {
        guard let start else { return [] }
        let isFirst = firstContact == nil && portal.highestStatisticID == nil
        let first = isFirst ? Int64(start.rounded(.down)) : firstContact
        open.knows(portalClock: start - now.inSeconds, firstContact: first)
        return isFirst ? [.firstContact(Int64(start.rounded(.down)))] : []
    }

    /// Books the reply to a look-up of a verification.
    ///
    /// - Returns: The commit, and whether the portal knew anything of the calls.
    mutating func verified(
        _ finding: Verification.Finding, of question: Verification.Question, about calls: [TrackedCall],
        at now: Duration
    ) throws(ImpossibleTransition) -> (commit: DeliveryCommit, hasKnown: Bool) {
        var changed: [TrackedCall] = []
        var news: [DeliveryFact] = []
        var hasKnown = false
        switch finding {
        case .known(let known, let events):
            conclude(.ok, at: now)
            changed = try open.apply(events, to: known, circumstances(now))
            hasKnown = !changed.isEmpty
            switch question {
            case .keys: if hasKnown { news = portal.keeps(true) }
            case .attributes: break
            case .others:
                let over = Set(known.map(\.id))
                changed += try open.holdWithoutEmployee(calls.filter { !over.contains($0.id) }, circumstances(now))
            }
        case .failed(let verdict): conclude(verdict, at: now)
        case .tooMany: break
        case .noRight: portal.reading = .none
        case .worthless(let reason):
            // Without an answer nobody knows what others have sent.
            if case .others = question { tally.end(.rejected(reason)) }
            tally.warn("\(reason); calls delivered from another ledger cannot be recognised")
        }
        return (settled(changed, facts: news), hasKnown)
    }

    /// Reads the reply to a look-up of a verification.
    func read(
        _ outcome: BatchOutcome, to question: Verification.Question, about calls: [TrackedCall],
        in verification: inout Verification, _ facts: StoreFacts
    ) -> Verification.Finding {
        verification.read(
            outcome, to: question, about: calls, facts, keepsKeys: portal.keepsKeys == true, users: settings.users,
            neighbours: neighbours.judge(keepsKeys: portal.keepsKeys))
    }

    /// Books the outcome of a register.
    mutating func registerReceived(
        _ outcome: BatchOutcome, _ batch: RegisterBatch, _ facts: StoreFacts, at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        let (events, verdict) = batch.read(outcome)
        let changed = try open.applyRegisters(
            events, to: batch.calls, facts, startedAt: outcome.reading().reply?.time?.start, circumstances(now))
        tally.note(batch.cards(outcome))
        conclude(verdict, at: now)
        endIfUseless(events, changed)
        return settled(changed)
    }

    /// A portal that answers a whole batch of registers without one CALL_ID again and again would do so with every call.
    private mutating func endIfUseless(_ events: [CallEvent], _ changed: [TrackedCall]) {
        let isUseless = events.allSatisfy { $0 == .registerWithoutCallID }
        guard isUseless, changed.contains(where: { $0.progress.reason == HoldReason.noCallID.rawValue }) else { return }
        tally.end(
            .rejected(
                "the portal answers telephony.externalCall.register without a CALL_ID; ask who maintains the portal, then "
                    + "run: cdr24 retry"))
    }

    /// Books the outcome of a finish.
    mutating func finishReceived(
        _ outcome: BatchOutcome, _ batch: FinishBatch, at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        let (events, verdict, dropsKeys) = batch.read(outcome)
        if dropsKeys { portal.missedKey() }
        let changed = try open.apply(events, to: batch.entries.map(\.call), circumstances(now))
        tally.note(batch.cards(outcome))
        conclude(verdict, at: now)
        return settled(changed)
    }

    /// Books the reply to a question about finishes.
    mutating func answersReceived(
        _ outcome: BatchOutcome, _ calls: [TrackedCall], _ question: SettlingQuestion, _ facts: StoreFacts,
        at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        let (reply, _, verdict) = outcome.reading()
        let answer =
            reply.map {
                question.read(
                    $0, of: calls, owners: facts.owners, keepsKeys: portal.keepsKeys == true, users: settings.users)
            } ?? .failed(verdict)
        switch answer {
        case .failed(let verdict):
            conclude(verdict, at: now)
            open.postpone(calls, to: now + settings.portal.rereadAfter)
            return commit([])
        case .noRight:
            portal.reading = .none
            return settled(try open.giveUp(calls, circumstances(now)))
        case .found(let found, let isComplete):
            conclude(.ok, at: now)
            if !isComplete { callsPerQuestion = max(1, min(callsPerQuestion, calls.count) / 4) }
            return settled(
                try open.applyLookUp(
                    found, of: calls, isComplete: isComplete || calls.count == 1, circumstances(now)))
        }
    }

    /// Books the reply to the reading back of a first batch.
    mutating func readBackReceived(
        _ outcome: BatchOutcome, _ lookUp: LookUp, of batch: inout FirstBatch, at now: Duration
    ) -> DeliveryCommit {
        let (reply, _, verdict) = outcome.reading()
        let finding = reply.map { lookUp.read($0, keepsKeys: portal.keepsKeys == true) } ?? .failed(verdict)
        switch finding {
        case .failed(let verdict): conclude(verdict, at: now)
        case .noRight: portal.reading = .none
        case .rows, .incomplete: break
        }
        let keepsKeys = batch.read(finding, rereadAfter: settings.portal.rereadAfter, at: now)
        if let warning = batch.warning { tally.warn(warning) }
        if batch.showsPart, portal.reading == .all { portal.reading = .some }
        return commit([], facts: keepsKeys.map { portal.keeps($0) } ?? [])
    }
}

/// What concerns other integrations.
extension DeliveryCore {
    /// Whether nothing more is to be asked about other integrations before calls are sent.
    var hasCheckedNeighbours: Bool { neighbours.isChecked }

    /// How others may spell numbers.
    var spelling: NumberSpelling { neighbours.spelling }

    /// The next question about other integrations, with the commands that it is asked with; none when there is nothing to
    /// ask.
    ///
    /// - Parameter others: How many other commands its request has.
    func neighbourQuestion(besides others: Int = 0) -> (question: AttributeLookUp, commands: [Command]) {
        let question = neighbours.question(nextName + "o", besides: others)
        return (question, neighbours.commands(question))
    }

    /// Books what the portal says about calls that others may have registered.
    mutating func neighboursReceived(
        _ outcome: BatchOutcome, _ question: AttributeLookUp, at now: Duration
    ) -> DeliveryCommit {
        let (reply, _, verdict) = outcome.reading()
        guard let reply else {
            conclude(verdict, at: now)
            return commit([])
        }
        switch neighbours.read(reply, to: question, canRead: portal.canRead, keepsKeys: portal.keepsKeys) {
        case .again(let verdict): conclude(verdict, at: now)
        case .unknowable: tally.warn(Neighbourhood.cannotCheck)
        case .unfinished: break
        case .over(let findings) where findings.isEmpty: return commit([], facts: neighbours.checkedFacts)
        case .over(let findings): tally.meets(findings)
        }
        return commit([])
    }

    /// The look-up of all calls that others may have registered, where the configuration says that gaps are filled.
    mutating func neededFill(at now: Duration) -> Verification? {
        guard neighbours.fillsAnything else { return nil }
        guard portal.canRead else {
            tally.end(.misconfigured(Neighbourhood.cannotFill))
            return nil
        }
        return Verification(
            ofAllBy: .others(tolerance: neighbours.tolerance), latestStart: Int64(wall(now)), notBefore: .zero,
            neighbourOffset: neighbours.offset)
    }

    /// Notes that all calls were compared with those of others.
    mutating func hasFilled() { neighbours.filled() }

    /// The calls of a page that others had enough time to register.
    func toFill(_ calls: [TrackedCall]) -> [TrackedCall] { calls.filter(neighbours.isToFill) }

    /// Notes another integration's clock, and tells a person about it.
    mutating func notice(neighbourOffset seen: Int64?) -> [DeliveryFact] {
        let (facts, warning) = neighbours.knows(offset: seen)
        if let warning { tally.warn(warning) }
        return facts
    }
}
