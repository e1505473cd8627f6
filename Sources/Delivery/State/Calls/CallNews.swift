// SPDX-License-Identifier: Apache-2.0

import CallLifecycle

/// What an answer, or the lack of one, says of some calls.
enum CallNews: Sendable {
    /// An event for each call.
    case events([CallEvent], of: [TrackedCall])
    /// What the answers to registers say, and what only the store can tell about them.
    ///
    /// `startedAt` is when the portal began with the request, in seconds since 1970 on its clock.
    case registers([CallEvent], of: [TrackedCall], StoreFacts, startedAt: Double?)
    /// What the statistics have of unsettled calls, by their rows in the ledger; the others have nothing there if the
    /// answer is complete.
    case lookedUp([Int64: CallEvent], of: [TrackedCall], isComplete: Bool)
    /// A question about unsettled calls brought no usable answer.
    case unanswered([TrackedCall])
    /// The portal does not let us ask about these unsettled calls.
    case closed([TrackedCall])
    /// The portal does not let us ask about any unsettled call.
    case allClosed
    /// Others have not registered these calls.
    case notOfOthers([TrackedCall])
}
