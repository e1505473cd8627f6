// SPDX-License-Identifier: Apache-2.0

/// An employee of the portal.
package struct PortalUser: Sendable, Hashable {
    /// The USER_ID.
    package var id: Int
    /// Whether the employee is not dismissed; `nil` when the portal does not say.
    package var isActive: Bool?
    /// The extension; `nil` when there is none.
    package var innerNumber: String?

    package init(id: Int, isActive: Bool?, innerNumber: String?) {
        self.id = id
        self.isActive = isActive
        self.innerNumber = innerNumber
    }

    /// - Throws: ``UnreadableResult`` when there is no ID.
    package init(_ row: JSONValue) throws(UnreadableResult) {
        guard let id = row["ID"]?.integer else { throw .init(field: "ID") }
        self.id = Int(id)
        isActive = row["ACTIVE"]?.flag
        innerNumber = row["UF_PHONE_INNER"]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// One page of `user.get`.
package struct UserPage: Sendable, Hashable {
    /// The method's name.
    package static let method = "user.get"
    /// The most employees on a page.
    package static let size = 50

    /// At most 50 employees, in the order that was asked for.
    package var users: [PortalUser]
    /// The offset of the next page; `nil` after the last.
    package var next: Int?

    /// - Throws: ``UnreadableResult`` when the result is no list of users.
    package init(_ reply: CommandReply) throws(UnreadableResult) {
        guard let elements = reply.result.elements else { throw .init(field: "list of users") }
        var users: [PortalUser] = []
        for element in elements { users.append(try PortalUser(element)) }
        self.users = users
        next = reply.next
    }

    /// Asks for a page of the employees who are not dismissed, in the order of their IDs.
    package static func active(start: Int = 0, key: String = "users") -> Command {
        Command(
            key: key, method: method,
            parameters: [
                Parameter("FILTER", .fields([Parameter("ACTIVE", "Y")])), Parameter("sort", "ID"),
                Parameter("order", "ASC"), Parameter("start", .number(start)),
            ])
    }

    /// Asks for all employees, the dismissed ones included.
    package static func all(start: Int = 0, key: String = "users") -> Command {
        Command(
            key: key, method: method,
            parameters: [Parameter("sort", "ID"), Parameter("order", "ASC"), Parameter("start", .number(start))])
    }
}
