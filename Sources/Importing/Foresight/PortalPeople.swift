// SPDX-License-Identifier: Apache-2.0

package import Bitrix24

/// The employees of a portal, as far as calls can belong to them.
package struct PortalPeople: Sendable {
    /// What the portal would make of a USER_ID or an extension.
    package enum Standing: Sendable, Equatable {
        /// It is somebody who works there.
        case active
        /// It is somebody who was dismissed.
        case dismissed
        /// It is nobody's.
        case unknown
        /// It belongs to several people who work there.
        case shared([Int])
    }

    private var users: [Int: Bool] = [:]
    private var inner: [String: [(id: Int, isActive: Bool)]] = [:]

    /// - Parameter users: All employees, the dismissed ones included.
    package init(_ users: some Sequence<PortalUser>) {
        for user in users {
            // A portal that does not say leaves out who was dismissed.
            let isActive = user.isActive ?? true
            self.users[user.id] = isActive
            if let number = user.innerNumber { inner[number, default: []].append((user.id, isActive)) }
        }
    }

    /// How many there are.
    package var count: Int { users.count }

    /// What the portal would make of a USER_ID.
    package func standing(ofUser id: Int) -> Standing {
        users[id].map { $0 ? .active : .dismissed } ?? .unknown
    }

    /// What the portal would make of an extension.
    package func standing(ofExtension name: String) -> Standing {
        let owners = inner[name] ?? []
        let active = owners.filter(\.isActive).map(\.id).sorted()
        if active.count > 1 { return .shared(active) }
        return active.isEmpty ? (owners.isEmpty ? .unknown : .dismissed) : .active
    }
}
