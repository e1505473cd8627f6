// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// `im.notify.system.add`: a notification to one user, in the place of one with the same tag and client.
    func addNotification(_ parameters: PortalMap, _ caller: Caller) throws(RESTFailure) -> MethodResult {
        let upper = parameters.uppercased
        let user = upper["USER_ID"]?.asInt ?? 0
        guard user > 0 else { throw RESTFailure("USER_ID_EMPTY", "User ID can't be empty", status: 400) }
        let message = (upper["MESSAGE"]?.asText ?? "").trimmingBlanks
        guard !message.isEmpty else { throw RESTFailure("MESSAGE_EMPTY", "Message can't be empty", status: 400) }
        let tag = upper["TAG"]?.asText ?? ""
        // A webhook is no application within which a tag could be unique: it has to name one.
        let client = caller.applicationID ?? upper["CLIENT_ID"]?.asText ?? ""
        guard tag.isEmpty || !client.isEmpty else {
            throw RESTFailure("ACCESS_DENIED", "Access denied! Client ID not specified", status: 403)
        }
        guard state.users[user]?.active == true else { return MethodResult(.bool(false)) }
        let id = (state.notifications.map(\.id).max() ?? 0) + 1
        change(
            .notification(
                Notification(
                    id: id, user: user, message: message, tag: tag.isEmpty ? nil : "\(client)|\(tag)", at: clock.now()))
        )
        return MethodResult(.int(id))
    }
}
