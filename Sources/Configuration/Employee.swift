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
        employee(extension: call.employeeExtension, on: call.start.localDay)
    }

    /// Who a call belongs to, likewise.
    ///
    /// - Parameters:
    ///   - name: The employee's extension; `nil` where none took part.
    ///   - day: Days since 1970-01-01 on the phone system's clock.
    package func employee(extension name: String?, on day: Int64) -> Employee? {
        guard let name else { return fallback.map(Employee.user) }
        switch extensions.owner(of: name, on: day) {
        case .user(let user): return .user(user)
        case .unknown(let name): return .inner(name)
        case .nobody: return fallback.map(Employee.user)
        }
    }
}

extension UserSettings {
    /// The USER_IDs that the configuration names now: those of days that are over are left out.
    package var namedUsers: Set<Int> {
        let entries = Array(extensions.exact.values) + extensions.patterns.map(\.entry)
        let present = entries.flatMap { entry -> [Int] in
            guard case .employees(let tenures) = entry else { return [] }
            return tenures.filter { $0.before == nil }.map(\.user)
        }
        return Set(present + [fallback, substitute].compactMap(\.self))
    }
}
