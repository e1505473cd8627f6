// SPDX-License-Identifier: Apache-2.0

import Settings

/// A local application that has access to the portal, as `portal.oauth:` in the configuration.
package struct OAuthSettings: Sendable, Equatable {
    /// The portal's host, with `:PORT` where that is unusual.
    package var portal: String
    /// The application's code, as the portal shows it.
    package var clientID: String
    /// Where the application's key stands.
    package var clientSecret: SecretSource
    /// The path of the file with the tokens; `nil`: `tokens.json` beside the ledger.
    package var tokens: String?
    /// The authorization server; `nil`: the usual one.
    package var server: String?

    /// Makes settings.
    package init(
        portal: String, clientID: String, clientSecret: SecretSource, tokens: String? = nil, server: String? = nil
    ) {
        self.portal = portal
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.tokens = tokens
        self.server = server
    }

    /// Reads `portal.oauth`.
    ///
    /// - Throws: ``SettingsFault`` at the first place that cannot be understood; `portal`, `client_id` and
    ///   `client_secret` must be there.
    init(_ node: SettingsNode) throws(SettingsFault) {
        var mapping = try node.mapping()
        let id = try mapping.require("client_id")
        self.init(
            portal: try mapping.require("portal").string(), clientID: try id.string(),
            clientSecret: try SecretSource(try mapping.require("client_secret")))
        guard !clientID.isEmpty, clientID.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw id.fault(
                "invalid client_id",
                hint: "copy it from the portal; it looks like local.0123456789abcdef.01234567")
        }
        if let node = mapping.take("tokens") { tokens = try node.string() }
        if let node = mapping.take("server") { server = try node.string() }
        try mapping.finish()
    }

    /// Makes relative paths relative to a folder.
    mutating func resolvePaths(_ resolved: (String) -> String) {
        tokens = tokens.map(resolved)
        if case .file(let path) = clientSecret { clientSecret = .file(resolved(path)) }
    }

    /// Puts the tokens beside the ledger unless a place is named.
    mutating func placeTokens(besideLedger ledger: String) {
        guard tokens == nil else { return }
        let folder = ledger.lastIndex(of: "/").map { ledger[...$0] } ?? ""
        tokens = folder + "tokens.json"
    }
}
