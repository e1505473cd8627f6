// SPDX-License-Identifier: Apache-2.0

package import CallLifecycle
package import CallRecords
package import Ledger

extension Call {
    /// An invented call, incoming and answered unless said otherwise.
    ///
    /// - Parameters:
    ///   - start: Seconds since 1970.
    ///   - offset: Seconds by which the phone system's clock is ahead of UTC.
    ///   - length: Seconds from the start of the call to its end.
    ///   - talk: Seconds of talk; without any, the call was missed.
    package static func sample(
        _ key: String = "pbx:1", type: CallType = .incoming, start: Int64 = 1_790_000_000, offset: Int32 = 0,
        length: Int64 = 0, number: String = "+12025550101", employee: String? = "101", line: String? = nil,
        callListID: Int? = nil, talk: Int64 = 30, failedReason: String? = nil,
        details: CallDetails = .none
    ) -> Call {
        Call(
            key: key, type: type, start: CallTime(epochSeconds: start, offsetSeconds: offset),
            end: CallTime(epochSeconds: start + length, offsetSeconds: offset), phoneNumber: number,
            employeeExtension: employee, line: line, callListID: callListID, talk: .seconds(talk),
            status: talk > 0 ? .success : .missed, failedReason: failedReason, details: details)
    }
}

extension DeliveryProgress {
    /// The progress of a call in a state, with the CALL_ID that the state requires.
    package static func sample(_ state: CallState) -> DeliveryProgress {
        let isRegistered = state.rawValue >= CallState.registered.rawValue
        return DeliveryProgress(
            stored: state, portalCallID: isRegistered ? "externalCall.1" : nil, registrations: isRegistered ? 1 : 0)
    }
}

extension TrackedCall {
    /// An invented call in a state.
    package static func sample(_ state: CallState = .pending, id: Int64 = 1, _ call: Call = .sample()) -> TrackedCall {
        TrackedCall(id: id, call: call, progress: .sample(state))
    }
}

extension LedgerCall {
    /// A call as intake would store it, made of one leg.
    package static func sample(
        _ call: Call, source: Int64 = 1, progress: DeliveryProgress = DeliveryProgress(isWhole: true)
    ) -> LedgerCall {
        LedgerCall(
            sourceID: source, call: call, progress: progress,
            history: LegHistory(legs: [1], fingerprints: [1], runID: 1, runLegs: 1))
    }

    /// An invented call of several legs in which every field has a value.
    ///
    /// - Parameters:
    ///   - start: Seconds since 1970.
    ///   - isBare: Whether extension, line and call list are left out.
    ///   - talk: Seconds of talk.
    package static func sample(
        _ key: String, start: Int64 = 1_790_000_000, state: CallState = .pending, source: Int64 = 1,
        progress: DeliveryProgress? = nil, isBare: Bool = false, talk: Int64 = 30, failedReason: String? = nil,
        history: LegHistory? = nil
    ) -> LedgerCall {
        LedgerCall(
            sourceID: source,
            call: .sample(
                key, start: start, offset: 10_800, length: 40, employee: isBare ? nil : "101",
                line: isBare ? nil : "+12025550100", callListID: isBare ? nil : 7, talk: talk,
                failedReason: failedReason),
            progress: progress ?? DeliveryProgress(stored: state),
            history: history
                ?? LegHistory(
                    legs: [1, 2, 3], fingerprints: [1, .max, 0x8000_0000_0000_0001], runID: 1, runLegs: 2))
    }
}
