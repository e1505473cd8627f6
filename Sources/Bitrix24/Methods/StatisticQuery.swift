// SPDX-License-Identifier: Apache-2.0

/// `voximplant.statistic.get`: reads the rows of finished calls, fifty a page.
///
/// The portal drops what it does not understand in a filter and then answers with more rows than were asked for: an
/// empty list of values, in particular, answers with everything. So no query can be made from an empty list, and the
/// rows of a reply must be compared with what was asked.
package struct StatisticQuery: Sendable, Hashable {
    /// The method's name.
    package static let method = "voximplant.statistic.get"
    /// The rows of a page, and the most values that one list may have.
    package static let pageSize = 50

    /// The filter's fields, operators included.
    package var filter: [Parameter]
    /// Whether rows come in ascending order of their IDs; `nil` leaves the order open.
    package var isAscending: Bool?
    /// The offset of the page; -1 leaves out counting, and with it `total` and `next`.
    package var start: Int?

    private init(filter: [Parameter], isAscending: Bool? = nil, start: Int? = nil) {
        self.filter = filter
        self.isAscending = isAscending
        self.start = start
    }

    /// Rows with any of the given external call IDs; `nil` for an empty list, a list longer than 50 or empty values.
    package static func byExternalCallIDs(_ ids: [String], start: Int? = nil) -> StatisticQuery? {
        byValues(of: "EXTERNAL_CALL_ID", ids, start: start)
    }

    /// Rows with any of the given call IDs; `nil` for an empty list, a list longer than 50 or empty values.
    package static func byCallIDs(_ ids: [String], start: Int? = nil) -> StatisticQuery? {
        byValues(of: "CALL_ID", ids, start: start)
    }

    private static func byValues(of field: String, _ values: [String], start: Int?) -> StatisticQuery? {
        guard !values.isEmpty, values.count <= pageSize, !values.contains("") else { return nil }
        return StatisticQuery(filter: [Parameter(field, .list(values))], isAscending: true, start: start)
    }

    /// The newest rows, so that the first one has the highest ID.
    package static let newest = StatisticQuery(filter: [Parameter(">ID", 0)], isAscending: false, start: -1)

    /// The number of all rows, as `total`.
    package static let count = StatisticQuery(filter: [Parameter(">ID", 0)], isAscending: true)

    /// Asks for nothing, to learn whether statistics may be read at all.
    package static let probe = StatisticQuery(filter: [Parameter("ID", 0)], start: -1)

    /// Rows beyond an ID, oldest first and without counting; the next page starts at the highest ID of this one.
    package static func after(id: Int64) -> StatisticQuery {
        StatisticQuery(filter: [Parameter(">ID", .number(id))], isAscending: true, start: -1)
    }

    /// Rows beyond an ID whose external call ID contains a text, oldest first and counted.
    ///
    /// - Parameter since: Only calls that began then or later.
    package static func carrying(prefix: String, beyond id: Int64, since: PortalDate? = nil) -> StatisticQuery {
        var filter = [Parameter(">ID", .number(id)), Parameter("%EXTERNAL_CALL_ID", .text(prefix))]
        if let since { filter.append(Parameter(">=CALL_START_DATE", .text(since.description))) }
        return StatisticQuery(filter: filter, isAscending: true)
    }

    /// Rows of any of the given numbers that began between two instants, both included; `nil` for an empty list, a list
    /// longer than 50 or empty values.
    package static func byNumbers(_ numbers: [String], from: PortalDate, to: PortalDate) -> StatisticQuery? {
        guard var query = byValues(of: "PHONE_NUMBER", numbers, start: nil) else { return nil }
        query.filter += [
            Parameter(">=CALL_START_DATE", .text(from.description)),
            Parameter("<=CALL_START_DATE", .text(to.description)),
        ]
        return query
    }

    /// Rows that began between two instants, both included, oldest row first and counted.
    ///
    /// - Parameter start: The place of the first row of the page; rows that are written meanwhile come after the others.
    package static func between(_ from: PortalDate, _ to: PortalDate, start: Int) -> StatisticQuery {
        StatisticQuery(
            filter: [
                Parameter(">=CALL_START_DATE", .text(from.description)),
                Parameter("<=CALL_START_DATE", .text(to.description)),
            ], isAscending: true, start: start)
    }

    /// The command.
    package func command(key: String) -> Command {
        var parameters = [Parameter("FILTER", .fields(filter))]
        if let isAscending {
            parameters += [Parameter("SORT", "ID"), Parameter("ORDER", isAscending ? "ASC" : "DESC")]
        }
        if let start { parameters.append(Parameter("start", .number(start))) }
        return Command(key: key, method: Self.method, parameters: parameters)
    }
}
