// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle
import CallRecords
import Clocks

/// What all phases of a delivery share: the calls on their way, what is known about the portal, the requests, and the
/// account of the run.
///
/// Here alone requests are begun, and what outcomes mean takes effect.
struct DeliveryRun: Sendable {
    /// What the delivery was told.
    let settings: DeliverySettings
    /// The calls on their way.
    private(set) var calls: OpenCalls
    /// What is known about the portal.
    private(set) var portal: PortalKnowledge
    /// The requests.
    private(set) var traffic: Traffic
    /// How the sources live beside other integrations.
    private(set) var neighbourhood: Neighbourhood
    private var tally = RunTally()
    private var pages = PendingPages()
    /// Lines that calls are sent without.
    private var omittedLines: Set<String> = []
    /// The wall clock when the monotonic clock stands at zero, in seconds since 1970.
    private let epoch: Double
    private let startedAt: Duration
    private let total: Int

    /// - Parameters:
    ///   - memory: What the ledger remembers.
    ///   - epoch: The wall clock when the monotonic clock stands at zero, in seconds since 1970.
    init(_ settings: DeliverySettings, _ memory: DeliveryMemory, epoch: Double, at now: Duration) {
        self.settings = settings
        self.epoch = epoch
        startedAt = now
        total = memory.deliverable
        calls = OpenCalls(settings)
        portal = PortalKnowledge(memory)
        traffic = Traffic(settings, memory, epoch: epoch)
        neighbourhood = Neighbourhood(settings, memory, now: Int64(epoch + now.inSeconds))
        tally.leavesOut(memory.leftOut, abandoned: memory.abandoned)
    }

    // MARK: Questions

    /// Whether nothing more is to be sent, whatever is left.
    var isEnding: Bool { tally.ending != nil }
    /// What is done when nothing more can be sent.
    var awaitOrEnd: DeliveryStep { traffic.requests.count > 0 ? .wait(until: nil, for: .answers) : .end }
    /// Whether calls are begun in this run, or at least looked up because somebody wants that.
    var mayBegin: Bool { calls.remaining > 0 || settings.verifiesPortal }
    /// Whether former runs have begun calls that are not over.
    var hasBegun: Bool { calls.count > calls.registerCount }
    /// The beginning of the names of the next request's commands.
    var nextName: String { traffic.requests.nextName }
    /// Which calls may be sent next.
    var choice: CallChoice { calls.choice(separatesLookAlikes: portal.separatesLookAlikes) }

    /// The wall clock in seconds since 1970.
    func wallSeconds(at now: Duration) -> Int64 { Int64(epoch + now.inSeconds) }

    /// The next page of calls that wait to be sent; `nil` when no more have to be read before the next batch is chosen.
    func nextPage(at now: Duration) -> CallPage? {
        guard !pages.isComplete, calls.registerCount < 200, calls.count < 20_000 else { return nil }
        return pages.next(latestStart: wallSeconds(at: now))
    }

    /// Tells the pace how much is left to be sent.
    mutating func plan() {
        traffic.plan(registers: min(max(0, waiting - begun), calls.remaining), finishes: min(waiting, allowed))
    }

    /// What can be sent now, and what later.
    func options(at now: Duration) -> SendingOptions {
        SendingOptions(
            choice, nextQuestion: calls.nextQuestion, looksUp: portal.looksUp, traffic,
            left: min(waiting, calls.remaining), at: now)
    }

    /// How many calls are not over.
    private var waiting: Int { max(0, total - tally.callsOver) }

    /// How many calls were begun and are not over.
    private var begun: Int { max(0, calls.count - calls.registerCount) }

    /// How many calls this run may deliver: those that were begun count as well, since `--max-calls` let them begin.
    private var allowed: Int { calls.remaining > .max - begun ? .max : calls.remaining + begun }

    /// What the delivery has done until now, and why it ended, or would end now.
    var report: DeliveryReport {
        var report = tally.report
        report.end = tally.ending ?? endByItself
        return report
    }

    private var endByItself: DeliveryReport.End {
        if calls.waitsForForeignCallIDs, portal.separatesLookAlikes {
            return .stopped(
                "the portal confuses some calls with similar unfinished calls of the last 30 minutes; wait half an hour"
            )
        }
        if calls.remaining == 0, calls.registerCount > 0 {
            return .stopped("the number of calls given by --max-calls is reached")
        }
        if calls.count > 0 || !pages.isComplete {
            return .stopped("some calls are unconfirmed, and only a later run can confirm them")
        }
        return .finished
    }

    /// How far the delivery is.
    ///
    /// - Parameter wait: What it waits for, and until when; `nil` when it does not.
    func progress(
        at now: Duration, waiting wait: (cause: RunProgress.Wait.Cause, until: Duration)?
    ) -> RunProgress {
        RunProgress(
            done: tally.callsDone, total: total, unsettled: calls.unsettledCount,
            wait: wait.map { RunProgress.Wait(cause: $0.cause, duration: $0.until - now) },
            elapsed: now - startedAt, remaining: traffic.pace.isPaceKnown ? forecast(at: now).duration : nil)
    }

    private func forecast(at now: Duration) -> Forecast {
        traffic.forecast(calls: waiting, allowed: allowed, at: now)
    }

    // MARK: The run

    /// Decides that nothing more is sent; requests on their way are still awaited.
    mutating func end(_ reason: DeliveryReport.End) { tally.end(reason) }

    /// Ends the run when its deadline has come.
    mutating func endIfDue(at now: Duration) {
        if let end = traffic.timeIsUp(at: now) { tally.end(end) }
    }

    /// Counts time in which nothing was on its way.
    mutating func waited(_ duration: Duration) { tally.waited(duration) }

    /// Tells whoever follows the run something with the next commit.
    mutating func notice(_ text: String) { tally.remark(.notice, text) }

    /// Says how long the run will take, once that is known.
    mutating func announceForecast(at now: Duration) {
        guard tally.report.forecast == nil else { return }
        let forecast = forecast(at: now)
        guard forecast.isPaceKnown else { return }
        tally.expect(forecast)
        if let text = traffic.text(of: forecast, wall: epoch + now.inSeconds) { notice(text) }
    }

    /// Notes that all calls that can be sent were compared with those of others.
    mutating func hasFilled() { neighbourhood.filled() }

    // MARK: Requests

    /// Begins a request without calls as soon as the pace allows.
    mutating func send(
        _ purpose: DeliveryRequest.Purpose, _ commands: [Command], at now: Duration
    ) -> DeliveryStep {
        traffic.wait(forPaceOf: DeliveryPace.methods(of: commands), at: now)
            ?? begin(purpose, commands, intents: [], at: now)
    }

    private mutating func begin(
        _ purpose: DeliveryRequest.Purpose, _ commands: [Command], intents: [TrackedCall], at now: Duration
    ) -> DeliveryStep {
        tally.sends(commands: commands.count)
        return .send(traffic.begin(purpose, commands, intents: commit(intents), at: now))
    }

    /// Begins the register of calls, whose intents are in the request.
    mutating func register(_ chosen: [TrackedCall], at now: Duration) throws(ImpossibleTransition) -> DeliveryStep {
        let entries = try calls.beginRegister(chosen, circumstances(now))
        let batch = RegisterBatch(
            nextName, entries, looksUp: portal.looksUp, keepsKeys: portal.keepsKeys == true, crm: settings.crm,
            omitting: omittedLines)
        return begin(.register(batch), batch.commands, intents: entries.map(\.call), at: now)
    }

    /// Begins the finish of calls, whose intents are in the request.
    mutating func finish(_ chosen: [TrackedCall], at now: Duration) throws(ImpossibleTransition) -> DeliveryStep {
        let entries = try calls.beginFinish(chosen, circumstances(now))
        let batch = FinishBatch(nextName, entries)
        return begin(.finish(batch), batch.commands, intents: entries.map(\.call), at: now)
    }

    /// The calls to ask the statistics about now; they are not asked about again before the answer must be there.
    mutating func takeQuestions(most: Int, at now: Duration) -> [TrackedCall] {
        calls.takeQuestions(at: now, limit: most, answeredBy: now + settings.portal.replyTimeout * 2)
    }

    /// Counts what a request has used.
    mutating func ended(_ request: DeliveryRequest, _ outcome: BatchOutcome, at now: Duration) {
        if let warning = traffic.end(request, outcome, at: now) { tally.warn(warning) }
        tally.note(outcome, to: request.commands)
    }

    // MARK: Booking

    /// Takes in calls that an earlier process left on their way.
    mutating func recover(_ found: [TrackedCall], at now: Duration) throws(ImpossibleTransition) -> DeliveryCommit {
        settle(try calls.recover(found, circumstances(now)))
    }

    /// Takes in a page of calls that wait to be sent; an empty one is the last.
    mutating func load(
        _ page: [TrackedCall], owners: [String: Int64], at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        pages.took(page)
        let own = page.filter { !neighbourhood.isLeftOut($0) }
        let ripe = own.filter(neighbourhood.isRipe)
        tally.leavesToOthers(own.count - ripe.count)
        return settle(
            try calls.add(
                ripe, owners: owners, comparedWithOthers: neighbourhood.isToCompare, circumstances(now)))
    }

    /// Books what an outcome means.
    ///
    /// - Returns: What must be durable before the next step is done.
    mutating func book(_ news: Consequences, at now: Duration) throws(ImpossibleTransition) -> DeliveryCommit {
        var facts = portal.take(news.portal) + news.facts
        if let clock = news.portal.clock {
            calls.knows(portalClock: clock - now.inSeconds, firstContact: portal.firstContact)
        }
        let (neighbourFacts, warning) = neighbourhood.take(news.neighbours)
        facts += neighbourFacts
        if let warning { tally.warn(warning) }
        omittedLines.formUnion(news.omittedLines)
        var changed: [TrackedCall] = []
        for item in news.calls { changed += try calls.apply(item, circumstances(now)) }
        if let verdict = news.verdict { conclude(verdict, at: now) }
        tally.note(news, changed)
        return settle(changed, facts)
    }

    /// Books what an outcome means for the run.
    private mutating func conclude(_ verdict: RequestVerdict, at now: Duration) {
        traffic.note(verdict, at: now)
        guard let (remark, givingUp) = tally.note(verdict, settings.access) else { return }
        tally.remark(.info, remark)
        if traffic.hasGivenUp(at: now) { tally.end(givingUp) }
    }

    /// Closes the delivery: what the store should remember for the next one.
    mutating func close(at now: Duration) throws(ImpossibleTransition) -> DeliveryCommit {
        guard tally.report.requests > 0 else { return commit([]) }
        return commit(try calls.endRun(circumstances(now)), [.pace(traffic.pace.memory(at: now))])
    }

    /// Counts calls that are over, and makes the commit of what has changed.
    private mutating func settle(_ changed: [TrackedCall], _ facts: [DeliveryFact] = []) -> DeliveryCommit {
        for call in changed { tally.note(call) }
        var rows = PortalKnowledge.News()
        rows.highestRow = changed.compactMap(\.progress.statisticID).max() ?? 0
        return commit(changed, facts + portal.take(rows))
    }

    private mutating func commit(_ changed: [TrackedCall], _ facts: [DeliveryFact] = []) -> DeliveryCommit {
        DeliveryCommit(progress: changed, facts: facts, remarks: tally.takeRemarks())
    }

    private func circumstances(_ now: Duration) -> Circumstances {
        Circumstances(
            now: now, wallSeconds: wallSeconds(at: now), settleAfter: traffic.settleAfter, portal: portal)
    }
}
