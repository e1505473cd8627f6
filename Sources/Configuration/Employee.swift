// SPDX-License-Identifier: Apache-2.0

package import CallRecords

/// The employee a call is registered for, in the form in which the portal is told.
package enum Employee: Sendable, Hashable {
    /// `USER_ID`.
    case user(Int)
    /// `USER_PHONE_INNER`: the portal looks the extension up itself.
    case inner(String)
}

extension UserSettings {
    /// Who a call belongs to; `nil` when nobody is known and there is no default.
    package func employee(of call: Call) -> Employee? {
        guard let ext = call.employeeExtension else { return fallback.map(Employee.user) }
        switch extensions.owner(of: ext, on: call.start.localDay) {
        case .user(let user): return .user(user)
        case .unknown(let name): return .inner(name)
        case .nobody: return fallback.map(Employee.user)
        }
    }
}
