// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallLifecycle

/// The phase in which more is asked about calls of new sources than the preflight had room for.
struct AskingNeighbours: DeliveryPhase {
    private var inquiry: NeighbourInquiry
    private let lines: LineSetup

    /// - Parameter lines: What comes next.
    init(_ inquiry: NeighbourInquiry, then lines: LineSetup) {
        self.inquiry = inquiry
        self.lines = lines
    }

    mutating func next(_ run: inout DeliveryRun, at now: Duration) -> PhaseStep {
        guard !inquiry.isOver else { return .over(then: lines) }
        let question = inquiry.question(run.nextName + "o")
        return .step(run.send(.askNeighbours(question), question.commands, at: now))
    }

    mutating func received(
        _ outcome: BatchOutcome, for request: DeliveryRequest, _ facts: StoreFacts, _ run: inout DeliveryRun,
        at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        guard case .askNeighbours(let question) = request.purpose else { isNotOfThisPhase(request) }
        let (reply, _, verdict) = outcome.reading()
        let news =
            reply.map {
                inquiry.read(
                    $0, to: question, canRead: run.portal.canRead, keepsKeys: run.portal.keepsKeys, run.neighbourhood)
            } ?? Consequences(verdict)
        return try run.book(news, at: now)
    }
}
