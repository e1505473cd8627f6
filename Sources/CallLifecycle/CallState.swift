// SPDX-License-Identifier: Apache-2.0

/// Where a call is on its way to the portal.
///
/// The raw values are stored in ledgers and never change.
package enum CallState: Int, Sendable, Hashable, CaseIterable {
    /// Its group of legs can still grow.
    case waiting = 0
    /// Whole, and nothing has left for it.
    case pending = 1
    /// A register is about to leave, or has left, and has no durable answer yet.
    case registering = 2
    /// The portal's CALL_ID is durable; no finish is under way.
    case registered = 3
    /// A finish is about to leave, or has left, and has no durable answer yet.
    case finishing = 4
    /// A finish was left without a known answer: the portal is asked before anything else.
    case unsettled = 5
    /// The portal has the call.
    case delivered = 6
    /// The portal said no for good.
    case refused = 7
    /// Waits for a person.
    case held = 8
    /// The portal has the call from another integration; it is never sent.
    case deliveredByOthers = 9
}

extension CallState {
    /// Whether the call is over, as far as the importer can do anything about it alone.
    package var isFinal: Bool {
        switch self {
        case .delivered, .refused, .held, .deliveredByOthers: true
        case .waiting, .pending, .registering, .registered, .finishing, .unsettled: false
        }
    }

    /// Whether nothing of the call has ever left, so that legs may still join it.
    package var canGrow: Bool {
        switch self {
        case .waiting, .pending: true
        case .registering, .registered, .finishing, .unsettled, .delivered, .refused, .held,
            .deliveredByOthers:
            false
        }
    }
}
