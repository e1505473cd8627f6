// SPDX-License-Identifier: Apache-2.0

/// Why a call waits for a person; the raw values are stored and reported.
package enum HoldReason: String, Sendable, Hashable, CaseIterable {
    /// No extension is known and `users.default` is not set.
    case noEmployee
    /// The portal knows no active employee with this extension.
    case unknownExtension
    /// The employee was dismissed, and `users.substitute` is not set or was refused too.
    case userNotActive
    /// The phone system gave one id to two calls.
    case keyCollision
    /// Records that came after the call had left tell another outcome than the portal was told.
    case changedLater
    /// The portal gave the CALL_ID of another call more than once.
    case callIDCollision
    /// The portal cannot be asked what became of a finish that was left without an answer.
    case unknownOutcome
    /// The portal answers the register again and again, and never with a CALL_ID.
    case noCallID
    /// A finish was left without an answer, the call is gone from the portal's list of live calls, and no row shows.
    case probablyDelivered
    /// The portal does not know the call that it registered, for no reason that is known.
    case callVanished
    /// The portal has a call of the same number, type and start for another employee, and keeps no keys.
    case lookAlikeThere
    /// The portal wrote a CRM activity and then failed; every repetition would write one more.
    case databaseError
    /// The portal's answer was about another call.
    case answerMismatch
    /// The call begins in the future.
    case futureStart
    /// A register that may create a lead was left without an answer.
    case unknownRegister
    /// The record tells a CALL_ID that the portal knows neither as a live call nor as a finished one.
    case portalCallUnknown
    /// The records of two calls tell the same CALL_ID.
    case sharedPortalCall
}

extension HoldReason {
    /// What a person can do about it, as one sentence.
    package var remedy: String {
        switch self {
        case .noEmployee: "set users.default, then run: cdr24 retry"
        case .unknownExtension: "add the extension to users.extensions, then run: cdr24 retry"
        case .userNotActive: "set users.substitute, or map the extension to another user, then run: cdr24 retry"
        case .keyCollision:
            "two calls have the same ID: check key_prefix and the IDs in the files, then run: cdr24 resolve KEY"
        case .changedLater:
            "the portal has the call with the earlier outcome: correct it there if it matters, then run: "
                + "cdr24 failures --dismiss KEY"
        case .callIDCollision:
            "the portal confused it with another call of the last 30 minutes: wait half an hour, then run: cdr24 retry"
        case .noCallID:
            "the portal accepts the call and returns no CALL_ID: ask who maintains the portal, then run: cdr24 retry"
        case .unknownOutcome: "check whether the portal has the call, then run: cdr24 resolve KEY"
        case .probablyDelivered: "the portal very probably has the call: check it there, then run: cdr24 resolve KEY"
        case .lookAlikeThere:
            "the portal has such a call of another employee: check whether it is this one, then run: cdr24 resolve KEY"
        case .callVanished:
            "the portal no longer knows the call that it registered: check whether it has it, then run: cdr24 resolve KEY"
        case .databaseError: "the portal may have created a CRM activity: check it there, then run: cdr24 resolve KEY"
        case .answerMismatch:
            "the portal replied about another call: check both calls there, then run: cdr24 resolve KEY"
        case .unknownRegister:
            "the portal may have created a lead for it: check the number in the CRM, then run: cdr24 resolve KEY"
        case .portalCallUnknown:
            "the portal does not know the CALL_ID of the record: check whether it has the call, then run: cdr24 resolve KEY"
        case .sharedPortalCall:
            "two calls of the files have the same CALL_ID: check both in the portal, then run: cdr24 resolve KEY"
        case .futureStart:
            "the call starts in the future: check the clock of the phone system and time_zone, then run: cdr24 retry"
        }
    }
}
