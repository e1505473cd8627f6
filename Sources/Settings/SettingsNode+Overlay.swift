// SPDX-License-Identifier: Apache-2.0

extension SettingsNode {
    /// A single text that stands at a place where it was not written as such, for instance a key used as a value.
    package init(text: String, place: SettingsPlace) {
        self.init(place: place, content: .scalar(text, plain: false))
    }

    /// This value laid over another: mappings are merged key by key, anything else replaces what is under it.
    ///
    /// Keys that only the base has keep their order and come first; places stay those of the file each value is from.
    ///
    /// - Parameters:
    ///   - base: What shows through where this value says nothing.
    ///   - depth: How many levels of mappings are merged; below them a value replaces the other as a whole.
    package func overlaid(on base: SettingsNode, depth: Int) -> SettingsNode {
        guard depth > 0, case .mapping(let changes) = content, case .mapping(var entries) = base.content else {
            return self
        }
        for change in changes {
            if let index = entries.firstIndex(where: { $0.key.canonicalText == change.key.canonicalText }) {
                entries[index].value = change.value.overlaid(on: entries[index].value, depth: depth - 1)
            } else {
                entries.append(change)
            }
        }
        return SettingsNode(place: place, content: .mapping(entries))
    }

    /// One spelling of the value that does not change with comments, quotes, line breaks or places.
    ///
    /// The order of keys is kept, because it has a meaning in some mappings.
    package var canonicalText: String {
        switch content {
        case .scalar(let text, _): "\(text.debugDescription)"
        case .list(let nodes): "[\(nodes.map(\.canonicalText).joined(separator: ","))]"
        case .mapping(let entries):
            "{\(entries.map { "\($0.key.canonicalText):\($0.value.canonicalText)" }.joined(separator: ","))}"
        }
    }
}

extension SettingsNode {
    /// The mapping without one of its keys; any other value as it is.
    package func dropping(_ key: String) -> SettingsNode {
        guard case .mapping(let entries) = content else { return self }
        let kept = entries.filter { entry in
            if case .scalar(key, _) = entry.key.content { false } else { true }
        }
        return SettingsNode(place: place, content: .mapping(kept))
    }
}
