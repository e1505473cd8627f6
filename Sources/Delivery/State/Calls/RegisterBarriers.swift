// SPDX-License-Identifier: Apache-2.0

import CallLifecycle

/// Which registers would be dangerous now, because of what the portal may still do with earlier ones.
struct RegisterBarriers: Sendable {
    /// Numbers with a register that was left without an answer, and until when it may still be carried out. A portal that
    /// does not keep EXTERNAL_CALL_ID would give the CALL_ID that comes of it to the next look-alike.
    private var uncertainNumbers: [String: Duration] = [:]
    /// Calls that got a CALL_ID of a call that the ledger does not know: they wait until the portal no longer gives it.
    private(set) var gotForeignCallID: Set<Int64> = []

    /// Whether a register of the number may still be carried out.
    func isUncertain(_ number: String, at now: Duration) -> Bool { uncertainNumbers[number].map { $0 > now } ?? false }

    /// When the next uncertain number becomes certain; `nil` when all are.
    func nextCertainNumber(after now: Duration) -> Duration? {
        uncertainNumbers.values.filter { $0 > now }.min()
    }

    /// Notes what has happened to a call.
    ///
    /// - Parameter settled: When a request that was left without an answer has surely stopped.
    mutating func note(_ event: CallEvent, of call: TrackedCall, settled: Duration) {
        switch event {
        case .registerUnanswered: leavesUncertain(call.phoneNumber, until: settled)
        case .callIDForeign: gotForeignCallID.insert(call.id)
        default: break
        }
    }

    /// Notes that a register of the number may be carried out until a moment.
    mutating func leavesUncertain(_ number: String, until settled: Duration) { uncertainNumbers[number] = settled }
}
