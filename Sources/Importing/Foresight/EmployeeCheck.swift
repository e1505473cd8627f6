// SPDX-License-Identifier: Apache-2.0

package import CDRConfiguration
package import Reporting

/// Looks for calls that belong to nobody.
package struct EmployeeCheck {
    private let hasDefault: Bool
    private let held: Int

    /// - Parameter demand: What the calls ask of the portal; `nil` where they are not known.
    package init(_ settings: UserSettings, _ demand: CallDemand?) {
        hasDefault = settings.fallback != nil
        held = demand?.withoutEmployee ?? 0
    }

    /// Warns of calls that would be held, and where nothing is known of them, of those that may come.
    package func run(_ report: inout CheckReport) {
        guard !hasDefault else { return }
        let calls = held == 0 ? "calls of queues, menus and trunks" : counted(held, "call")
        report.warn("users", "no default user, so \(calls) will be held; set users: { default: USER_ID }")
    }
}
