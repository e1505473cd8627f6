// SPDX-License-Identifier: Apache-2.0

/// What a leg that makes a call of its own says beyond its own values: no text, so that nearly every call costs no copy.
package struct LoneCall: Sendable, Hashable {
    /// Which way the call went.
    package let type: CallType
    /// The talk of the call; zero unless it succeeded.
    package let talk: Duration
    /// The outcome of the call.
    package let status: StatusCode
    /// Whether the phone system's word for the outcome is the leg's; a call that succeeded has none.
    package let keepsReason: Bool

    init(type: CallType, talk: Duration, status: StatusCode, keepsReason: Bool) {
        self.type = type
        self.talk = talk
        self.status = status
        self.keepsReason = keepsReason
    }

    /// The call as a value of its own.
    ///
    /// - Parameters:
    ///   - leg: The leg that the call was made of.
    ///   - number: The number of its party outside.
    func call(of leg: Leg, number: String) -> Call {
        Call(
            key: leg.key, type: type, start: leg.start, end: leg.end, phoneNumber: number,
            employeeExtension: leg.employeeExtension, line: leg.line, callListID: leg.callListID, talk: talk,
            status: status, failedReason: keepsReason ? leg.failedReason : nil, details: leg.details)
    }
}

/// What the only leg of a key is.
package enum LoneLeg: Sendable, Hashable {
    /// The leg is this call.
    case call(LoneCall)
    /// The leg is no call that the portal should see.
    case skipped(SkipReason)
}
