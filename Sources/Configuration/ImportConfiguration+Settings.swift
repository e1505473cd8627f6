// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Foundation
import Phrases
package import Settings

extension ImportConfiguration {
    /// Reads a configuration file.
    ///
    /// - Parameters:
    ///   - text: The text of the file, YAML.
    ///   - file: The name that messages give to the file.
    /// - Throws: ``SettingsFault`` at the first place that cannot be understood; unknown keys are refused.
    package init(text: String, file: String) throws(SettingsFault) {
        self.init()
        var top = try SettingsNode(yaml: text, file: file).mapping()
        if let node = top.take("portal") { portal = try PortalSettings(node) }
        if let node = top.take("ledger") { ledger = try node.string() }
        if let node = top.take("numbers") { numbers = try NumberSettings(node) }
        if let node = top.take("users") { users = try UserSettings(node) }
        if let node = top.take("lines") {
            for (key, value) in try node.table() { lines[key] = try value.line() }
        }
        if let node = top.take("new_lines") { newLines = try NewLines(node) }
        if let node = top.take("call_lists") {
            for (key, value) in try node.table() { callLists[key] = try value.integer(in: 1...Int(Int32.max)) }
        }
        if let node = top.take("crm") { crm = try CRMSettings(node) }
        if let node = top.take("quiet"), try !node.boolean() {
            throw node.fault(
                "quiet: false is not supported",
                hint: "past calls are always imported without notifications; remove the key")
        }
        if let node = top.take("notify") { notify = try NotifySettings(node) }
        if let node = top.take("report") {
            var report = try node.mapping()
            if let node = report.take("show_numbers") { reportsShowNumbers = try node.boolean() }
            try report.finish()
        }
        if let node = top.take("language") {
            language = try Language(node, hint: "remove the key to have the language of the locale")
        }
        if let node = top.take("state_folder") {
            stateFolder = try node.string()
            isStateFolderGiven = true
        }
        if let node = top.take("neighbours") { neighbours.policy = try NeighbourPolicy(node) }
        if let node = top.take("fill_after") { neighbours.fillAfter = try node.duration() }
        if let node = top.take("remind_after_days") {
            throw node.fault(
                "remind_after_days is no longer needed",
                hint: "every import reports held calls until they are dealt with; remove the key")
        }
        if let node = top.take("sources") {
            for source in try node.list() { sources.append(try SourceSettings(source)) }
            for source in sources where source.crm != nil { crm.sources[source.keyPrefix] = source.crm }
            try checkPrefixes(at: node)
        }
        try top.finish()
    }

    private func checkPrefixes(at node: SettingsNode) throws(SettingsFault) {
        guard sources.count > 1 else { return }
        for (index, source) in sources.enumerated() {
            let former = sources[..<index].first { $0.keyPrefix == source.keyPrefix }
            guard let former, neighbours(of: former) != neighbours(of: source) else { continue }
            throw try node.list()[index].fault(
                "neighbours and fill_after differ between two sources with the key_prefix \(source.keyPrefix)",
                hint: "sources of one phone system share their calls, so write the same for both")
        }
        for (index, source) in sources.enumerated() where source.keyPrefix == SourceSettings.defaultKeyPrefix {
            throw try node.list()[index].fault(
                "key_prefix is missing",
                hint: "with more than one source, each needs a key_prefix, which identifies its phone system")
        }
    }
}

extension PortalSettings {
    init(_ node: SettingsNode) throws(SettingsFault) {
        self.init()
        var mapping = try node.mapping()
        if let node = mapping.take("webhook_url") { webhook = try SecretSource(node) }
        if let node = mapping.take("oauth") {
            oauth = try OAuthSettings(node)
            guard webhook == nil else {
                throw node.fault("both webhook_url and oauth are set", hint: "keep one of the two")
            }
        }
        if let node = mapping.take("proxy") { proxy = try node.string() }
        if let node = mapping.take("ca_file") { caFile = try node.string() }
        if let node = mapping.take("limits") { try readLimits(node) }
        try mapping.finish()
    }

    private mutating func readLimits(_ node: SettingsNode) throws(SettingsFault) {
        var limits = try node.mapping()
        if let node = limits.take("requests_per_second") { requestsPerSecond = try node.number(in: 0.01...1_000) }
        if let node = limits.take("burst") { burst = try node.integer(in: 1...10_000) }
        if let node = limits.take("operating_seconds"), try node.string() != "auto" {
            operatingSeconds = try node.number(in: 1...100_000)
        }
        if let node = limits.take("operating_window_seconds") { operatingWindow = try node.seconds(in: 1...86_400) }
        if let node = limits.take("request_cap_seconds") {
            requestCap = try node.seconds(in: 0.1...3_600)
            isRequestCapGiven = true
        }
        if let node = limits.take("target_request_seconds") { targetRequest = try node.seconds(in: 0.01...3_600) }
        if let node = limits.take("batch_commands") { batchCommands = try node.integer(in: 2...50) }
        if let node = limits.take("lanes") { lanes = try node.integer(in: 1...8) }
        if let node = limits.take("unreachable_seconds") { unreachableFor = try node.seconds(in: 0...86_400) }
        try limits.finish()
        guard targetRequest < requestCap else {
            throw node.fault(
                "target_request_seconds must be less than request_cap_seconds",
                hint: "the portal aborts a request at its cap; a third of the cap is a good target")
        }
    }
}

extension SecretSource {
    init(_ node: SettingsNode) throws(SettingsFault) {
        if node.isMapping {
            var mapping = try node.mapping()
            if let node = mapping.take("credential") {
                self = .credential(try node.string())
            } else {
                self = .file(try mapping.require("file").string())
            }
            try mapping.finish()
            return
        }
        let text = try node.string()
        if text.hasPrefix("${"), text.hasSuffix("}") {
            self = .environment(String(text.dropFirst(2).dropLast()))
        } else {
            self = .literal(text)
        }
    }

    /// Reads the form that `--webhook-url` takes: `env:NAME`, `file:PATH`, or the value itself; nothing is checked yet.
    package init(option: String) {
        if option.hasPrefix("env:") {
            self = .environment(String(option.dropFirst(4)))
        } else if option.hasPrefix("file:") {
            self = .file(String(option.dropFirst(5)))
        } else {
            self = .literal(option)
        }
    }
}

extension SourceSettings {
    init(_ node: SettingsNode) throws(SettingsFault) {
        self.init()
        place = node.place
        var mapping = try node.mapping()
        for file in try mapping.require("files").list() { files.append(try file.string()) }
        if let node = mapping.take("format") { format = try FormatDefinition(setting: node) }
        if let node = mapping.take("time_zone") { timeZone = try node.string() }
        if let node = mapping.take("key_prefix") { keyPrefix = try node.keyPrefix() }
        if let node = mapping.take("not_before") { notBefore = try node.day(in: timeZone) }
        if let node = mapping.take("expect_within") { expectWithin = try node.duration() }
        if let node = mapping.take("complete_after") { completeAfter = try node.duration() }
        if let node = mapping.take("max_call_hours") {
            maximumCall = .seconds(try node.number(in: 0.1...168) * 3_600)
        }
        if let node = mapping.take("after_import") { moveTo = try Self.moveTo(node, format) }
        if let node = mapping.take("check_zone") { checksZone = try node.boolean() }
        if let node = mapping.take("neighbours") { neighbours = try NeighbourPolicy(node) }
        if let node = mapping.take("fill_after") { fillAfter = try node.duration() }
        if let node = mapping.take("trunks") {
            for trunk in try node.list() { trunks.append(try trunk.string()) }
        }
        if let node = mapping.take("currency") {
            let text = try node.string().uppercased()
            guard text.utf8.count == 3, text.utf8.allSatisfy({ (65...90).contains($0) }) else {
                throw node.fault("expected the code of a currency, three letters", hint: "for example RUB, KZT or EUR")
            }
            currency = text
        }
        if let node = mapping.take("crm") { crm = try CRMSettings(node) }
        try mapping.finish()
    }

    /// Reads `after_import:`. A live log is continued where it is, so it is not for moving.
    private static func moveTo(_ node: SettingsNode, _ format: FormatDefinition?) throws(SettingsFault) -> String {
        var mapping = try node.mapping()
        let folder = try mapping.require("move_to").string()
        try mapping.finish()
        guard format?.isAppended != true else {
            throw node.fault(
                "the files of the format \(format?.name ?? "") are live logs, which are not moved",
                hint: "remove after_import and let logrotate deal with them; if the files are complete copies, write "
                    + "format: { extends: \(format?.name ?? "NAME"), file: { appended: false } }")
        }
        guard !folder.isEmpty else { throw node.fault("move_to needs the path of a folder") }
        return folder
    }
}

extension FormatDefinition {
    /// Reads `format:`: the name of a preset, or a mapping in the mapping language.
    init(setting node: SettingsNode) throws(SettingsFault) {
        guard !node.isMapping else {
            try self.init(node)
            return
        }
        do {
            self = try FormatDefinition.preset(try node.string())
        } catch {
            throw node.fault(error.message, hint: error.hint)
        }
    }
}

extension NumberSettings {
    init(_ node: SettingsNode) throws(SettingsFault) {
        self.init()
        var mapping = try node.mapping()
        if let node = mapping.take("region") {
            let name = try node.string().uppercased()
            guard name.utf8.count == 2, name.utf8.allSatisfy({ (65...90).contains($0) }) else {
                throw node.fault("expected a region code of two letters", hint: "for example RU, KZ or DE")
            }
            region = name
        }
        if let node = mapping.take("internal") { self.internal = try node.string() }
        for word in try mapping.take("hidden")?.list() ?? [] {
            let text = try word.string()
            guard !text.isEmpty else { throw word.fault("expected a word that stands for a hidden number") }
            hidden.append(text)
        }
        if let node = mapping.take("unreadable") {
            switch try node.string() {
            case "reject": skipsUnreadable = false
            case "skip": skipsUnreadable = true
            default:
                throw node.fault(
                    "expected reject or skip", hint: "this says what to do with a record whose number cannot be dialled"
                )
            }
        }
        if let node = mapping.take("rewrite") {
            for rule in try node.list() {
                var rewrite = try rule.mapping()
                self.rewrite.append((try rewrite.require("match").string(), try rewrite.require("replace").string()))
                try rewrite.finish()
            }
        }
        try mapping.finish()
    }
}

extension UserSettings {
    init(_ node: SettingsNode) throws(SettingsFault) {
        self.init()
        let ids = 1...Int(Int32.max)
        var mapping = try node.mapping()
        if let node = mapping.take("extensions") { extensions = try ExtensionDirectory(node) }
        if let node = mapping.take("default") { fallback = try node.integer(in: ids) }
        if let node = mapping.take("substitute") { substitute = try node.integer(in: ids) }
        try mapping.finish()
    }
}

extension SettingsNode {
    /// Reads a number of seconds that may have a fraction.
    fileprivate func seconds(in range: ClosedRange<Double>) throws(SettingsFault) -> Duration {
        .seconds(try number(in: range))
    }

    /// Reads a LINE_NUMBER: the portal cuts it at 50 bytes and ignores spaces around it.
    fileprivate func line() throws(SettingsFault) -> String {
        let text = try string()
        guard !text.isEmpty, text.utf8.count <= 50, text != "0", text.first != " ", text.last != " " else {
            throw fault(
                "expected a line of 1 to 50 bytes that has no spaces around it and is not 0",
                hint: "write the number as shown in the telephony settings of the portal")
        }
        return text
    }

    /// Reads a key prefix: it becomes part of EXTERNAL_CALL_ID, so it is short, lower-case and printable.
    fileprivate func keyPrefix() throws(SettingsFault) -> String {
        let text = try string()
        let allowed = text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95 }
        guard (1...20).contains(text.utf8.count), allowed else {
            throw fault("expected a key_prefix of 1 to 20 characters from a-z, 0-9, - and _")
        }
        return text
    }

    /// Reads a day, `YYYY-MM-DD`, as days since 1970-01-01.
    func dayNumber() throws(SettingsFault) -> Int64 { try day(in: nil) / 86_400 }

    /// Reads a day, `YYYY-MM-DD`, as its midnight in a zone (UTC when none is named).
    fileprivate func day(in zone: String?) throws(SettingsFault) -> Int64 {
        let parts = try string().split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2],
            (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day),
            let date = calendar.date(from: DateComponents(year: year, month: month, day: day)),
            calendar.component(.day, from: date) == day
        else {
            throw fault("expected a date such as 2026-11-01")
        }
        return SourceZone(zone).instant(local: Int64(date.timeIntervalSince1970))
    }
}
