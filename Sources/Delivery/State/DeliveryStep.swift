// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
package import CallLifecycle

/// What a delivery does next.
package enum DeliveryStep: Sendable {
    /// Read these calls from the store and hand them to ``DeliveryState/loaded(_:for:owners:at:)``.
    case load(CallPage)
    /// Make the request's intents durable, send it, and hand its outcome to ``DeliveryState/received(_:for:knowing:at:)``.
    case send(DeliveryRequest)
    /// Wait for an answer that is on its way or for a moment of the monotonic clock, whichever comes first; without a
    /// moment something is always on its way.
    case wait(until: Duration?, for: RunProgress.Wait.Cause)
    /// Nothing more is sent and nothing is on its way: close with ``DeliveryState/close(at:)``.
    case end
}

/// Calls that a delivery wants to see: some of one state, in the order in which they are sent.
package struct CallPage: Sendable, Equatable {
    /// The state of the calls.
    package let state: CallState
    /// The last call of the page before; `nil`: from the beginning.
    package let after: TrackedCall?
    /// Only calls that began by then, in seconds since 1970.
    package let latestStart: Int64
    /// The most calls.
    package let limit: Int

    init(_ state: CallState, after: TrackedCall?, latestStart: Int64 = .max, limit: Int) {
        self.state = state
        self.after = after
        self.latestStart = latestStart
        self.limit = limit
    }
}

/// A request that may leave once its intents are durable.
package struct DeliveryRequest: Sendable, Identifiable {
    /// What a request is for.
    enum Purpose: Sendable {
        /// What must be known about the portal, and whether others have registered some calls.
        case preflight(Preflight, AttributeLookUp)
        /// More about that.
        case askNeighbours(AttributeLookUp)
        /// Asking for the portal's lines.
        case lines
        /// Making a line.
        case addLine(ExternalLine)
        /// Looking calls up before anything is sent.
        case verify(VerificationQuestion)
        case register(RegisterBatch)
        case finish(FinishBatch)
        /// Asking what became of finishes.
        case settle([TrackedCall], SettlingQuestion)
        /// Reading back the first calls of a ledger.
        case readBack(LookUp)
    }

    /// The number of the request in its run, from 1.
    package let id: Int
    /// The commands, in order.
    package let commands: [Command]
    /// What must be durable before the first byte leaves.
    package let intents: DeliveryCommit
    let purpose: Purpose
    let ticket: OperatingBudget.Ticket
}

/// What must be stored before anything follows from it, in one transaction.
package struct DeliveryCommit: Sendable, Equatable {
    /// Calls whose progress has changed.
    package var progress: [TrackedCall] = []
    /// Facts that have changed.
    package var facts: [DeliveryFact] = []
    /// What a person who follows the run should read.
    package var remarks: [DeliveryRemark] = []

    /// The number of the latest request that is about to leave, if one is.
    package var sequence: Int64? {
        for case .sequence(let number) in facts.reversed() { return number }
        return nil
    }

    /// Both as one commit; of two values of one call or one fact the later one counts.
    func followed(by next: DeliveryCommit) -> DeliveryCommit {
        DeliveryCommit(
            progress: progress + next.progress, facts: facts + next.facts, remarks: remarks + next.remarks)
    }
}

/// Something that a ledger remembers about its portal.
package enum DeliveryFact: Sendable, Equatable {
    /// The host that the ledger is bound to.
    case portalHost(String)
    /// Whether the portal keeps EXTERNAL_CALL_ID.
    case keepsKeys(Bool)
    /// The highest ID of a statistics row that is known to be ours.
    case highestStatisticID(Int64)
    /// When the ledger was first used with its portal, in seconds since 1970 on the portal's clock.
    case firstContact(Int64)
    /// The number of the latest request that could change something at the portal.
    case sequence(Int64)
    /// The key prefixes of sources that were checked for another integration.
    case neighboursChecked([String])
    /// By how many seconds the clock of another integration is ahead.
    case neighbourOffset(Int64)
    /// What the pace has learned.
    case pace(PaceMemory)
}

/// A line for whoever follows a run.
package struct DeliveryRemark: Sendable, Equatable {
    /// How important it is.
    package enum Level: Sendable { case info, notice }

    /// How important it is.
    package let level: Level
    /// One sentence without a full stop.
    package let text: String
}
