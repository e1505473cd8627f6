// SPDX-License-Identifier: Apache-2.0

import Bitrix24

/// The question, before the first call of a new source is sent, whether another integration registers these calls already.
struct NeighbourInquiry: Sendable {
    /// What a person should know where the statistics cannot be read.
    private static let cannotCheck =
        "the call statistics cannot be read, so nobody knows whether another integration already registers these calls"

    private var guardian: NeighbourGuard
    private let checked: Set<String>
    private let mustRemember: Bool

    init(_ settings: DeliverySettings, _ memory: DeliveryMemory) {
        guardian = NeighbourGuard(memory.neighbourSamples, spelling: settings.spelling)
        checked = memory.neighboursChecked
        mustRemember = memory.mustRememberNeighbours || !memory.neighbourSamples.isEmpty
    }

    /// Whether nothing more is to be asked.
    var isOver: Bool { guardian.isOver }

    /// The next question; without commands when there is none.
    ///
    /// - Parameters:
    ///   - name: The beginning of its commands' names.
    ///   - others: How many other commands its request has.
    func question(_ name: String, besides others: Int = 0) -> AttributeLookUp {
        // One more command asks who we are.
        guardian.question(name, room: Portal.batchLimit - others - 1)
    }

    /// Takes in the reply to a question.
    ///
    /// - Parameters:
    ///   - canRead: Whether the portal's statistics can show anything.
    ///   - keepsKeys: Whether the portal keeps EXTERNAL_CALL_ID; `nil` while it is not known.
    mutating func read(
        _ reply: BatchReply, to question: AttributeLookUp, canRead: Bool, keepsKeys: Bool?,
        _ neighbourhood: Neighbourhood
    ) -> Consequences {
        var news = Consequences(.ok)
        news.neighbours.ownApplication = ApplicationReply(reply.outcomes["application"]).id
        switch canRead ? guardian.read(question, reply) : .noRight {
        case .ok: break
        case .failed(let verdict):
            news.verdict = verdict
            return news
        case .noRight where !isOver:
            guardian.giveUp()
            news.warnings = [Self.cannotCheck]
            return news
        case .noRight: break
        }
        guard isOver else { return news }
        let judge = neighbourhood.judge(keepsKeys: keepsKeys, ownApplication: news.neighbours.ownApplication)
        news.neighbours.findings = guardian.findings(judge).filter(\.isNeighbour)
        if !news.neighbours.findings.isEmpty {
            news.end = .misconfigured(NeighbourFinding.complaint(news.neighbours.findings))
        } else if mustRemember {
            news.facts = [.neighboursChecked(checked.union(guardian.prefixes).sorted())]
        }
        return news
    }
}
