// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// `user.get`: filter under `FILTER` or at the top level; unknown fields are dropped.
    func getUsers(_ parameters: PortalMap) -> MethodResult {
        let upper = parameters.uppercased
        let filter = (upper["FILTER"]?.map ?? upper).uppercased
        var users = state.userOrder.compactMap { state.users[$0] }.filter { user in
            user.kind == .employee && UserFilter.accepts(user, filter)
        }
        if upper["ORDER"]?.asText.uppercased() == "DESC" { users.reverse() }
        if users.isEmpty { return MethodResult(.empty) }
        let start = parameters["start"]?.asInt ?? 0
        let page = users.dropFirst(max(0, start)).prefix(50)
        let rows = PortalValue.list(page.map(Self.fields))
        if start == -1 { return MethodResult(rows, total: 0) }
        let end = max(0, start) + page.count
        return MethodResult(rows, total: users.count, next: !page.isEmpty && end < users.count ? end : nil)
    }

    func currentUser(_ caller: Caller) -> MethodResult {
        MethodResult(state.users[caller.user].map(Self.fields) ?? .empty)
    }

    func profile(_ caller: Caller) -> MethodResult {
        let (first, last) = Self.names(state.users[caller.user]?.name ?? "")
        return MethodResult([
            "ID": .string(String(caller.user)), "ADMIN": .bool(caller.user == options.administrator),
            "NAME": .string(first), "LAST_NAME": .string(last), "PERSONAL_GENDER": "", "PERSONAL_PHOTO": .null,
            "TIME_ZONE": "",
        ])
    }

    private static func names(_ name: String) -> (String, String) {
        let parts = name.split(separator: " ", maxSplits: 1).map(String.init)
        return (parts.first ?? "", parts.count > 1 ? parts[1] : "")
    }

    private static func fields(_ user: PortalUser) -> PortalValue {
        let (first, last) = names(user.name)
        return [
            "ID": .string(String(user.id)), "ACTIVE": .bool(user.active), "NAME": .string(first),
            "LAST_NAME": .string(last), "SECOND_NAME": "", "EMAIL": .string("user\(user.id)@example.org"),
            "LAST_LOGIN": "", "DATE_REGISTER": "2024-01-15T00:00:00+03:00", "TIME_ZONE": "", "IS_ONLINE": "N",
            "TIMESTAMP_X": .emptyObject, "LAST_ACTIVITY_DATE": .emptyObject, "PERSONAL_GENDER": "",
            "PERSONAL_MOBILE": "", "WORK_PHONE": "", "WORK_POSITION": "",
            "UF_DEPARTMENT": .list(user.departments.map(PortalValue.int)), "UF_PHONE_INNER": .string(user.inner),
            "USER_TYPE": "employee",
        ]
    }
}

/// The filter of `user.get`.
enum UserFilter {
    static func accepts(_ user: PortalUser, _ filter: PortalMap) -> Bool {
        filter.keys.allSatisfy { key in
            guard case .text(let name) = key, let value = filter[key] else { return true }
            let mark = String(name.prefix { !$0.isLetter })
            let wanted = value.map?.list ?? [value]
            guard let wish = wanted.first else { return true }
            guard let actual = field(String(name.dropFirst(mark.count)), of: user) else { return true }
            if case .bool(let flag) = actual {
                return flag == (value == .bool(true) || ["Y", "TRUE", "1"].contains(value.asText.uppercased()))
            }
            let texts = actual.map?.list.map(\.asText) ?? [actual.asText]
            let isIn = wanted.contains { one in texts.contains { $0.collated == one.asText.collated } }
            let first = wish.asText
            switch mark {
            case "", "=", "@": return isIn
            case "!", "!=", "!@": return !isIn
            case "%": return texts.contains { $0.collated.contains(first.collated) }
            case "!%": return !texts.contains { $0.collated.contains(first.collated) }
            case ">": return actual.asDouble > wish.asDouble
            case ">=": return actual.asDouble >= wish.asDouble
            case "<": return actual.asDouble < wish.asDouble
            case "<=": return actual.asDouble <= wish.asDouble
            default: return true
            }
        }
    }

    private static func field(_ name: String, of user: PortalUser) -> PortalValue? {
        switch name {
        case "ID": .string(String(user.id))
        case "ACTIVE": .bool(user.active)
        case "UF_PHONE_INNER": .string(user.inner)
        case "UF_DEPARTMENT": .list(user.departments.map(PortalValue.int))
        case "NAME": .string(user.name.split(separator: " ").first.map(String.init) ?? "")
        case "LAST_NAME":
            .string(user.name.split(separator: " ", maxSplits: 1).dropFirst().first.map(String.init) ?? "")
        case "EMAIL": .string("user\(user.id)@example.org")
        case "USER_TYPE": "employee"
        default: nil
        }
    }
}
