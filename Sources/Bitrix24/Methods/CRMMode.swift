// SPDX-License-Identifier: Apache-2.0

/// `crm.settings.mode.get`: whether the portal's CRM works with leads.
package enum CRMMode: Int64, Sendable, Hashable {
    /// With leads.
    case classic = 1
    /// Without leads: contacts and deals are created at once.
    case simple = 2

    /// The method's name.
    package static let method = "crm.settings.mode.get"

    /// The command, which takes no parameters.
    package static func command(key: String = "crm") -> Command { Command(key: key, method: method) }

    /// Reads an answer; `nil` when it tells no mode.
    package init?(_ outcome: CommandOutcome?) {
        guard case .succeeded(let answer)? = outcome, let number = answer.result.integer else { return nil }
        self.init(rawValue: number)
    }
}
