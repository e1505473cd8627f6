// SPDX-License-Identifier: Apache-2.0

import CallLifecycle

/// How often the portal has left a call's register or finish without a usable answer in this run, and when that is enough.
struct AttemptCounts: Sendable {
    /// How often the portal may answer a register without a CALL_ID before a person is asked.
    private static let mostUnusableReplies = 3
    /// How often a register, and a finish, may be left without an answer in one run; the next run goes on.
    private static let mostLostRegisters = 10
    private static let mostLostFinishes = 3

    private var unusableReplies: [Int64: Int] = [:]
    private var lostRegisters: [Int64: Int] = [:]
    private var lostFinishes: [Int64: Int] = [:]

    /// Whether this run may register a call once more.
    func mayRegister(_ id: Int64) -> Bool { lostRegisters[id, default: 0] < Self.mostLostRegisters }

    /// Whether this run may finish a call once more.
    func mayFinish(_ id: Int64) -> Bool { lostFinishes[id, default: 0] < Self.mostLostFinishes }

    /// Counts an event.
    ///
    /// - Returns: What the event amounts to: a register without a CALL_ID counts as unanswered until it has come too often.
    mutating func count(_ event: CallEvent, of id: Int64) -> CallEvent {
        switch event {
        case .registerWithoutCallID:
            unusableReplies[id, default: 0] += 1
            return unusableReplies[id, default: 0] < Self.mostUnusableReplies ? .registerUnanswered : event
        case .registerUnanswered: lostRegisters[id, default: 0] += 1
        case .finishUnanswered: lostFinishes[id, default: 0] += 1
        default: break
        }
        return event
    }

    /// Forgets a call that is over.
    mutating func forget(_ id: Int64) {
        unusableReplies[id] = nil
        lostRegisters[id] = nil
        lostFinishes[id] = nil
    }
}
