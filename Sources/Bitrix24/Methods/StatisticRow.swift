// SPDX-License-Identifier: Apache-2.0

/// One finished call, as the portal's statistics hold it.
package struct StatisticRow: Sendable, Hashable {
    /// Ascending in the order of insertion.
    package var id: Int64
    /// The CALL_ID that register gave.
    package var callID: String?
    /// The EXTERNAL_CALL_ID; `nil` on portals that drop it, and for calls of programs that send none.
    package var externalCallID: String?
    /// The employee to whom the call belongs.
    package var userID: Int?
    /// The client's number as the portal stored it.
    package var phoneNumber: String?
    /// The line: the portal's own number.
    package var portalNumber: String?
    /// The type of the call, 1 to 5.
    package var type: Int?
    /// When the call began, in seconds since 1970.
    package var startEpoch: Int64?
    /// Talk time in seconds.
    package var durationSeconds: Int?
    /// The status code, such as `200` or `304`.
    package var failedCode: String?
    /// The CRM activity; `nil` when none was made.
    package var activityID: Int64?
    /// The number of the application that registered the call; `nil` for a webhook.
    package var applicationID: String?
    /// The name of that application; `nil` for a webhook.
    package var applicationName: String?

    /// - Throws: ``UnreadableResult`` when there is no ID.
    package init(_ row: JSONValue) throws(UnreadableResult) {
        guard let id = row["ID"]?.integer else { throw .init(field: "ID") }
        self.id = id
        callID = row["CALL_ID"]?.text
        externalCallID = row["EXTERNAL_CALL_ID"]?.text
        userID = row["PORTAL_USER_ID"]?.integer.map(Int.init)
        phoneNumber = row["PHONE_NUMBER"]?.text
        portalNumber = row["PORTAL_NUMBER"]?.text
        type = row["CALL_TYPE"]?.integer.map(Int.init)
        startEpoch = row["CALL_START_DATE"]?.text.flatMap { PortalDate($0)?.epochSeconds }
        durationSeconds = row["CALL_DURATION"]?.integer.map(Int.init)
        failedCode = row["CALL_FAILED_CODE"]?.text
        activityID = row["CRM_ACTIVITY_ID"]?.integer.flatMap { $0 > 0 ? $0 : nil }
        // The type of both differs between builds of the portal; a webhook has null, an empty text, 0 or false.
        applicationID = row["REST_APP_ID"]?.text.flatMap { $0.isEmpty || $0 == "0" ? nil : $0 }
        applicationName = row["REST_APP_NAME"]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Reads a page of rows.
    ///
    /// - Throws: ``UnreadableResult`` when the result is no list, or a row has no ID.
    package static func rows(_ result: JSONValue) throws(UnreadableResult) -> [StatisticRow] {
        guard let elements = result.elements else { throw .init(field: "list of rows") }
        var rows: [StatisticRow] = []
        for element in elements { rows.append(try StatisticRow(element)) }
        return rows
    }
}
