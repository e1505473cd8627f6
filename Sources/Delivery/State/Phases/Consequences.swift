// SPDX-License-Identifier: Apache-2.0

import CallLifecycle

/// What an outcome means for calls, for what is known about the portal, and for the run.
///
/// The phases of a delivery say it; ``DeliveryRun/book(_:at:)`` is where it takes effect.
struct Consequences: Sendable {
    /// What it says of calls.
    var calls: [CallNews] = []
    /// What it shows of the portal.
    var portal = PortalKnowledge.News()
    /// What it shows of other integrations.
    var neighbours = Neighbourhood.News()
    /// What was created, or not, in the CRM.
    var cards = CardCounts()
    /// Lines that this run has made.
    var createdLines: [String] = []
    /// Lines that calls are sent without.
    var omittedLines: [String] = []
    /// Facts that the ledger should remember, beside those that follow from the rest.
    var facts: [DeliveryFact] = []
    /// What it means for the pace and for the patience of the run; `nil` when it is no answer to judge.
    var verdict: RequestVerdict?
    /// Sentences for a person.
    var warnings: [String] = []
    /// What a person who follows the run should read.
    var notices: [String] = []
    /// Why the run ends, if it does.
    var end: DeliveryReport.End?
    /// Why the run ends if a call is held for a reason by this.
    var endIfHeld: (reason: HoldReason, end: DeliveryReport.End)?

    /// - Parameter verdict: What the outcome means for the run; `nil` when it is no answer to judge.
    init(_ verdict: RequestVerdict? = nil) { self.verdict = verdict }

    /// Takes in what other parts of the same outcome mean.
    mutating func add(_ other: Consequences) {
        calls += other.calls
        portal.add(other.portal)
        neighbours.add(other.neighbours)
        cards.add(other.cards)
        createdLines += other.createdLines
        omittedLines += other.omittedLines
        facts += other.facts
        warnings += other.warnings
        notices += other.notices
        end = end ?? other.end
        endIfHeld = endIfHeld ?? other.endIfHeld
        if let addition = other.verdict {
            var both = verdict ?? .ok
            both.add(addition)
            verdict = both
        }
    }
}
