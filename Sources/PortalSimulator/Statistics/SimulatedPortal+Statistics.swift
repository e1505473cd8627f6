// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// `voximplant.statistic.get`.
    func statistics(_ parameters: PortalMap, _ caller: Caller) throws(RESTFailure) -> MethodResult {
        let rights = state.users[caller.user]?.statisticsRights ?? options.statisticsRights
        if rights == .none { throw .accessDenied }
        switch options.statisticsView {
        case .all, .firstValue, .endless: break
        case .empty: return MethodResult(page([]), total: 0)
        case .failing: throw RESTFailure("INTERNAL_SERVER_ERROR", "Internal server error", status: 500)
        }
        let now = clock.now()
        let upper = parameters.uppercased
        var filter = StatisticsFilter(
            upper["FILTER"], now: now, zoneMinutes: options.zoneMinutes,
            dropped: options.filtersByExternalID ? nil : "EXTERNAL_CALL_ID")
        if options.statisticsView == .firstValue { filter.keepFirstValues() }
        let horizon = now - options.statisticsDelay
        let users = visibleUsers(rights, caller)
        let order = RowOrder(field: upper["SORT"]?.string, direction: upper["ORDER"]?.string)
        let start = parameters["start"]?.asInt ?? 0
        let fits = { (row: StatisticsRow) in
            row.insertedAt <= horizon && (users?.contains(row.userID) ?? true) && filter.accepts(row)
        }
        let candidates = candidates(filter)
        if start == -1, order.isByNumber {
            // Nothing is counted: the first fifty are enough.
            return MethodResult(page(Array(candidates.lazy.filter(fits).prefix(50))[...]), total: 0)
        }
        let rows = order.sorted(candidates.filter(fits))
        if start == -1 { return MethodResult(page(rows.prefix(50)), total: 0) }
        let shown = rows.dropFirst(max(0, start)).prefix(50)
        let end = max(0, start) + shown.count
        let isEndless = options.statisticsView == .endless
        return MethodResult(
            page(shown), total: rows.count, next: isEndless || (!shown.isEmpty && end < rows.count) ? end : nil)
    }

    private func page(_ rows: ArraySlice<StatisticsRow>) -> PortalValue {
        .list(rows.map { .map($0.fields(zoneMinutes: options.zoneMinutes)) })
    }

    /// The rows that can fit, by ascending number, through an index where the filter names one.
    private func candidates(_ filter: StatisticsFilter) -> ArraySlice<StatisticsRow> {
        let table = state.statistics
        var found: [StatisticsRow]
        if let ids = filter.wanted("CALL_ID") {
            found = Set(ids.map(\.collated)).flatMap(table.rows(callID:))
        } else if let ids = filter.wanted("EXTERNAL_CALL_ID"), !ids.contains("") {
            found = Set(ids.map(\.collated)).flatMap(table.rows(externalID:))
        } else if let ids = filter.wanted("ID") {
            found = Set(ids.map { PortalValue.string($0).asInt }).compactMap(table.row(id:))
        } else {
            return table.rows(after: filter.highestExcludedID)
        }
        found.sort { $0.id < $1.id }
        return found[...]
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
}

/// The order of the rows: without a known field and an exact direction it is the table's.
struct RowOrder {
    private let field: String
    private let ascending: Bool

    init(field: String?, direction: String?) {
        let known = field.map { StatisticsFilter.fields.contains($0) && $0 != "CALL_TYPE" } ?? false
        let exact = direction == "ASC" || direction == "DESC"
        self.field = known && exact ? field ?? "ID" : "ID"
        ascending = !(known && exact) || direction == "ASC"
    }

    /// Whether this is the order in which the table lies.
    var isByNumber: Bool { field == "ID" && ascending }

    /// Sorts rows that come by ascending number.
    func sorted(_ rows: [StatisticsRow]) -> [StatisticsRow] {
        if field == "ID" { return ascending ? rows : rows.reversed() }
        let keyed = rows.map { (row: $0, key: $0.comparable(field) ?? "") }
        return keyed.sorted { left, right in
            let (first, second) = (PortalValue.string(left.key).asDouble, PortalValue.string(right.key).asDouble)
            if first != second { return ascending == (first < second) }
            return left.key == right.key ? left.row.id < right.row.id : ascending == (left.key < right.key)
        }.map(\.row)
    }
}
