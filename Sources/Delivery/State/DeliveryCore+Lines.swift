// SPDX-License-Identifier: Apache-2.0

import Bitrix24

/// The lines that have to be at the portal before the first call is sent.
extension DeliveryCore {
    /// The next request or wait for lines; `nil` when all are there, or calls are sent without them.
    mutating func makeLines(at now: Duration) -> DeliveryStep? {
        switch lines.step {
        case .done: return nil
        case .ask(let notBefore):
            guard notBefore <= now else { return wait(until: notBefore, for: .portal) }
            return sendAlone(.lines, [LinesReply.command(key: nextName + "g")], at: now)
        case .add(let line):
            let step = sendAlone(.addLine(line), [AddLine.command(line, key: nextName + "n")], at: now)
            if case .send = step { lines.begins(line) }
            return step
        }
    }

    /// Takes in the portal's lines, where a reply has them.
    ///
    /// - Returns: What must be asked again, or is refused; `ok` when the lines are known.
    mutating func learnLines(_ outcome: CommandOutcome?, at now: Duration) -> RequestVerdict {
        switch outcome {
        case .succeeded(let answer)?:
            // What is no list says nothing; another answer may.
            guard let reply = try? LinesReply(answer.result) else {
                return .unknown("the reply is not a list of lines")
            }
            if let end = lines.learned(reply, at: now) { self.end(end) }
            if let warning = lines.warning { warn(warning) }
            return .ok
        case .failed(let error)?: return RequestVerdict(error)
        case .missing?, nil: return .unknown("the reply lacks the result of a command")
        }
    }

    /// Books the reply to the question for the portal's lines.
    mutating func linesReceived(_ outcome: BatchOutcome, at now: Duration) -> DeliveryCommit {
        let (reply, _, verdict) = outcome.reading()
        conclude(reply.map { learnLines($0.outcomes.values.first, at: now) } ?? verdict, at: now)
        return commit([])
    }

    /// Books the reply to the making of a line.
    mutating func lineReceived(_ outcome: BatchOutcome, _ line: ExternalLine, at now: Duration) -> DeliveryCommit {
        let (reply, wasExecuted, verdict) = outcome.reading()
        guard let reply else {
            if wasExecuted == nil { lineLost(at: now) }
            conclude(verdict, at: now)
            return commit([])
        }
        switch reply.outcomes.values.first {
        case .succeeded?:
            lines.made(line.number)
            conclude(.ok, at: now)
        case .failed(let error)? where AddLine.isThere(error):
            lines.found(line.number)
            conclude(.ok, at: now)
        case .failed(let error)? where error.consequence == .permanent:
            conclude(.rejected(.line(line.number, error)), at: now)
        case .failed(let error)?:
            if error.consequence == .unknown { lineLost(at: now) }
            conclude(RequestVerdict(error), at: now)
        case .missing?, nil:
            lineLost(at: now)
            conclude(.unknown("the reply lacks the result of a command"), at: now)
        }
        return commit([])
    }
}
