// SPDX-License-Identifier: Apache-2.0

import Bitrix24

/// What the portal's CRM made of calls.
package struct CardCounts: Sendable, Equatable {
    /// Finished calls for which the portal created no CRM activity, because no card belongs to them.
    package var withoutCard = 0
    /// Calls for which a lead, a contact or a deal was created.
    package var created = 0
    /// Calls for which something should have been created and was not, by the portal's words.
    package var creationErrors: [String: Int] = [:]

    /// No calls.
    package init() {}

    mutating func add(_ other: CardCounts) {
        withoutCard += other.withoutCard
        created += other.created
        if !other.creationErrors.isEmpty { creationErrors.merge(other.creationErrors, uniquingKeysWith: +) }
    }
}

extension RegisterBatch {
    /// What an outcome tells about what was created.
    func cards(_ outcome: BatchOutcome) -> CardCounts {
        var counts = CardCounts()
        guard case .answered(let reply) = outcome else { return counts }
        for command in commands.prefix(calls.count) {
            guard case .succeeded(let answer)? = reply.outcomes[command.key] else { continue }
            let entities = answer.result["CRM_CREATED_ENTITIES"]?.elements ?? []
            if answer.result["CRM_CREATED_LEAD"]?.integer != nil || !entities.isEmpty { counts.created += 1 }
            // An empty text means that nothing had to be created.
            if let error = answer.result["LEAD_CREATION_ERROR"]?.text, !error.isEmpty {
                counts.creationErrors[String(error.prefix(200)), default: 0] += 1
            }
        }
        return counts
    }
}

extension FinishBatch {
    /// What an outcome tells about the cards of the calls.
    func cards(_ outcome: BatchOutcome) -> CardCounts {
        var counts = CardCounts()
        guard case .answered(let reply) = outcome else { return counts }
        for command in commands {
            guard case .succeeded(let answer)? = reply.outcomes[command.key], case .object = answer.result else {
                continue
            }
            let finished = FinishedCall(answer.result)
            if finished.activityID == nil || finished.activityFault != nil { counts.withoutCard += 1 }
        }
        return counts
    }
}
