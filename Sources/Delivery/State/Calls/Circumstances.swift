// SPDX-License-Identifier: Apache-2.0

/// What the meaning of an event depends on, beside the call that it happens to.
struct Circumstances: Sendable {
    /// The monotonic clock.
    let now: Duration
    /// The wall clock in seconds since 1970.
    let wallSeconds: Int64
    /// How long a request may be at work at the portal.
    let settleAfter: Duration
    /// What is known about the portal.
    let portal: PortalKnowledge

    /// When a request that may be at work now has surely stopped.
    var settled: Duration { now + settleAfter }
}
