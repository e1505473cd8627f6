// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle

/// What the outcomes of batches of calls mean.
extension RegisterBatch {
    /// What an outcome means.
    ///
    /// - Parameter facts: Whose the CALL_IDs are that it gives.
    func consequences(of outcome: BatchOutcome, _ facts: StoreFacts) -> Consequences {
        let (events, verdict) = read(outcome)
        var news = Consequences(verdict)
        news.calls = [.registers(events, of: calls, facts, startedAt: outcome.reading().reply?.time?.start)]
        news.cards = cards(outcome)
        // A portal that answers a whole batch without one CALL_ID again and again would do so with every call.
        if events.allSatisfy({ $0 == .registerWithoutCallID }) {
            let reason =
                "the portal answers telephony.externalCall.register without a CALL_ID; ask who maintains the portal, then "
                + "run: cdr24 retry"
            news.endIfHeld = (.noCallID, .rejected(reason))
        }
        return news
    }
}

extension FinishBatch {
    /// What an outcome means.
    func consequences(of outcome: BatchOutcome) -> Consequences {
        let (events, verdict, dropsKeys) = read(outcome)
        var news = Consequences(verdict)
        news.calls = [.events(events, of: entries.map(\.call))]
        news.portal.missesKey = dropsKeys
        news.cards = cards(outcome)
        return news
    }
}

extension SettlingQuestion {
    /// What an outcome means, and whether the portal could show everything that was asked for.
    func consequences(
        of outcome: BatchOutcome, about calls: [TrackedCall], owners: [String: Int64], keepsKeys: Bool,
        users: UserSettings
    ) -> (news: Consequences, isComplete: Bool) {
        let (reply, _, verdict) = outcome.reading()
        let answer =
            reply.map { read($0, of: calls, owners: owners, keepsKeys: keepsKeys, users: users) } ?? .failed(verdict)
        var news = Consequences()
        switch answer {
        case .failed(let verdict):
            news.verdict = verdict
            news.calls = [.unanswered(calls)]
        case .noRight:
            news.portal.reading = PortalKnowledge.Reading.none
            news.calls = [.closed(calls)]
        case .found(let found, let isComplete):
            news.verdict = .ok
            // What one call has is more than a page: then that is all there is to see.
            news.calls = [.lookedUp(found, of: calls, isComplete: isComplete || calls.count == 1)]
            return (news, isComplete)
        }
        return (news, true)
    }
}
