// SPDX-License-Identifier: Apache-2.0

/// `telephony.externalCall.register`: creates a call that shows nowhere until it is finished.
package struct RegisterCall: Sendable, Hashable {
    /// The method's name, under which its operating time is counted.
    package static let method = "telephony.externalCall.register"

    /// The portal's user; wins over the inner number.
    package var userID: Int?
    /// The user's inner number, used when there is no user.
    package var userPhoneInner: String?
    /// The client's number in the one spelling used everywhere; at most 20 characters.
    package var phoneNumber: String
    /// 1 outgoing, 2 incoming, 3 incoming with redirection, 4 callback, 5 informational.
    package var type: Int
    /// When the call began.
    package var startDate: PortalDate
    /// The call's own identity; at most 64 characters.
    package var externalCallID: String
    /// The line; at most 50 bytes, and the portal creates lines that it does not know.
    package var lineNumber: String?
    /// The call list; documented, though newer portals pass over it.
    package var callListID: Int?
    /// The kind of CRM entity that the call belongs to, such as `CONTACT`; without an ID it is not sent.
    package var crmEntityType: String?
    /// The ID of that entity.
    package var crmEntityID: Int?
    /// The source of what is created when ``crmCreate`` is on.
    package var crmSource: String?
    /// Whether a card pops up at the employee.
    package var show: Bool
    /// Whether a chat message is written.
    package var addToChat: Bool
    /// Whether leads or contacts are created.
    package var crmCreate: Bool

    package init(
        userID: Int? = nil, userPhoneInner: String? = nil, phoneNumber: String, type: Int, startDate: PortalDate,
        externalCallID: String, lineNumber: String? = nil, callListID: Int? = nil, crmSource: String? = nil,
        crmEntityType: String? = nil, crmEntityID: Int? = nil, show: Bool = false, addToChat: Bool = false,
        crmCreate: Bool = false
    ) {
        self.userID = userID
        self.userPhoneInner = userPhoneInner
        self.phoneNumber = phoneNumber
        self.type = type
        self.startDate = startDate
        self.externalCallID = externalCallID
        self.lineNumber = lineNumber
        self.callListID = callListID
        self.crmSource = crmSource
        self.crmEntityType = crmEntityType
        self.crmEntityID = crmEntityID
        self.show = show
        self.addToChat = addToChat
        self.crmCreate = crmCreate
    }

    /// The command; the three switches are always in it, since the portal's defaults are on.
    package func command(key: String) -> Command {
        var parameters: [Parameter] = UserReference.parameters(userID: userID, userPhoneInner: userPhoneInner)
        parameters += [
            Parameter("PHONE_NUMBER", .text(phoneNumber)), Parameter("TYPE", .number(type)),
            Parameter("CALL_START_DATE", .text(startDate.description)),
            Parameter("EXTERNAL_CALL_ID", .text(externalCallID)),
        ]
        if let lineNumber { parameters.append(Parameter("LINE_NUMBER", .text(lineNumber))) }
        if let callListID { parameters.append(Parameter("CALL_LIST_ID", .number(callListID))) }
        if let crmSource { parameters.append(Parameter("CRM_SOURCE", .text(crmSource))) }
        if let crmEntityType, let crmEntityID {
            // One without the other would switch the portal's own search off.
            parameters += [
                Parameter("CRM_ENTITY_TYPE", .text(crmEntityType)), Parameter("CRM_ENTITY_ID", .number(crmEntityID)),
            ]
        }
        parameters += [
            Parameter("SHOW", .flag(show)), Parameter("ADD_TO_CHAT", .flag(addToChat)),
            Parameter("CRM_CREATE", .flag(crmCreate)),
        ]
        return Command(key: key, method: Self.method, parameters: parameters)
    }
}

/// The two ways of naming a user to the telephony methods.
enum UserReference {
    static func parameters(userID: Int?, userPhoneInner: String?) -> [Parameter] {
        if let userID { return [Parameter("USER_ID", .number(userID))] }
        if let userPhoneInner { return [Parameter("USER_PHONE_INNER", .text(userPhoneInner))] }
        return []
    }
}
