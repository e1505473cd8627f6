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
    /// The portal gave the CALL_ID of another call more than once.
    case callIDCollision
    /// The portal cannot be asked what became of a finish that was left without an answer.
    case unknownOutcome
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
}

extension HoldReason {
    /// What a person can do about it, as one sentence.
    package var remedy: String {
        switch self {
        case .noEmployee: "set users.default, then run: cdr24 retry"
        case .unknownExtension: "add the extension to users.extensions, then run: cdr24 retry"
        case .userNotActive: "set users.substitute or map the extension to somebody else, then run: cdr24 retry"
        case .keyCollision: "two calls share one id: check the key_prefix of the sources and the PBX's ids"
        case .callIDCollision:
            "the portal took it for another call of its last half hour: wait that long, then run: cdr24 retry"
        case .unknownOutcome: "look the call up in the portal, then run: cdr24 resolve"
        case .probablyDelivered: "the portal most probably has the call: look it up, then run: cdr24 resolve"
        case .lookAlikeThere: "see in the portal whether it is the same call, then run: cdr24 resolve"
        case .callVanished: "look the call up in the portal, then run: cdr24 resolve"
        case .databaseError: "look for the call's activity in the portal, then run: cdr24 resolve"
        case .answerMismatch: "look both calls up in the portal, then run: cdr24 resolve"
        case .futureStart: "check the PBX's clock and time_zone, then run: cdr24 retry"
        }
    }
}
