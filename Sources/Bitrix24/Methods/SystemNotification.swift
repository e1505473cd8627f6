// SPDX-License-Identifier: Apache-2.0

/// `im.notify.system.add`: a notification to a user in the portal itself.
package enum SystemNotification {
    /// The method's name.
    package static let method = "im.notify.system.add"
    /// The scope that it takes.
    package static let scope = "im"

    /// The command.
    ///
    /// - Parameters:
    ///   - message: The text. The portal reads tags in square brackets, so that there are none in it afterwards.
    ///   - tag: A notification with the same tag to the same user is removed.
    ///   - access: A webhook must name a client, within which the tag is unique; an application is one.
    package static func command(
        user: Int, message: String, tag: String, access: PortalAccess, key: String
    ) -> Command {
        let text = String(message.map { $0 == "[" ? "(" : $0 == "]" ? ")" : $0 })
        var parameters = [
            Parameter("USER_ID", .number(user)), Parameter("MESSAGE", .text(text)),
            Parameter("MESSAGE_OUT", .text(text)), Parameter("TAG", .text(tag)),
        ]
        if access == .webhook { parameters.append(Parameter("CLIENT_ID", .text("cdr24"))) }
        return Command(key: key, method: method, parameters: parameters)
    }

    /// Whether the portal has made the notification: it answers with its number, or `false`.
    package static func isMade(_ result: JSONValue) -> Bool { (result.integer ?? 0) > 0 }
}
