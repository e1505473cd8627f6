// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
package import CDRConfiguration
package import CallLifecycle
import CallRecords

/// Which of the portal's rows are which calls, where rows carry no key.
///
/// Number, type and the second of the start must be the same; the employee tells apart what is left. Every row is one
/// call's at most, so that two calls that are alike in everything need two rows.
package struct AttributeMatching: Sendable {
    /// What a call has at the portal.
    package enum Match: Sendable, Equatable {
        /// A row that is the call's.
        case row(StatisticRow)
        /// A row that differs in the employee only: it may be this call or another one.
        case ofAnotherEmployee
    }

    /// The calls that have something, by their rows in the ledger.
    package private(set) var matches: [Int64: Match] = [:]
    private var free: [StatisticRow]
    private let users: UserSettings

    /// - Parameters:
    ///   - rows: The portal's rows that no other call of the ledger has.
    package init(_ calls: [TrackedCall], rows: [StatisticRow], users: UserSettings) {
        var seen: Set<Int64> = []
        free = rows.filter { ($0.externalCallID ?? "").isEmpty && seen.insert($0.id).inserted }
        self.users = users
        // Certain matches first: who could be any of several rows takes what is left.
        for employeeMatters in [true, false] {
            for call in calls where matches[call.id] == nil { match(call, employeeMatters: employeeMatters) }
        }
        for call in calls where matches[call.id] == nil && free.contains(where: { $0.isLike(call.call) }) {
            matches[call.id] = .ofAnotherEmployee
        }
    }

    private mutating func match(_ call: TrackedCall, employeeMatters: Bool) {
        let own = users.employee(of: call.call)
        let index = free.firstIndex { row in
            guard row.isLike(call.call) else { return false }
            switch own {
            case .user(let id): return row.userID == id || (!employeeMatters && row.userID == users.substitute)
            // The portal knows whose extension it is, and we do not.
            case .inner, nil: return !employeeMatters
            }
        }
        if let index { matches[call.id] = .row(free.remove(at: index)) }
    }
}

extension StatisticRow {
    fileprivate func isLike(_ call: Call) -> Bool {
        phoneNumber == call.phoneNumber && type == call.type.rawValue && startEpoch == call.start.epochSeconds
    }
}
