// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// `voximplant.statistic.get`.
    func statistics(_ parameters: PortalMap, _ caller: Caller) throws(RESTFailure) -> MethodResult {
        let rights = state.users[caller.user]?.statisticsRights ?? options.statisticsRights
        if rights == .none { throw .accessDenied }
        let now = clock.now()
        let upper = parameters.uppercased
        let filter = StatisticsFilter(upper["FILTER"], now: now, zoneMinutes: options.zoneMinutes)
        let horizon = now - options.statisticsDelay
        let users = visibleUsers(rights, caller)
        var rows = candidates(filter).filter { row in
            row.insertedAt <= horizon && (users?.contains(row.userID) ?? true) && filter.accepts(row)
        }
        sort(&rows, by: upper["SORT"], order: upper["ORDER"])
        let start = parameters["start"]?.asInt ?? 0
        if start == -1 {
            return MethodResult(page(rows.prefix(50)), total: 0)
        }
        let shown = rows.dropFirst(max(0, start)).prefix(50)
        let end = max(0, start) + shown.count
        return MethodResult(page(shown), total: rows.count, next: !shown.isEmpty && end < rows.count ? end : nil)
    }

    private func page(_ rows: ArraySlice<StatisticsRow>) -> PortalValue {
        .list(rows.map { .map($0.fields(zoneMinutes: options.zoneMinutes)) })
    }

    /// The rows that can fit, through an index where the filter names one.
    private func candidates(_ filter: StatisticsFilter) -> [StatisticsRow] {
        let table = state.statistics
        if let ids = filter.wanted("CALL_ID") { return Set(ids.map(\.collated)).flatMap(table.rows(callID:)) }
        if let ids = filter.wanted("EXTERNAL_CALL_ID"), !ids.contains("") {
            return Set(ids.map(\.collated)).flatMap(table.rows(externalID:))
        }
        if let ids = filter.wanted("ID") {
            return Set(ids.map { PortalValue.string($0).asInt }).compactMap(table.row(id:))
        }
        return table.rows
    }

    private func visibleUsers(_ rights: PortalUser.StatisticsRights, _ caller: Caller) -> Set<Int>? {
        switch rights {
        case .any: return nil
        case .own, .none: return [caller.user]
        case .department:
            let departments = Set(state.users[caller.user]?.departments ?? [])
            return Set(state.users.values.filter { !departments.isDisjoint(with: $0.departments) }.map(\.id))
        }
    }

    /// Without a known field and an exact direction the order is the table's.
    private func sort(_ rows: inout [StatisticsRow], by field: PortalValue?, order: PortalValue?) {
        let name = field?.string ?? ""
        let direction = order?.string ?? ""
        let known = StatisticsFilter.fields.contains(name) && name != "CALL_TYPE"
        guard known, direction == "ASC" || direction == "DESC" else {
            rows.sort { $0.id < $1.id }
            return
        }
        let ascending = direction == "ASC"
        if name == "ID" {
            rows.sort { ascending ? $0.id < $1.id : $0.id > $1.id }
            return
        }
        let keyed = rows.map { (row: $0, key: $0.comparable(name) ?? "") }
        let sorted = keyed.sorted { left, right in
            let (first, second) = (PortalValue.string(left.key).asDouble, PortalValue.string(right.key).asDouble)
            if first != second { return ascending == (first < second) }
            return left.key == right.key ? left.row.id < right.row.id : ascending == (left.key < right.key)
        }
        rows = sorted.map(\.row)
    }
}
