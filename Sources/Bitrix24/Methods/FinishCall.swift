// SPDX-License-Identifier: Apache-2.0

/// `telephony.externalCall.finish`: writes the statistics row and the CRM activity of a registered call.
///
/// Never send it twice without having asked for the row in between.
package struct FinishCall: Sendable, Hashable {
    /// The method's name, under which its operating time is counted.
    package static let method = "telephony.externalCall.finish"

    /// What register answered.
    package var callID: String
    /// The portal's user; wins over the inner number.
    package var userID: Int?
    /// The user's inner number, used when there is no user.
    package var userPhoneInner: String?
    /// The talk time; sent as whole seconds, 0 to 86,400.
    package var duration: Duration
    /// A code of the portal's list, such as `200` or `304`.
    package var statusCode: String
    /// Why the call failed; cut to 255 characters, without `$` and control characters.
    package var failedReason: String?
    /// Whether a chat message is written.
    package var addToChat: Bool
    /// What the call cost.
    package var cost: CallCost?
    /// How the client judged the call, 1 to 5.
    package var vote: Int?

    package init(
        callID: String, userID: Int? = nil, userPhoneInner: String? = nil, duration: Duration, statusCode: String,
        failedReason: String? = nil, addToChat: Bool = false, cost: CallCost? = nil,
        vote: Int? = nil
    ) {
        self.callID = callID
        self.userID = userID
        self.userPhoneInner = userPhoneInner
        self.duration = duration
        self.statusCode = statusCode
        self.failedReason = failedReason
        self.addToChat = addToChat
        self.cost = cost
        self.vote = vote
    }

    /// The command; the switch for chat messages is always in it.
    package func command(key: String) -> Command {
        var parameters = [Parameter("CALL_ID", .text(callID))]
        parameters += UserReference.parameters(userID: userID, userPhoneInner: userPhoneInner)
        parameters += [
            Parameter("DURATION", .number(min(max(duration.components.seconds, 0), 86_400))),
            Parameter("STATUS_CODE", .text(statusCode)),
        ]
        if let reason = failedReason.map(Self.harmless), !reason.isEmpty {
            parameters.append(Parameter("FAILED_REASON", .text(reason)))
        }
        if let cost {
            parameters += [
                Parameter("COST", .text(cost.amountText)), Parameter("COST_CURRENCY", .text(cost.currency)),
            ]
        }
        if let vote { parameters.append(Parameter("VOTE", .number(vote))) }
        parameters.append(Parameter("ADD_TO_CHAT", .flag(addToChat)))
        return Command(key: key, method: Self.method, parameters: parameters)
    }

    /// A reason that the portal can store: an over-long one would be refused after the activity is written.
    static func harmless(_ reason: String) -> String {
        let kept = reason.unicodeScalars.filter { scalar in
            scalar != "$" && scalar.properties.generalCategory != .control
        }
        return String(String.UnicodeScalarView(kept.prefix(255)))
    }
}

/// The price of a call.
package struct CallCost: Sendable, Hashable {
    /// In ten-thousandths of the currency's unit, the precision that the portal stores.
    package var tenThousandths: Int64
    /// The currency's ISO code; at most 50 characters.
    package var currency: String

    package init(tenThousandths: Int64, currency: String) {
        self.tenThousandths = tenThousandths
        self.currency = currency
    }

    /// The amount with a decimal point: the portal cuts numbers off at a comma.
    var amountText: String {
        let (whole, fraction) = tenThousandths.magnitude.quotientAndRemainder(dividingBy: 10_000)
        let digits = String(fraction)
        let padding = String(repeating: "0", count: 4 - digits.utf8.count)
        return "\(tenThousandths < 0 ? "-" : "")\(whole).\(padding)\(digits)"
    }
}
