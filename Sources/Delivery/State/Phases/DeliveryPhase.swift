// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallLifecycle

/// A part of a delivery with one purpose: it says what is done next, and what outcomes mean.
///
/// An outcome comes back to the phase that sent its request: a phase is over only when nothing of it is on its way.
protocol DeliveryPhase: Sendable {
    /// Whether as many requests may be on their way as the portal has lanes; otherwise one at a time.
    var usesAllLanes: Bool { get }

    /// The next step, or the phase that comes next; what a step begins counts as begun.
    mutating func next(_ run: inout DeliveryRun, at now: Duration) throws(ImpossibleTransition) -> PhaseStep

    /// Takes in the calls of a page that was asked for.
    mutating func loaded(
        _ calls: [TrackedCall], for page: CallPage, owners: [String: Int64], _ run: inout DeliveryRun, at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit

    /// Takes in what became of a request of this phase.
    mutating func received(
        _ outcome: BatchOutcome, for request: DeliveryRequest, _ facts: StoreFacts, _ run: inout DeliveryRun,
        at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit
}

/// What a phase does next.
enum PhaseStep: Sendable {
    case step(DeliveryStep)
    /// The phase is over, and this one comes next.
    case over(then: any DeliveryPhase)
}

extension DeliveryPhase {
    var usesAllLanes: Bool { false }

    /// Most phases read calls only to send them.
    mutating func loaded(
        _ calls: [TrackedCall], for page: CallPage, owners: [String: Int64], _ run: inout DeliveryRun, at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        try run.load(calls, owners: owners, at: now)
    }

    /// A phase that sends nothing receives nothing.
    mutating func received(
        _ outcome: BatchOutcome, for request: DeliveryRequest, _ facts: StoreFacts, _ run: inout DeliveryRun,
        at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        isNotOfThisPhase(request)
    }

    /// Ends the program, which would else lose an outcome: the intents that are durable tell the next run what to do.
    func isNotOfThisPhase(_ request: DeliveryRequest) -> Never {
        preconditionFailure("request \(request.id) is not one of \(Self.self)")
    }
}
