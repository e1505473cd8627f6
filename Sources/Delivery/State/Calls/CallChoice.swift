// SPDX-License-Identifier: Apache-2.0

import CallLifecycle

/// Which of the open calls may be sent next: a question, which begins nothing.
struct CallChoice: Sendable {
    private let queue: DeliveryQueue
    private let limit: CallLimit
    private let attempts: AttemptCounts
    private let barriers: RegisterBarriers
    private let creation: CreationRules
    private let separatesLookAlikes: Bool

    /// - Parameter separatesLookAlikes: Whether the portal might take one look-alike for another.
    init(
        _ queue: DeliveryQueue, _ limit: CallLimit, _ attempts: AttemptCounts, _ barriers: RegisterBarriers,
        _ creation: CreationRules, separatesLookAlikes: Bool
    ) {
        self.queue = queue
        self.limit = limit
        self.attempts = attempts
        self.barriers = barriers
        self.creation = creation
        self.separatesLookAlikes = separatesLookAlikes
    }

    /// How many calls wait for their finish.
    var finishCount: Int { queue.finishCount }

    /// The calls to register next, in order.
    func toRegister(most: Int, at now: Duration) -> [TrackedCall] {
        var fresh = 0
        var numbers: Set<String> = []
        return queue.nextToRegister(limit: most, separatesLookAlikes: separatesLookAlikes) { call in
            guard attempts.mayRegister(call.id), !isBarred(call, at: now) else { return false }
            if creation.creates(call) {
                guard !queue.isRegistering(call.phoneNumber), !numbers.contains(call.phoneNumber) else { return false }
            }
            guard limit.admits(call.id, besides: &fresh) else { return false }
            numbers.insert(call.phoneNumber)
            return true
        }
    }

    private func isBarred(_ call: TrackedCall, at now: Duration) -> Bool {
        if separatesLookAlikes, barriers.gotForeignCallID.contains(call.id) { return true }
        return (separatesLookAlikes || creation.creates(call)) && barriers.isUncertain(call.phoneNumber, at: now)
    }

    /// The calls to finish next, in order; those that were registered are finished whatever the limit is.
    func toFinish(most: Int) -> [TrackedCall] {
        var fresh = 0
        return queue.nextToFinish(limit: most, separatesLookAlikes: separatesLookAlikes).filter { call in
            call.state != .pending || limit.admits(call.id, besides: &fresh)
        }
    }

    /// When more calls may be registered because an earlier register can no longer be carried out; `nil` for never.
    func nextCertainNumber(after now: Duration) -> Duration? {
        separatesLookAlikes || creation.isPossible ? barriers.nextCertainNumber(after: now) : nil
    }
}
