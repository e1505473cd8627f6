// SPDX-License-Identifier: Apache-2.0

private import Yams

/// One value of a settings file together with the place where it stands.
///
/// Values are read by asking for the form that is expected (`string()`, `mapping()`, …); a value of another form is a
/// ``SettingsFault`` at its place. YAML 1.2 core scalars are understood; anchors, aliases and merge keys work as in
/// any YAML file.
package struct SettingsNode: Sendable, Equatable {
    indirect enum Content: Sendable, Equatable {
        /// `plain` says that the scalar was written without quotes, so that `null`, `true` and numbers can be told
        /// from text.
        case scalar(String, plain: Bool)
        case list([SettingsNode])
        case mapping([Entry])
    }

    /// One key of a mapping with its value.
    struct Entry: Sendable, Equatable {
        var key: SettingsNode
        var value: SettingsNode
    }

    /// Where the value stands.
    package let place: SettingsPlace
    let content: Content

    /// Reads a whole settings file.
    ///
    /// An empty file is an empty mapping.
    ///
    /// - Parameters:
    ///   - yaml: The text of the file.
    ///   - file: The name that messages give to the file.
    /// - Throws: ``SettingsFault`` for text that is not YAML or that names a key twice.
    package init(yaml: String, file: String) throws(SettingsFault) {
        guard yaml.utf8.count <= Self.mostBytes else {
            throw SettingsFault(
                place: SettingsPlace(file: file, line: 1, column: 1), message: "the file is larger than 4 MiB",
                hint: "is it a settings file?")
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch {
            throw SettingsFault(yamlError: error, file: file)
        }
        guard let node else {
            self.init(place: SettingsPlace(file: file, line: 1, column: 1), content: .mapping([]))
            return
        }
        var budget = Self.mostValues
        try self.init(node: node, file: file, depth: 0, &budget)
    }

    /// The largest settings file; one with 20,000 extensions has 1 MiB.
    private static let mostBytes = 4 << 20
    /// The most values of a settings file. Aliases count each time: ten lists of ten aliases each would be gigabytes.
    private static let mostValues = 200_000
    /// How deep values may stand in each other; the deepest rule of a format has about a dozen levels.
    private static let mostLevels = 64

    init(place: SettingsPlace, content: Content) {
        self.place = place
        self.content = content
    }

    private init(node: Node, file: String, depth: Int, _ budget: inout Int) throws(SettingsFault) {
        let place = SettingsPlace(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        budget -= 1
        guard budget >= 0 else {
            throw SettingsFault(
                place: place, message: "the file has more than \(Self.mostValues) values",
                hint: "an alias counts as many times as it is used; write what it stands for in fewer places")
        }
        guard depth < Self.mostLevels else {
            throw SettingsFault(
                place: place, message: "values stand in each other more than \(Self.mostLevels) levels deep",
                hint: "check the brackets and the indentation near this place")
        }
        switch node {
        case .scalar(let scalar):
            self.init(place: place, content: .scalar(scalar.string, plain: scalar.style == .plain))
        case .sequence(let sequence):
            var elements: [SettingsNode] = []
            for node in sequence {
                elements.append(try SettingsNode(node: node, file: file, depth: depth + 1, &budget))
            }
            self.init(place: place, content: .list(elements))
        case .mapping(let mapping):
            var entries: [Entry] = []
            for (key, value) in mapping {
                entries.append(
                    Entry(
                        key: try SettingsNode(node: key, file: file, depth: depth + 1, &budget),
                        value: try SettingsNode(node: value, file: file, depth: depth + 1, &budget)))
            }
            self.init(place: place, content: .mapping(entries))
        case .alias:
            // Yams resolves aliases while composing; one that is left refers to nothing.
            self.init(place: place, content: .scalar("", plain: true))
        }
    }

    /// A fault at this value's place.
    package func fault(_ message: String, hint: String? = nil) -> SettingsFault {
        SettingsFault(place: place, message: message, hint: hint)
    }

    /// What kind of value this is, as messages call it.
    var kind: String {
        switch content {
        case .scalar: isNull ? "nothing" : "a single value"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }
}

extension SettingsFault {
    fileprivate init(yamlError error: any Error, file: String) {
        var place = SettingsPlace(file: file, line: 1, column: 1)
        var message = "invalid YAML"
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            place.line = mark.line
            place.column = mark.column
            message = "invalid YAML: \(problem)"
        case .duplicatedKeysInMapping(let duplicates, let context):
            place.line = context.mark.line
            place.column = context.mark.column
            let names = duplicates.sorted().joined(separator: "\", \"")
            message = "duplicate key \"\(names)\""
        default:
            break
        }
        // A name is expected after * and &: that of a place in the file, which nobody means.
        let isAlias =
            message.contains("alias") || message.contains("anchor")
            || message.contains("expected alphabetic or numeric character")
        self.init(
            place: place, message: message,
            hint: isAlias
                ? "a text that begins with * or & needs quotes: \"*.csv\""
                : "check the indentation and the quotes near this place")
    }
}
