// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Ledger

/// What delivery is told: the portal's limits, whom calls belong to, and where to stop.
package struct DeliverySettings: Sendable {
    package var portal: PortalSettings
    package var users: UserSettings
    /// The key prefixes of all sources: a row of the portal's statistics with one of them is ours.
    package var keyPrefixes: [String]
    /// The host that the ledger is bound to at the first request.
    package var host = ""
    /// Looks every undelivered key up before anything is sent.
    package var verifiesPortal = false
    /// The most calls to begin; `nil`: no limit.
    package var maximumCalls: Int?
    /// No batch begins whose expected end is later; on the monotonic clock.
    package var deadline: Duration?
    /// When a request of this machine to this portal may still have been at work, at the latest; on the monotonic
    /// clock. Zero when nothing is known of an earlier one.
    package var othersMayWorkUntil: Duration = .zero
    /// Whether the run before left requests without an answer, so that a ledger that was set back since then may not
    /// know of a finish that is still at work and that the statistics do not show yet.
    package var mayBeSetBack = false

    package init(portal: PortalSettings, users: UserSettings, keyPrefixes: [String]) {
        self.portal = portal
        self.users = users
        self.keyPrefixes = keyPrefixes
    }
}

/// The employee a call is registered for, in the form in which the portal is told.
package enum Employee: Sendable, Hashable {
    /// `USER_ID`.
    case user(Int)
    /// `USER_PHONE_INNER`: the portal looks the extension up itself.
    case inner(String)
}

extension UserSettings {
    /// Who a call belongs to; `nil` when nobody is known and there is no default.
    func employee(of call: Call) -> Employee? {
        guard let ext = call.employeeExtension else { return fallback.map(Employee.user) }
        switch extensions.owner(of: ext, on: call.start.localDay) {
        case .user(let user): return .user(user)
        case .unknown(let name): return .inner(name)
        case .nobody: return fallback.map(Employee.user)
        }
    }
}
