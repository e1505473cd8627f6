// SPDX-License-Identifier: Apache-2.0

/// A mapping whose keys are known to the program: each key is taken once, and what is left over is refused.
///
/// A misspelt key would otherwise silently leave a setting at its default, so ``finish()`` is called after the last
/// `take`.
package struct SettingsMapping: Sendable {
    /// Where the mapping begins.
    package let place: SettingsPlace
    let entries: [SettingsNode.Entry]
    private var known: Set<String> = []

    init(place: SettingsPlace, entries: [SettingsNode.Entry]) {
        self.place = place
        self.entries = entries
    }

    /// The value of a key, or `nil` when the key is missing or left empty.
    package mutating func take(_ key: String) -> SettingsNode? {
        known.insert(key)
        let entry = entries.first { entry in
            if case .scalar(key, _) = entry.key.content { true } else { false }
        }
        guard let value = entry?.value, !value.isNull else { return nil }
        return value
    }

    /// The value of a key that must be there.
    ///
    /// - Throws: ``SettingsFault`` when the key is missing or left empty.
    package mutating func require(_ key: String) throws(SettingsFault) -> SettingsNode {
        guard let value = take(key) else {
            throw SettingsFault(place: place, message: "missing key \"\(key)\"")
        }
        return value
    }

    /// Checks that every key was asked for.
    ///
    /// - Throws: ``SettingsFault`` at the first key that the program does not know, with the nearest known key.
    package func finish() throws(SettingsFault) {
        for entry in entries {
            let key = try entry.key.string()
            guard !known.contains(key) else { continue }
            let nearest = nearestWord(to: key, among: known)
            throw entry.key.fault(
                "unknown key \"\(key)\"",
                hint: nearest.map { "did you mean \"\($0)\"?" }
                    ?? "known here: \(known.sorted().joined(separator: ", "))")
        }
    }
}

/// The word that a misspelling most probably stood for, if one is near enough.
///
/// Near enough is an edit distance (insert, delete, replace, swap neighbours) of at most a third of the length of the
/// word, and at least 1.
///
/// - Parameters:
///   - word: What was written.
///   - words: What could have been meant.
package func nearestWord(to word: String, among words: some Collection<String>) -> String? {
    let limit = max(1, word.count / 3)
    return words.map { (distance: editDistance(Array(word.lowercased()), Array($0.lowercased())), word: $0) }
        .filter { $0.distance <= limit }
        .min { ($0.distance, $0.word) < ($1.distance, $1.word) }?
        .word
}

private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var table = Array(repeating: Array(repeating: 0, count: b.count + 1), count: a.count + 1)
    for i in 0...a.count { table[i][0] = i }
    for j in 0...b.count { table[0][j] = j }
    for i in 1...a.count {
        for j in 1...b.count {
            let cost = a[i - 1] == b[j - 1] ? 0 : 1
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + cost)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
            }
        }
    }
    return table[a.count][b.count]
}
