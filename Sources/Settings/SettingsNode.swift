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
        self.init(node: node, file: file)
    }

    init(place: SettingsPlace, content: Content) {
        self.place = place
        self.content = content
    }

    private init(node: Node, file: String) {
        let place = SettingsPlace(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        switch node {
        case .scalar(let scalar):
            self.init(place: place, content: .scalar(scalar.string, plain: scalar.style == .plain))
        case .sequence(let sequence):
            self.init(place: place, content: .list(sequence.map { SettingsNode(node: $0, file: file) }))
        case .mapping(let mapping):
            let entries = mapping.map {
                Entry(key: SettingsNode(node: $0.key, file: file), value: SettingsNode(node: $0.value, file: file))
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
        let isAlias = message.contains("alias") || message.contains("anchor")
        self.init(
            place: place, message: message,
            hint: isAlias
                ? "a text that begins with * or & needs quotes: \"*.csv\""
                : "check the indentation and the quotes near this place")
    }
}
