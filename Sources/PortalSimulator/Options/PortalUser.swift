// SPDX-License-Identifier: Apache-2.0

/// A person, or something that looks like one, in the portal's directory.
public struct PortalUser: Sendable, Codable, Equatable {
    /// What stands behind the entry.
    public enum Kind: String, Sendable, Codable {
        case employee, bot, email, guest
    }

    /// How much of the call statistics the user may see.
    public enum StatisticsRights: String, Sendable, Codable, CaseIterable {
        case any, department, own, none
    }

    /// The number that the REST interface calls `USER_ID`.
    public var id: Int
    /// The inner (extension) number, empty when there is none.
    public var inner: String
    /// First and last name.
    public var name: String
    /// False once dismissed.
    public var active = true
    /// An employee, or something that cannot take calls.
    public var kind = Kind.employee
    /// The departments.
    public var departments: [Int] = [1]
    /// The user's own statistics right; nil means the portal's setting for everybody.
    public var statisticsRights: StatisticsRights?

    /// Makes a user.
    public init(
        id: Int, inner: String, name: String, active: Bool = true, kind: Kind = .employee, departments: [Int] = [1],
        statisticsRights: StatisticsRights? = nil
    ) {
        self.id = id
        self.inner = inner
        self.name = name
        self.active = active
        self.kind = kind
        self.departments = departments
        self.statisticsRights = statisticsRights
    }

    /// Reads `ID:INNER:NAME`, optionally followed by `:dismissed`, `:bot`, `:email` or `:guest`; nil when it is something else.
    public init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 3, let id = Int(parts[0]), id > 0 else { return nil }
        self.init(id: id, inner: parts[1], name: parts[2])
        guard parts.count > 3 else { return }
        if parts[3] == "dismissed" {
            active = false
        } else if let kind = Kind(rawValue: parts[3]) {
            self.kind = kind
        } else {
            return nil
        }
    }

    /// Reads a user; everything but `id` may be left out.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(Int.self, forKey: .id)
        inner = try values.decodeIfPresent(String.self, forKey: .inner) ?? ""
        name = try values.decodeIfPresent(String.self, forKey: .name) ?? "User \(id)"
        active = try values.decodeIfPresent(Bool.self, forKey: .active) ?? true
        kind = try values.decodeIfPresent(Kind.self, forKey: .kind) ?? .employee
        departments = try values.decodeIfPresent([Int].self, forKey: .departments) ?? [1]
        statisticsRights = try values.decodeIfPresent(StatisticsRights.self, forKey: .statisticsRights)
    }

    /// Active and a person who can take calls.
    var takesCalls: Bool { active && kind == .employee }

    /// Twenty invented employees: user 1 (an administrator) has the inner number 101, user 20 has 120.
    ///
    /// Users 1 to 10 are in department 1, the others in department 2. User 21 (121) is dismissed, user 22 is a bot.
    public static let samples: [PortalUser] = {
        let names = [
            "Alma Reed", "Boris Lund", "Carla Voss", "Denis Oak", "Edda Finch", "Fedor Brook", "Greta Hale",
            "Henri Moss", "Inga Vale", "Jonas Birch", "Katya Stone", "Leon Marsh", "Mira Field", "Nils Crane",
            "Olga Thorn", "Pavel Glade", "Rosa Wick", "Stepan Ford", "Tilda Rowe", "Ugo Lark",
        ]
        var users = names.enumerated().map { index, name in
            PortalUser(id: index + 1, inner: String(101 + index), name: name, departments: [index < 10 ? 1 : 2])
        }
        users.append(PortalUser(id: 21, inner: "121", name: "Vera Gone", active: false))
        users.append(PortalUser(id: 22, inner: "", name: "Robot Helper", kind: .bot))
        return users
    }()
}
