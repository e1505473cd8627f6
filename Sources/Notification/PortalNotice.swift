// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import ExitCodes
import Importing

/// A notification to users of the portal itself, in the place of the one before.
struct PortalNotice: Sendable {
    let users: [NotifySettings.PortalUser]
    let settings: PortalSettings
    /// Tells the notifications of one configuration from those of others.
    let tag: String
    let limit: Duration
    let connect: PortalConnector

    /// The portal shows a notification in a narrow column.
    private static let longestText = 1_500

    /// Sends one request, once, with a text for each user in the user's language: who does not answer now is not asked again, so that a portal with troubles has no more.
    ///
    /// - Returns: What could not be told, as clauses without a full stop.
    func send(_ note: RunNote) async -> [String] {
        let connection: PortalConnection
        do throws(ImportFault) {
            connection = try connect(settings)
        } catch {
            return ["\(error)"]
        }
        let commands = users.map { user in
            SystemNotification.command(
                user: user.id, message: Self.shortened(note.text(in: user.language)), tag: tag,
                access: connection.access, key: Self.key(user))
        }
        let outcome = await connection.portal.batch(commands, timeout: limit)
        await connection.close()
        return remarks(outcome, connection.access)
    }

    /// The name of a user's command.
    private static func key(_ user: NotifySettings.PortalUser) -> String { "user\(user.id)" }

    private func remarks(_ outcome: BatchOutcome, _ access: PortalAccess) -> [String] {
        switch outcome {
        case .answered(let reply): users.compactMap { remark($0.id, reply.outcomes[Self.key($0)], access) }
        case .refused(let error): ["the portal refused the request: \(error)"]
        case .neverSent(let failure): ["the portal cannot be reached: \(failure)"]
        case .moved: ["the portal has moved; set \(access.setting) to the new address"]
        case .unknown(let reason, _): ["the portal gave no usable reply: \(reason)"]
        }
    }

    private func remark(_ user: Int, _ outcome: CommandOutcome?, _ access: PortalAccess) -> String? {
        switch outcome {
        case .succeeded(let answer)? where SystemNotification.isMade(answer.result): nil
        case .succeeded?: "the portal made no notification for user \(user); check the USER_ID"
        case .failed(let error)? where error.kind == .insufficientScope:
            "\(access.actor) lacks the permission \"\(SystemNotification.scope)\"; \(access.remedyForScope)"
        case .failed(let error)?: "the portal refused the notification for user \(user): \(error)"
        case .missing?, nil: "the portal did not answer for user \(user)"
        }
    }

    /// The first lines, as many as fit.
    private static func shortened(_ text: String) -> String {
        var lines: [Substring] = []
        var length = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            length += line.count + 1
            guard length <= longestText else {
                lines.append("…")
                break
            }
            lines.append(line)
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.joined(separator: "\n")
    }
}
