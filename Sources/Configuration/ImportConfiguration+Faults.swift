// SPDX-License-Identifier: Apache-2.0

import Settings

extension ImportConfiguration {
    /// What telling somebody takes of a configuration that is wrong somewhere: `notify`, `portal`, `ledger` and
    /// `state_folder`, each as far as it can be read by itself.
    ///
    /// - Parameters:
    ///   - text: The text of the file, which need not be YAML.
    ///   - file: The name of the file.
    init(besideFaults text: String, file: String) {
        self.init()
        func value<T>(_ key: String, _ read: (SettingsNode) throws(SettingsFault) -> T) -> T? {
            // What is wrong with the block is reported by the import.
            guard let block = Self.block(key, in: text), var top = try? SettingsNode(yaml: block, file: file).mapping()
            else { return nil }
            return top.takeReadable(key, read)
        }
        notify = value("notify") { NotifySettings(besideFaults: $0) } ?? notify
        portal =
            value("portal") { node throws(SettingsFault) in try PortalSettings(node) }
            ?? value("portal") { node throws(SettingsFault) in try PortalSettings(besideFaults: node) } ?? portal
        ledger = value("ledger") { node throws(SettingsFault) in try node.string() } ?? ledger
        stateFolder = value("state_folder") { node throws(SettingsFault) in try node.string() }
    }

    /// The lines of a key at the margin, up to the next key there.
    private static func block(_ key: String, in text: String) -> String? {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        guard let start = lines.firstIndex(where: { $0.hasPrefix("\(key):") }) else { return nil }
        let rest = lines[(start + 1)...].prefix { line in
            line.first.map { $0 == " " || $0 == "#" || $0 == "}" || $0 == "]" } ?? true || line.hasPrefix("- ")
        }
        return ([lines[start]] + rest).joined(separator: "\n") + "\n"
    }
}

extension PortalSettings {
    /// How the portal is reached, where something else in its settings is wrong.
    fileprivate init(besideFaults node: SettingsNode) throws(SettingsFault) {
        self.init()
        var mapping = try node.mapping()
        webhook = mapping.takeReadable("webhook_url", SecretSource.init)
        oauth = mapping.takeReadable("oauth", OAuthSettings.init)
        proxy = mapping.takeReadable("proxy") { node throws(SettingsFault) in try node.string() }
        caFile = mapping.takeReadable("ca_file") { node throws(SettingsFault) in try node.string() }
    }
}

extension SettingsMapping {
    /// The value of a key if it can be read; `nil` where it cannot, or is missing or left empty.
    mutating func takeReadable<T>(_ key: String, _ read: (SettingsNode) throws(SettingsFault) -> T) -> T? {
        // Only used beside faults, the first of which the import reports.
        take(key).flatMap { try? read($0) }
    }
}
