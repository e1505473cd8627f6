// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallLifecycle

/// Looking calls up at the portal before anything is sent, where the ledger may know less than the portal: page by page, in
/// lots that become smaller where the portal cannot answer.
struct Verification: Sendable {
    private let kind: VerificationQuestion.Kind
    private var calls: UndeliveredCalls
    /// Other requests to the portal may be at work until then.
    private let notBefore: Duration

    /// All undelivered calls.
    ///
    /// - Parameter latestStart: Only calls that began by then, in seconds since 1970.
    init(ofAllBy kind: VerificationQuestion.Kind, latestStart: Int64, notBefore: Duration) {
        self.kind = kind
        self.notBefore = notBefore
        // Nobody else has what this ledger has registered.
        let states: [CallState] = if case .others = kind { [.pending] } else { [.pending, .registered] }
        calls = UndeliveredCalls(
            states, pageSize: kind.callsPerCommand * Portal.batchLimit, latestStart: latestStart)
    }

    /// These calls alone, which are in memory already.
    init(of some: [TrackedCall], by kind: VerificationQuestion.Kind) {
        self.kind = kind
        notBefore = .zero
        calls = UndeliveredCalls(only: some)
    }

    /// Whether nothing more is to be looked up.
    var isOver: Bool {
        if case .done = calls.next { true } else { false }
    }

    /// The next step; `nil` when it is over, or can show nothing.
    func step(_ run: inout DeliveryRun, at now: Duration) -> DeliveryStep? {
        guard notBefore <= now else { return run.traffic.wait(until: notBefore, for: .statistics) }
        guard run.portal.canRead else { return nil }
        switch calls.next {
        case .load(let page): return .load(page)
        case .ask(let lot):
            let question = VerificationQuestion(run.nextName + "v", lot, by: kind, run.neighbourhood.spelling)
            return run.send(.verify(question), question.commands, at: now)
        case .done: return nil
        }
    }

    /// Takes in the page that was asked for.
    ///
    /// - Parameter asked: The calls of the page that the portal is asked about; `nil`: all.
    mutating func loaded(_ page: [TrackedCall], asking asked: [TrackedCall]? = nil) {
        calls.loaded(page, asking: asked ?? page)
    }

    /// Takes in what became of a question.
    ///
    /// - Returns: What it means, and whether the portal knew anything of the calls.
    mutating func received(
        _ outcome: BatchOutcome, to question: VerificationQuestion, _ facts: StoreFacts, _ run: DeliveryRun
    ) -> (news: Consequences, hasKnown: Bool) {
        let context = VerificationQuestion.Context(
            facts: facts, keepsKeys: run.portal.keepsKeys, users: run.settings.users,
            neighbourhood: run.neighbourhood)
        let finding = read(outcome, to: question, context)
        var news = Consequences()
        switch finding {
        case .known(let known, let events, let offset):
            news.verdict = .ok
            news.neighbours.offset = offset
            news.calls = [.events(events, of: known)]
            if !known.isEmpty, question.byKeys != nil { news.portal.keepsKeys = true }
            if question.asksForOthers {
                let over = Set(known.map(\.id))
                news.calls.append(.notOfOthers(question.calls.filter { !over.contains($0.id) }))
            }
            return (news, !known.isEmpty)
        case .failed(let verdict): news.verdict = verdict
        case .tooMany: break
        case .noRight: news.portal.reading = PortalKnowledge.Reading.none
        case .worthless(let reason):
            // Without an answer nobody knows what others have sent.
            if question.asksForOthers { news.end = .rejected(reason) }
            news.warnings = ["\(reason); calls delivered from another ledger cannot be recognised"]
        }
        return (news, false)
    }

    private mutating func read(
        _ outcome: BatchOutcome, to question: VerificationQuestion, _ context: VerificationQuestion.Context
    ) -> VerificationQuestion.Finding {
        let (reply, _, verdict) = outcome.reading()
        guard let reply else {
            // A portal that is slow to look up may need longer than its cap for so many.
            if case .unknown = verdict { splitAfterLoss(question.calls.count) }
            return .failed(verdict)
        }
        let finding = question.read(reply, context)
        switch finding {
        case .known: calls.answered()
        case .tooMany: calls.split(into: question.calls.count / 4)
        case .worthless: calls.abandonPage()
        case .failed(.unknown) where kind != .key: splitAfterLoss(question.calls.count)
        case .failed, .noRight: break
        }
        return finding
    }

    private mutating func splitAfterLoss(_ count: Int) {
        let least = kind.callsPerCommand
        guard count > least else { return }
        calls.split(into: max(least, count / 4))
    }
}
