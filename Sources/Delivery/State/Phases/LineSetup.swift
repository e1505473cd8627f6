// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle

/// The phase that makes the lines that calls name and that the portal must know before the first of them is sent: it would
/// make unknown ones itself, without a name, and a lead for every unknown client who calls on them.
///
/// Lines are made one by one, in one request after the other. One whose making was left without an answer is asked for
/// before it is made again, once the portal has surely stopped.
struct LineSetup: DeliveryPhase {
    /// What comes next; it stays the same until it has been done.
    private enum Step {
        /// Ask the portal for its lines, no sooner than the moment.
        case ask(notBefore: Duration)
        /// Make a line.
        case add(ExternalLine)
        case done
    }

    private let policy: NewLines
    private let names: [String: String]
    /// LINE_NUMBER -> calls that name it.
    private let wanted: [String: Int]
    /// Until when a line that an earlier process has begun to make may still be made.
    private let othersMayWorkUntil: Duration
    /// Lines that have to be made, in order.
    private var missing: [String] = []
    /// When the portal can be asked what became of a line's making; `nil` when there is no such question.
    private var askFrom: Duration?
    /// Lines whose making was begun.
    private var begun: Set<String> = []

    /// - Parameter wanted: LINE_NUMBER -> calls that are still to be registered.
    init(_ settings: DeliverySettings, wanted: [String: Int]) {
        policy = settings.newLines
        names = settings.lineNames
        othersMayWorkUntil = settings.othersMayWorkUntil
        self.wanted = wanted
    }

    /// Whether the portal's lines matter at all.
    var isNeeded: Bool { !wanted.isEmpty }

    // MARK: Requests

    mutating func next(_ run: inout DeliveryRun, at now: Duration) -> PhaseStep {
        switch step {
        case .done: return .over(then: KeyVerification.afterLines(&run, at: now))
        case .ask(let notBefore):
            guard notBefore <= now else { return .step(run.traffic.wait(until: notBefore, for: .portal)) }
            return .step(run.send(.lines, [LinesReply.command(key: run.nextName + "g")], at: now))
        case .add(let line):
            let step = run.send(.addLine(line), [AddLine.command(line, key: run.nextName + "n")], at: now)
            if case .send = step { begun.insert(line.number) }
            return .step(step)
        }
    }

    private var step: Step {
        if let askFrom { return .ask(notBefore: askFrom) }
        return missing.first.map { .add(line($0)) } ?? .done
    }

    private func line(_ number: String) -> ExternalLine {
        ExternalLine(number: number, name: names[number] ?? number, createsCRM: false)
    }

    mutating func received(
        _ outcome: BatchOutcome, for request: DeliveryRequest, _ facts: StoreFacts, _ run: inout DeliveryRun,
        at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        let news: Consequences
        switch request.purpose {
        case .lines:
            let (reply, _, verdict) = outcome.reading()
            news = reply.map { read($0.outcomes.values.first, at: now) } ?? Consequences(verdict)
        case .addLine(let line): news = added(line.number, outcome, askFrom: now + run.traffic.settleAfter)
        default: isNotOfThisPhase(request)
        }
        return try run.book(news, at: now)
    }

    // MARK: Outcomes

    /// Reads the portal's answer to the question for its lines.
    mutating func read(_ outcome: CommandOutcome?, at now: Duration) -> Consequences {
        switch outcome {
        case .succeeded(let answer)?:
            // What is no list says nothing; another answer may.
            guard let reply = try? LinesReply(answer.result) else {
                return Consequences(.unknown("the reply is not a list of lines"))
            }
            return learned(reply, at: now)
        case .failed(let error)?: return Consequences(RequestVerdict(error))
        case .missing?, nil: return Consequences(.unknown("the reply lacks the result of a command"))
        }
    }

    private mutating func learned(_ reply: LinesReply, at now: Duration) -> Consequences {
        var news = Consequences(.ok)
        askFrom = nil
        let unknown = reply.unknown(among: wanted.keys)
        news.createdLines = missing.filter { begun.contains($0) && !unknown.contains($0) }
        missing = []
        guard !unknown.isEmpty else { return news }
        switch policy {
        case .create:
            missing = unknown
            if othersMayWorkUntil > now { askFrom = othersMayWorkUntil }
        case .omit:
            news.omittedLines = unknown
            news.warnings = [
                "the portal does not have these lines, so calls are sent without them: \(counts(unknown))"
            ]
        case .stop: news.end = .misconfigured(complaint(unknown))
        }
        return news
    }

    /// Reads what became of the making of a line.
    ///
    /// - Parameter moment: When the portal can be asked about it if that is not known.
    private mutating func added(_ number: String, _ outcome: BatchOutcome, askFrom moment: Duration) -> Consequences {
        let (reply, wasExecuted, verdict) = outcome.reading()
        guard let reply else {
            if wasExecuted == nil { askFrom = moment }
            return Consequences(verdict)
        }
        var news = Consequences(.ok)
        switch reply.outcomes.values.first {
        case .succeeded?:
            missing.removeAll { $0 == number }
            news.createdLines = [number]
        case .failed(let error)? where AddLine.isThere(error):
            // Somebody else has made it.
            missing.removeAll { $0 == number }
        case .failed(let error)? where error.consequence == .permanent:
            news.verdict = .rejected(.line(number, error))
        case .failed(let error)?:
            if error.consequence == .unknown { askFrom = moment }
            news.verdict = RequestVerdict(error)
        case .missing?, nil:
            askFrom = moment
            news.verdict = .unknown("the reply lacks the result of a command")
        }
        return news
    }

    // MARK: Words

    private func complaint(_ unknown: [String]) -> String {
        """
        the portal does not have these lines: \(counts(unknown)); create them with cdr24 lines --create, correct lines in \
        the configuration, or set new_lines: create or omit
        """
    }

    private func counts(_ numbers: [String]) -> String {
        numbers.map { "\($0) (\(wanted[$0] == 1 ? "1 call" : "\(wanted[$0] ?? 0) calls"))" }.joined(separator: ", ")
    }
}
