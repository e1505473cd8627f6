// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallLifecycle
import CallRecords

/// For which employees calls are sent: their own ones, or the substitute where the portal refused those.
struct Assignees: Sendable {
    private let users: UserSettings
    /// Calls whose employee was refused and that are finished for the substitute.
    private var substituted: Set<Int64> = []

    init(_ users: UserSettings) { self.users = users }

    /// Whether a call is next to be sent and the configuration names nobody for it.
    func isMissing(for call: TrackedCall) -> Bool {
        switch call.state {
        case .pending: users.employee(of: call.call) == nil
        case .registered: users.employee(of: call.call) == nil && users.substitute == nil
        case .waiting, .registering, .finishing, .unsettled, .delivered, .refused, .held, .deliveredByOthers: false
        }
    }

    /// For whom a call is registered; `nil` for nobody.
    func registering(_ call: TrackedCall) -> Employee? { users.employee(of: call.call) }

    /// For whom a call is finished, and whether another employee may stand in; `nil` for nobody.
    func finishing(_ call: TrackedCall) -> (employee: Employee, canSubstitute: Bool)? {
        let substitute = users.substitute.map(Employee.user)
        let isSubstituted = substituted.contains(call.id)
        let employee = isSubstituted ? substitute : users.employee(of: call.call) ?? substitute
        return employee.map { ($0, !isSubstituted && substitute != nil) }
    }

    /// Notes that a call is finished for the substitute from now on.
    mutating func substitute(_ id: Int64) { substituted.insert(id) }
}
