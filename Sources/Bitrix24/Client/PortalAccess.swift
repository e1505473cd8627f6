// SPDX-License-Identifier: Apache-2.0

/// How a portal knows this program; what messages tell a person to do differs by it.
package enum PortalAccess: Sendable, Hashable {
    /// By the inbound webhook of one of its users.
    case webhook
    /// As an application to which one of its users has granted access.
    case application
}

extension PortalAccess {
    /// The key of the configuration that names the portal, as messages call it.
    package var setting: String { self == .webhook ? "webhook_url" : "portal.oauth" }

    /// What acts at the portal, as messages call it.
    package var actor: String { self == .webhook ? "the webhook" : "the application" }

    /// The user whose permissions it has, as messages call them.
    package var owner: String { self == .webhook ? "the webhook owner" : "the user who granted access" }

    /// How it gets the permissions of an administrator.
    package var remedyForRights: String {
        self == .webhook ? "create the webhook as an administrator" : "run cdr24 login as an administrator"
    }

    /// How it gets a permission (scope) that it lacks.
    package var remedyForScope: String {
        self == .webhook
            ? "edit the webhook in the portal and add it"
            : "add it to the application in the portal, then run: cdr24 login"
    }
}
