// SPDX-License-Identifier: Apache-2.0

/// A result that lacks what cannot be done without.
///
/// The command was executed all the same: never repeat it because its reply could not be read.
package struct UnreadableResult: Error, Sendable, Hashable, CustomStringConvertible {
    /// The field that is missing or of another type.
    package var field: String

    package init(field: String) {
        self.field = field
    }

    package var description: String { "the portal's reply contains no valid \(field)" }
}

/// What register answers.
package struct RegisteredCall: Sendable, Hashable {
    /// The portal's identity of the call; finish needs it.
    package var callID: String
    /// The lead that was created, if any.
    package var createdLead: Int64?
    /// The kind of CRM entity that was found or given; `nil` when there is none.
    package var crmEntityType: String?
    /// Its ID.
    package var crmEntityID: Int64?

    /// - Throws: ``UnreadableResult`` when there is no call ID.
    package init(_ result: JSONValue) throws(UnreadableResult) {
        guard case .string(let callID)? = result["CALL_ID"], !callID.isEmpty else { throw .init(field: "CALL_ID") }
        self.callID = callID
        createdLead = result["CRM_CREATED_LEAD"]?.integer
        crmEntityType = result["CRM_ENTITY_TYPE"]?.text.flatMap { $0.isEmpty ? nil : $0 }
        crmEntityID = result["CRM_ENTITY_ID"]?.integer
    }
}

/// What finish answers; every field may be missing, since its types vary between builds of the portal.
package struct FinishedCall: Sendable, Hashable {
    /// The ID of the statistics row.
    package var statisticsID: Int64?
    /// The CALL_ID of the call that was finished.
    package var callID: String?
    /// The EXTERNAL_CALL_ID that the portal keeps; `nil` on portals that drop it.
    package var externalCallID: String?
    /// The client's number as the portal stored it.
    package var phoneNumber: String?
    /// The type of the call, 1 to 5, which the portal calls `INCOMING`.
    package var type: Int?
    /// The employee to whom the call belongs.
    package var userID: Int?
    /// Talk time in seconds.
    package var durationSeconds: Int?
    /// The status code, such as `200` or `304`.
    package var failedCode: String?
    /// The CRM activity; `nil` when none was made, which is no failure.
    package var activityID: Int64?
    /// Why no activity was made; the call is in the statistics all the same.
    package var activityFault: String?

    /// Takes what can be read; what cannot is `nil`, and nothing is an error.
    package init(_ result: JSONValue) {
        statisticsID = result["ID"]?.integer
        callID = result["CALL_ID"]?.text
        externalCallID = result["EXTERNAL_CALL_ID"]?.text
        phoneNumber = result["PHONE_NUMBER"]?.text
        type = result["INCOMING"]?.integer.map(Int.init)
        userID = result["PORTAL_USER_ID"]?.integer.map(Int.init)
        durationSeconds = result["CALL_DURATION"]?.integer.map(Int.init)
        failedCode = result["CALL_FAILED_CODE"]?.text
        activityID = result["CRM_ACTIVITY_ID"]?.integer.flatMap { $0 > 0 ? $0 : nil }
        activityFault = result["ERRORS"]?["ACTIVITY_CREATION"]?.text
    }
}
