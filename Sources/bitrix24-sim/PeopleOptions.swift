// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import PortalSimulator

struct PeopleOptions: ParsableArguments {
    @Option(help: "The secret in every user's webhook address.")
    var secret = "secret"

    @Option(
        help: ArgumentHelp(
            """
            A user ID:INNER:NAME, optionally with :dismissed, :bot, :email or :guest at its end. May be repeated; \
            replaces the sample users: 1 to 20 with inner numbers 101 to 120, 21 (121) dismissed, 22 a bot.
            """, valueName: "user"))
    var user: [String] = []

    @Option(
        help: ArgumentHelp(
            "A JSON array of users: {\"id\", \"inner\", \"name\", \"active\", \"kind\", \"departments\", \"statisticsRights\"}.",
            valueName: "file"))
    var users: String?

    @Option(help: "The user who is the administrator.")
    var administrator = 1

    @Option(help: ArgumentHelp("The scopes of webhook and application, separated by commas.", valueName: "list"))
    var scopes = "telephony,crm,user,user_basic,user_brief"

    func apply(to options: inout PortalOptions) throws {
        options.secret = secret
        options.administrator = administrator
        options.scopes = scopes.split(separator: ",").map(String.init)
        var people: [PortalUser] = []
        if let users {
            do {
                people = try JSONDecoder().decode(
                    [PortalUser].self, from: Data(contentsOf: URL(fileURLWithPath: users)))
            } catch {
                throw ValidationError("--users \(users): expected a JSON array of users: \(error)")
            }
        }
        for text in user {
            guard let person = PortalUser(text: text) else {
                throw ValidationError("--user \(text): expected ID:INNER:NAME, such as 7:107:Greta Hale")
            }
            people.append(person)
        }
        if !people.isEmpty { options.users = people }
    }
}
