// SPDX-License-Identifier: Apache-2.0

import CallLifecycle

/// Finding out what became of finishes that were left without an answer: when the statistics are asked, and what they prove.
struct Settling: Sendable {
    private var schedule: SettlingSchedule
    private let rereadAfter: Duration
    /// Calls that an earlier run registered, as the ledger that was used last says: nobody can have finished them.
    private var resumed: Set<Int64> = []
    /// Calls that this run asked about in vain.
    private var askedInVain: Set<Int64> = []

    /// - Parameter rereadAfter: The pause before the second read.
    init(rereadAfter: Duration) {
        self.rereadAfter = rereadAfter
        schedule = SettlingSchedule(pause: rereadAfter)
    }

    /// How many calls wait for an answer of the statistics.
    var count: Int { schedule.count }
    /// When the next question is due; `nil` when there is none.
    var nextQuestion: Duration? { schedule.nextDue }
    /// All calls that wait for an answer.
    var all: [Int64] { schedule.all }
    /// The calls that this run leaves to the next one.
    var leftToNextRun: [Int64] { askedInVain.sorted() }

    /// The calls to ask about now, the longest waiting first.
    func due(at now: Duration, limit: Int) -> [Int64] { schedule.due(at: now, limit: limit) }

    /// A call has to be asked about, no sooner than a moment.
    mutating func begin(_ call: TrackedCall, due: Duration) {
        schedule.add(
            call.id, due: due, reads: call.progress.isProbablyDelivered ? SettlingSchedule.readsOfProbable : 2)
    }

    /// A call that an earlier run registered, by the ledger that was used last, has to be asked about, at once.
    mutating func resume(_ call: TrackedCall, at now: Duration) {
        resumed.insert(call.id)
        schedule.add(call.id, due: now, reads: 1)
    }

    /// Something has happened to a call: how the run found it proves nothing from then on.
    mutating func moved(_ id: Int64) { resumed.remove(id) }

    /// Asks about a call again later, since a question is on its way.
    mutating func postpone(_ id: Int64, to later: Duration) { schedule.postpone(id, to: later) }

    /// Asks about calls again, since the question brought no usable answer.
    mutating func askAgain(_ calls: [TrackedCall], at now: Duration) {
        for call in calls { schedule.postpone(call.id, to: now + rereadAfter) }
    }

    /// A call need not be asked about any more.
    mutating func remove(_ id: Int64) { schedule.remove(id) }

    /// Leaves a call to the next run.
    mutating func leaveToNextRun(_ id: Int64) {
        schedule.remove(id)
        askedInVain.insert(id)
    }

    /// Judges what a look-up showed of unsettled calls; the others are asked about again.
    ///
    /// - Parameters:
    ///   - found: What the portal has of calls, by their rows in the ledger.
    ///   - isComplete: Whether the portal has shown everything that was asked for.
    ///   - provesAbsence: Whether the user sees every call, so that a missing row means a missing call.
    /// - Returns: The calls about which something is known now, each with its event.
    mutating func judge(
        _ calls: [TrackedCall], found: [Int64: CallEvent], isComplete: Bool, provesAbsence: Bool, at now: Duration
    ) -> (calls: [TrackedCall], events: [CallEvent]) {
        var settled: (calls: [TrackedCall], events: [CallEvent]) = ([], [])
        for call in calls {
            if let event = found[call.id] {
                settled.calls.append(call)
                settled.events.append(event)
            } else if !isComplete {
                schedule.postpone(call.id, to: now + rereadAfter)
            } else {
                schedule.postpone(call.id, to: now)
                guard schedule.sawNothing(call.id, at: now) == .absent else { continue }
                settled.calls.append(call)
                settled.events.append(provesAbsence ? .absentAtPortal : withoutProof(call))
            }
        }
        return settled
    }

    /// What is known of a call that the portal cannot be asked about: nothing, unless the ledger itself is proof enough.
    func withoutProof(_ call: TrackedCall) -> CallEvent {
        resumed.contains(call.id) ? .absentAtPortal : .cannotBeKnown
    }
}
