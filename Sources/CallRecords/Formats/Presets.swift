// SPDX-License-Identifier: Apache-2.0

package import Settings

/// The formats that come with the program, as texts in the mapping language.
enum Presets {
    static let texts: [String: [UInt8]] = [
        "asterisk": PackageResources.asterisk_yaml,
        "asterisk_custom": PackageResources.asterisk_custom_yaml,
        "avaya_ipoffice": PackageResources.avaya_ipoffice_yaml,
        "cucm": PackageResources.cucm_yaml,
        "freepbx": PackageResources.freepbx_yaml,
        "freepbx_database": PackageResources.freepbx_database_yaml,
        "freeswitch": PackageResources.freeswitch_yaml,
        "fusionpbx": PackageResources.fusionpbx_yaml,
        "grandstream": PackageResources.grandstream_yaml,
        "issabel": PackageResources.issabel_yaml,
        "mikopbx": PackageResources.mikopbx_yaml,
        "opensips": PackageResources.opensips_yaml,
        "threecx": PackageResources.threecx_yaml,
        "threecx_report": PackageResources.threecx_report_yaml,
        "yeastar_p": PackageResources.yeastar_p_yaml,
        "yeastar_s": PackageResources.yeastar_s_yaml,
    ]

    static func text(_ name: String) -> String? {
        texts[name].map { String(decoding: $0, as: UTF8.self) }
    }

    /// A format's description with the presets that it extends under it.
    ///
    /// - Throws: ``SettingsFault`` for an unknown preset, or for presets that extend each other.
    static func resolved(_ node: SettingsNode) throws(SettingsFault) -> SettingsNode {
        guard node.isMapping else { return try preset(node, depth: 0) }
        return try extended(node, depth: 0)
    }

    /// The names of the presets that a format is made of, the nearest first.
    ///
    /// - Throws: ``SettingsFault`` for an unknown preset.
    static func bases(of node: SettingsNode) throws(SettingsFault) -> [String] {
        var names: [String] = []
        var next: SettingsNode? = node
        while let current = next, names.count < 8 {
            next = nil
            if current.isMapping {
                next = try current.table().first { $0.key == "extends" }?.value
            } else {
                let name = try current.string()
                names.append(name)
                guard let text = text(name) else { break }
                let preset = try SettingsNode(yaml: text, file: file(name))
                next = try preset.table().first { $0.key == "extends" }?.value
            }
        }
        return names
    }

    /// Whether a place is in the text of a preset.
    static func isInherited(_ place: SettingsPlace) -> Bool { place.file.hasPrefix("<format ") }

    private static func file(_ name: String) -> String { "<format \(name)>" }

    private static func extended(_ node: SettingsNode, depth: Int) throws(SettingsFault) -> SettingsNode {
        guard let base = try node.table().first(where: { $0.key == "extends" })?.value else { return node }
        guard depth < 8 else { throw base.fault("formats extend each other without end") }
        // A section's entries replace those of the preset as a whole: half an expression makes no sense.
        return node.overlaid(on: try preset(base, depth: depth + 1), depth: 2).dropping("extends")
    }

    private static func preset(_ node: SettingsNode, depth: Int) throws(SettingsFault) -> SettingsNode {
        let name = try node.string()
        guard let text = text(name) else {
            throw node.fault(
                "there is no format \"\(name)\"",
                hint: nearestWord(to: name, among: texts.keys).map { "did you mean \"\($0)\"?" }
                    ?? "known: \(texts.keys.sorted().joined(separator: ", "))")
        }
        return try extended(try SettingsNode(yaml: text, file: file(name)), depth: depth)
    }
}

extension FormatDefinition {
    /// The names of all presets, in the order of the alphabet.
    package static var presetNames: [String] { Presets.texts.keys.sorted() }

    /// The text of a preset as a user would write it; `nil` for an unknown name.
    package static func presetText(_ name: String) -> String? { Presets.text(name) }

    /// Reads a preset.
    ///
    /// - Throws: ``SettingsFault`` for an unknown name, with the nearest known one.
    package static func preset(_ name: String) throws(SettingsFault) -> FormatDefinition {
        let place = SettingsPlace(file: "<format>", line: 1, column: 1)
        return try FormatDefinition(SettingsNode(text: name, place: place))
    }
}
