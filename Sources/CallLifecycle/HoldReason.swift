// SPDX-License-Identifier: Apache-2.0

package import Phrases

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
    /// Why the call is held, for people: a clause without a full stop.
    package var cause: Phrase {
        switch self {
        case .noEmployee: Phrase("no extension is known and users.default is not set")
        case .unknownExtension: Phrase("the portal has no active employee with the extension")
        case .userNotActive: Phrase("the employee was dismissed")
        case .keyCollision: Phrase("two calls have the same ID")
        case .changedLater: Phrase("later records tell another outcome than the portal was told")
        case .callIDCollision: Phrase("the portal confused it with another call of the last 30 minutes")
        case .noCallID: Phrase("the portal accepts the call and returns no CALL_ID")
        case .unknownOutcome: Phrase("the reply was lost and the portal cannot be asked about it")
        case .probablyDelivered: Phrase("the portal very probably has the call")
        case .lookAlikeThere: Phrase("the portal has such a call of another employee")
        case .callVanished: Phrase("the portal no longer knows the call that it registered")
        case .databaseError: Phrase("the portal reported a database error and may have created a CRM activity")
        case .answerMismatch: Phrase("the portal replied about another call")
        case .unknownRegister: Phrase("the reply was lost, and the portal may have created a lead")
        case .portalCallUnknown: Phrase("the portal does not know the CALL_ID of the record")
        case .sharedPortalCall: Phrase("two calls of the files have the same CALL_ID")
        case .futureStart: Phrase("the call starts in the future")
        }
    }

    /// What a person can do about it, as one sentence without a full stop.
    ///
    /// - Parameter key: The key of the call; `KEY` where it is about several.
    package func remedy(key: String = "KEY") -> Phrase {
        switch self {
        case .noEmployee: Phrase("set users.default, then run: cdr24 retry")
        case .unknownExtension: Phrase("add the extension to users.extensions, then run: cdr24 retry")
        case .userNotActive:
            Phrase("set users.substitute, or map the extension to another user, then run: cdr24 retry")
        case .keyCollision: Phrase("check key_prefix and the IDs in the files, then run: cdr24 resolve \(key)")
        case .changedLater:
            Phrase("correct the call in the portal if it matters, then run: cdr24 failures --dismiss \(key)")
        case .callIDCollision: Phrase("wait half an hour, then run: cdr24 retry")
        case .noCallID: Phrase("ask who maintains the portal, then run: cdr24 retry")
        case .unknownOutcome: Phrase("check whether the portal has the call, then run: cdr24 resolve \(key)")
        case .probablyDelivered: Phrase("check the call in the portal, then run: cdr24 resolve \(key)")
        case .lookAlikeThere: Phrase("check whether it is this call, then run: cdr24 resolve \(key)")
        case .callVanished: Phrase("check whether the portal has the call, then run: cdr24 resolve \(key)")
        case .databaseError: Phrase("check the call in the CRM, then run: cdr24 resolve \(key)")
        case .answerMismatch: Phrase("check both calls in the portal, then run: cdr24 resolve \(key)")
        case .unknownRegister: Phrase("check the number in the CRM, then run: cdr24 resolve \(key)")
        case .portalCallUnknown: Phrase("check whether the portal has the call, then run: cdr24 resolve \(key)")
        case .sharedPortalCall: Phrase("check both calls in the portal, then run: cdr24 resolve \(key)")
        case .futureStart:
            Phrase(
                "correct time_zone and run: cdr24 import --reread; if only the phone system's clock was wrong: cdr24 retry"
            )
        }
    }
}
