// SPDX-License-Identifier: Apache-2.0

/// `profile`: who the webhook acts for.
package struct ProfileReply: Sendable, Hashable {
    /// The method's name.
    package static let method = "profile"
    /// The ID of the webhook's owner; `nil` when it cannot be read.
    package var userID: Int?
    /// Whether the user is an administrator; on most portals that includes all rights on telephony.
    package var isAdmin: Bool
    /// First and last name; empty when the portal tells none.
    package var name: String

    /// Takes what can be read; a portal that does not say counts as no administrator.
    package init(_ result: JSONValue) {
        userID = result["ID"]?.integer.map(Int.init)
        isAdmin = result["ADMIN"]?.flag ?? false
        name = [result["NAME"]?.text, result["LAST_NAME"]?.text].compactMap { $0 }.filter { !$0.isEmpty }
            .joined(separator: " ")
    }

    /// The command, which takes no parameters.
    package static func command(key: String = "profile") -> Command { Command(key: key, method: method) }
}

/// `scope`: what the webhook may do.
package struct ScopeReply: Sendable, Hashable {
    /// The method's name.
    package static let method = "scope"
    /// The scopes in lower case, such as `telephony`.
    package var scopes: Set<String>

    /// - Throws: ``UnreadableResult`` when the result is no list.
    package init(_ result: JSONValue) throws(UnreadableResult) {
        guard let elements = result.elements else { throw .init(field: "list of scopes") }
        scopes = Set(elements.compactMap { $0.text?.lowercased() })
    }

    /// The command, which takes no parameters.
    package static func command(key: String = "scope") -> Command { Command(key: key, method: method) }
}

/// `server.time`: the portal's clock.
package struct ServerTimeReply: Sendable, Hashable {
    /// The method's name.
    package static let method = "server.time"
    /// The portal's time, to the second, with its offset.
    package var date: PortalDate

    /// - Throws: ``UnreadableResult`` when the result is no date.
    package init(_ result: JSONValue) throws(UnreadableResult) {
        guard let date = result.text.flatMap({ PortalDate($0) }) else { throw .init(field: "time") }
        self.date = date
    }

    /// The command, which takes no parameters.
    package static func command(key: String = "time") -> Command { Command(key: key, method: method) }
}
