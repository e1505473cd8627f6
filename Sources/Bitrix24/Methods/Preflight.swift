// SPDX-License-Identifier: Apache-2.0

/// `profile`: who the webhook acts for.
package struct ProfileReply: Sendable, Hashable {
    package static let method = "profile"
    package var userID: Int?
    /// Whether the user is an administrator; on most portals that includes all rights on telephony.
    package var isAdmin: Bool

    package init(_ result: JSONValue) {
        userID = result["ID"]?.integer.map(Int.init)
        isAdmin = result["ADMIN"]?.flag ?? false
    }

    package static func command(key: String = "profile") -> Command { Command(key: key, method: method) }
}

/// `scope`: what the webhook may do.
package struct ScopeReply: Sendable, Hashable {
    package static let method = "scope"
    /// The scopes in lower case, such as `telephony`.
    package var scopes: Set<String>

    /// - Throws: ``UnreadableResult`` when the result is no list.
    package init(_ result: JSONValue) throws(UnreadableResult) {
        guard let elements = result.elements else { throw .init(field: "list of scopes") }
        scopes = Set(elements.compactMap { $0.text?.lowercased() })
    }

    package static func command(key: String = "scope") -> Command { Command(key: key, method: method) }
}

/// `server.time`: the portal's clock.
package struct ServerTimeReply: Sendable, Hashable {
    package static let method = "server.time"
    package var date: PortalDate

    /// - Throws: ``UnreadableResult`` when the result is no date.
    package init(_ result: JSONValue) throws(UnreadableResult) {
        guard let date = result.text.flatMap({ PortalDate($0) }) else { throw .init(field: "time") }
        self.date = date
    }

    package static func command(key: String = "time") -> Command { Command(key: key, method: method) }
}

/// `telephony.externalLine.get`: the lines that the portal knows; also a harmless probe of rights.
package struct LinesReply: Sendable, Hashable {
    package static let method = "telephony.externalLine.get"
    package var numbers: [String]

    /// - Throws: ``UnreadableResult`` when the result is no list.
    package init(_ result: JSONValue) throws(UnreadableResult) {
        guard let elements = result.elements else { throw .init(field: "list of lines") }
        numbers = elements.compactMap { $0["NUMBER"]?.text }
    }

    package static func command(key: String = "lines") -> Command { Command(key: key, method: method) }
}
