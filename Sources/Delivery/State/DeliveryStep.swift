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
        case preflight(AttributeLookUp)
        /// More about that.
        case askNeighbours(AttributeLookUp)
        /// Asking for the portal's lines.
        case lines
        /// Making a line.
        case addLine(ExternalLine)
        /// Looking calls up before anything is sent.
        case verify([TrackedCall], Verification.Question)
        case register(RegisterBatch)
        case finish(FinishBatch)
        /// Asking what became of finishes.
        case settle([TrackedCall], SettlingQuestion)
        /// Reading back the first calls of a ledger.
        case readBack([TrackedCall], LookUp)
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

    /// Adds what follows from the same outcome.
    mutating func add(_ other: DeliveryCommit) {
        progress += other.progress
        facts += other.facts
        remarks += other.remarks
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

/// What a ledger remembers when a delivery begins.
package struct DeliveryMemory: Sendable {
    /// LINE_NUMBER -> calls that are still to be registered and name it.
    package var lines: [String: Int] = [:]
    /// Calls that are whole and neither delivered nor given up.
    package var deliverable = 0
    /// For how many of them something may be created in the CRM.
    package var creating = 0
    /// Whether the portal was seen to keep EXTERNAL_CALL_ID; `nil` while unknown.
    package var keepsKeys: Bool?
    /// The highest ID of a statistics row that is known to be ours; `nil` before the first one.
    package var highestStatisticID: Int64?
    /// When the ledger was first used with its portal, in seconds since 1970 on the portal's clock.
    package var firstContact: Int64?
    /// The number of the latest request that could change something at the portal; 0 before the first one.
    package var sequence: Int64 = 0
    /// The key prefixes of sources that were checked for another integration, or need not be.
    package var neighboursChecked: Set<String> = []
    /// By how many seconds the clock of another integration was ahead; `nil` when that was never seen.
    package var neighbourOffset: Int64?
    /// Whether ``neighboursChecked`` holds more than the ledger remembers.
    package var mustRememberNeighbours = false
    /// Key prefix -> calls that wait to be sent and are left alone: the configuration has no source for them, or one that is
    /// not read now and was not checked for another integration yet.
    package var leftOut: [String: Int] = [:]
    /// Those of ``leftOut`` that the configuration no longer has, although calls of them were delivered.
    package var abandoned: Set<String> = []
    /// Calls of sources that were not checked for another integration yet.
    package var neighbourSamples: [NeighbourSample] = []
    /// What the pace has learned; `nil` for an unknown portal.
    package var pace: PaceMemory?

    package init() {}
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

/// What only the store can answer about an outcome, before it is judged.
package struct FactRequest: Sendable, Equatable {
    /// CALL_IDs whose owners are wanted.
    package var portalCallIDs: [String] = []
    /// Keys whose calls are wanted.
    package var keys: [String] = []
    /// Calls of which it is wanted whether the store has another one of the same number and type.
    package var lookAlikesOf: [TrackedCall] = []
    /// A time of which all undelivered calls of some numbers are wanted.
    package var rivals: Rivals?

    /// The calls that may have a row of the portal.
    package struct Rivals: Sendable, Equatable {
        /// When they began, in seconds since 1970.
        package var starts: ClosedRange<Int64>
        /// Their numbers.
        package var numbers: Set<String>
    }

    /// Whether there is nothing to ask.
    package var isEmpty: Bool { portalCallIDs.isEmpty && keys.isEmpty && lookAlikesOf.isEmpty && rivals == nil }
}

/// The store's answer to a ``FactRequest``.
package struct StoreFacts: Sendable {
    /// CALL_ID -> the row of the call that has it.
    package var owners: [String: Int64] = [:]
    /// Key or alias -> its call.
    package var calls: [String: TrackedCall] = [:]
    /// Rows of the calls that have a look-alike.
    package var withLookAlike: Set<Int64> = []
    /// The calls of ``FactRequest/rivals``.
    package var rivals: [TrackedCall] = []

    package init() {}
}
