// SPDX-License-Identifier: Apache-2.0

package import Phrases
package import Settings

/// Who is told how a run ended: `notify` in the configuration.
package struct NotifySettings: Sendable, Equatable {
    /// When the command is run and the portal's users are told; a monitor is told of every run.
    package enum Occasion: String, Sendable, CaseIterable {
        /// The run failed, or somebody has to do something.
        case failure
        /// Everything is delivered, or the next run goes on with what a limit of the user's has left.
        case success
        /// Another exit code than that of the run before.
        case change
    }

    /// Somebody who gets a notification in the portal.
    package struct PortalUser: Sendable, Equatable {
        /// The USER_ID.
        package let id: Int
        /// The language of the notification; `nil`: that of the configuration.
        package let language: Language?

        /// A user; see the properties.
        package init(id: Int, language: Language? = nil) {
            self.id = id
            self.language = language
        }
    }

    /// Where the address of a monitor stands that expects a sign of life from every run; `nil`: nowhere.
    package var ping: SecretSource?
    /// A program, by its full path, and its arguments; empty: none.
    package var command: [String] = []
    /// Those who get a notification in the portal, each once; empty: nobody.
    package var portalUsers: [PortalUser] = []
    /// When the command is run and the portal's users are told.
    package var occasions: Set<Occasion> = [.failure, .change]
    /// How long all of this may hold up the end of a run.
    package var timeLimit: Duration = .seconds(30)

    /// Whether nobody is told anything.
    package var isEmpty: Bool { ping == nil && command.isEmpty && portalUsers.isEmpty }

    /// Settings that tell nobody.
    package init() {}

    /// Reads `notify`.
    ///
    /// - Throws: ``SettingsFault`` for unknown keys and values.
    package init(_ node: SettingsNode) throws(SettingsFault) {
        self.init()
        var mapping = try node.mapping()
        if let node = mapping.take("ping") { ping = try Self.ping(node) }
        if let node = mapping.take("command") { command = try Self.command(node) }
        if let node = mapping.take("portal") { portalUsers = try Self.portalUsers(node) }
        if let node = mapping.take("on") { occasions = try Self.occasions(node) }
        if let node = mapping.take("time_limit") { timeLimit = try Self.timeLimit(node) }
        try mapping.finish()
    }

    /// What can be read of `notify` in a configuration that is wrong, so that somebody is told that it is.
    package init(besideFaults node: SettingsNode) {
        self.init()
        // Whatever it is, nothing in it can be read then.
        guard var mapping = try? node.mapping() else { return }
        ping = mapping.takeReadable("ping", Self.ping)
        command = mapping.takeReadable("command", Self.command) ?? command
        portalUsers = mapping.takeReadable("portal", Self.portalUsers) ?? portalUsers
        occasions = mapping.takeReadable("on", Self.occasions) ?? occasions
        timeLimit = mapping.takeReadable("time_limit", Self.timeLimit) ?? timeLimit
    }

    private static func ping(_ node: SettingsNode) throws(SettingsFault) -> SecretSource {
        let source = try SecretSource(node)
        let own = ["http://127.", "http://localhost", "http://[::1]"]
        if case .literal(let text) = source, !own.contains(where: text.lowercased().hasPrefix) {
            throw node.fault(
                "the address of a monitor is a secret and must not be written in the configuration",
                hint: "keep it in a file (ping: { file: PATH }) or in an environment variable (ping: ${NAME})")
        }
        return source
    }

    private static func command(_ node: SettingsNode) throws(SettingsFault) -> [String] {
        var command: [String] = []
        for part in try node.list() { command.append(try part.string()) }
        guard command.first?.hasPrefix("/") == true else {
            throw node.fault(
                "expected the full path of a program, and its arguments",
                hint: "for example [/usr/local/bin/cdr24-mail]")
        }
        return command
    }

    private static func portalUsers(_ node: SettingsNode) throws(SettingsFault) -> [PortalUser] {
        var mapping = try node.mapping()
        var users: [PortalUser] = []
        for entry in try mapping.require("users").list() {
            let user = try portalUser(entry)
            guard let former = users.first(where: { $0.id == user.id }) else {
                users.append(user)
                continue
            }
            guard former == user else {
                throw entry.fault("user \(user.id) is listed twice, in two languages", hint: "leave one of the two")
            }
        }
        try mapping.finish()
        guard (1...mostUsers).contains(users.count) else {
            throw node.fault("expected 1 to \(mostUsers) users", hint: "for example users: [1]")
        }
        return users
    }

    /// A user: a USER_ID, or a mapping that names a language too.
    private static func portalUser(_ node: SettingsNode) throws(SettingsFault) -> PortalUser {
        let ids = 1...Int(Int32.max)
        guard node.isMapping else { return PortalUser(id: try node.integer(in: ids)) }
        var mapping = try node.mapping()
        let id = try mapping.require("id").integer(in: ids)
        let language = try mapping.take("language").map { node throws(SettingsFault) in
            try Language(node, hint: "remove the key to have the language of the configuration")
        }
        try mapping.finish()
        return PortalUser(id: id, language: language)
    }

    /// One request tells all of them: a batch has at most 50 commands.
    private static let mostUsers = 50

    private static func occasions(_ node: SettingsNode) throws(SettingsFault) -> Set<Occasion> {
        var occasions: Set<Occasion> = []
        for word in try node.list() {
            guard let occasion = Occasion(rawValue: try word.string()) else {
                throw word.fault("expected failure, success or change")
            }
            occasions.insert(occasion)
        }
        return occasions
    }

    private static func timeLimit(_ node: SettingsNode) throws(SettingsFault) -> Duration {
        let limit = try node.duration()
        guard limit >= .seconds(1), limit <= .seconds(600) else {
            throw node.fault("expected a time from 1 second to 10 minutes")
        }
        return limit
    }
}
