// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Settings

extension ExtensionDirectory {
    private static let ids = 1...Int(Int32.max)

    /// Reads `users.extensions`.
    ///
    /// - Throws: ``SettingsFault`` at the first place that cannot be understood, two employees on one day included.
    init(_ node: SettingsNode) throws(SettingsFault) {
        for (name, value) in try node.table() {
            let entry = try Self.entry(value)
            guard name.hasPrefix("^") else {
                exact[name] = entry
                continue
            }
            do throws(TextRule.Fault) {
                patterns.append((try TextRule(name), entry))
            } catch {
                throw value.fault(
                    "invalid pattern \(name): \(error.reason)",
                    hint: "a key that begins with ^ is a regular expression")
            }
        }
    }

    private static func entry(_ node: SettingsNode) throws(SettingsFault) -> Entry {
        if node.isMapping {
            var mapping = try node.mapping()
            if let spelling = mapping.take("extension") {
                let text = try spelling.string()
                try mapping.finish()
                return .spelling(text)
            }
        }
        guard node.isMapping || node.isList else { return .employees([Tenure(user: try node.integer(in: ids))]) }
        var tenures: [Tenure] = []
        for item in node.isMapping ? [node] : try node.list() {
            let tenure = try self.tenure(item)
            guard !tenures.contains(where: { $0.overlaps(tenure) }) else {
                throw item.fault(
                    "this extension belongs to two users on the same day",
                    hint: "\"before\" of one user must not be later than \"from\" of the next")
            }
            tenures.append(tenure)
        }
        guard !tenures.isEmpty else {
            throw node.fault("expected a USER_ID, or a list of users with \"from\" and \"before\"")
        }
        return .employees(tenures)
    }

    private static func tenure(_ node: SettingsNode) throws(SettingsFault) -> Tenure {
        guard node.isMapping else { return Tenure(user: try node.integer(in: ids)) }
        var mapping = try node.mapping()
        let from = mapping.take("from")
        let before = mapping.take("before")
        let tenure = Tenure(
            user: try mapping.require("user").integer(in: ids), from: try from?.dayNumber(),
            before: try before?.dayNumber())
        try mapping.finish()
        if let first = tenure.from, let end = tenure.before, first >= end {
            throw node.fault(
                "\"before\" is not later than \"from\"",
                hint: "\"before\" is the first day on which the extension no longer belongs to the user")
        }
        return tenure
    }
}
