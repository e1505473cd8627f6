// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
package import CDRConfiguration
package import CallRecords
package import Matching

/// What both sides know of a call, as the matching compares it.
extension CallTrace {
    /// A call as the phone system recorded it.
    package init(_ call: Call) {
        self.init(
            number: call.phoneNumber, type: call.type.rawValue, start: call.start.epochSeconds,
            talk: call.talk.components.seconds)
    }

    /// A row of the portal's statistics; `nil` when it lacks number, type or start.
    ///
    /// - Parameter spelling: Spells the number as calls do; without one it stays as the portal keeps it.
    package init?(_ row: StatisticRow, _ spelling: NumberSpelling? = nil) {
        guard let number = row.phoneNumber, let type = row.type, let start = row.startEpoch else { return nil }
        self.init(
            number: spelling?.e164(number) ?? number, type: type, start: start,
            talk: row.durationSeconds.map(Int64.init))
    }

    /// The same call, if nothing is known of the talk.
    var withoutTalk: CallTrace { CallTrace(number: number, type: type, start: start) }
}

extension UserSettings {
    /// What speaks against a row being a call's, as far as the employee tells: 0 for the same one, 1 where the row may be
    /// of the same one; `nil` for another one.
    package func doubt(that row: StatisticRow, is call: Call) -> Int? {
        switch employee(of: call) {
        case .user(let id):
            if row.userID == id { return 0 }
            return substitute != nil && row.userID == substitute ? 1 : nil
        // The portal knows whose extension it is, and we do not.
        case .inner, nil: return 1
        }
    }
}
