// SPDX-License-Identifier: Apache-2.0

/// `app.info`: which application speaks to the portal.
package struct ApplicationReply: Sendable, Hashable {
    /// The method's name.
    package static let method = "app.info"
    /// The number that the portal's statistics show as `REST_APP_ID`; `nil` for a webhook.
    package var id: String?

    /// Takes what can be read; a refusal means that no application speaks.
    package init(_ outcome: CommandOutcome?) {
        guard case .succeeded(let answer)? = outcome else { return }
        id = answer.result["ID"]?.integer.flatMap { $0 > 0 ? String($0) : nil }
    }

    /// The command, which takes no parameters.
    package static func command(key: String = "application") -> Command { Command(key: key, method: method) }
}
