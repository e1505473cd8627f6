// SPDX-License-Identifier: Apache-2.0

extension SettingsNode {
    /// Whether the value was left empty or written as `null` or `~`.
    package var isNull: Bool {
        guard case .scalar(let text, plain: true) = content else { return false }
        return text.isEmpty || text == "~" || text == "null" || text == "Null" || text == "NULL"
    }

    /// Whether the value is a list.
    package var isList: Bool {
        if case .list = content { true } else { false }
    }

    /// Whether the value is a mapping.
    package var isMapping: Bool {
        if case .mapping = content { true } else { false }
    }

    /// Reads a text; numbers and words count as the text they were written as.
    ///
    /// - Throws: ``SettingsFault`` for a list, a mapping or nothing at all.
    package func string() throws(SettingsFault) -> String {
        guard case .scalar(let text, _) = content, !isNull else { throw fault("expected text, found \(kind)") }
        return text
    }

    /// Reads a whole number.
    ///
    /// - Parameter range: The values that are allowed, both ends included.
    /// - Throws: ``SettingsFault`` for anything else.
    package func integer(in range: ClosedRange<Int> = Int.min...Int.max) throws(SettingsFault) -> Int {
        guard let value = Int(try string()) else { throw fault("expected a whole number") }
        guard range.contains(value) else {
            throw fault("expected a whole number from \(range.lowerBound) to \(range.upperBound), found \(value)")
        }
        return value
    }

    /// Reads a number that may have a fraction.
    ///
    /// - Parameter range: The values that are allowed, both ends included.
    /// - Throws: ``SettingsFault`` for anything else, infinity and NaN included.
    package func number(in range: ClosedRange<Double>) throws(SettingsFault) -> Double {
        guard let value = Double(try string()), value.isFinite else { throw fault("expected a number") }
        guard range.contains(value) else {
            throw fault("expected a number from \(range.lowerBound) to \(range.upperBound), found \(value)")
        }
        return value
    }

    /// Reads `true` or `false` (also `yes`/`no` and `on`/`off`).
    ///
    /// - Throws: ``SettingsFault`` for anything else.
    package func boolean() throws(SettingsFault) -> Bool {
        switch try string().lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw fault("expected true or false")
        }
    }

    /// Reads a duration: a number of seconds that may have a fraction, or a number with the unit `s`, `m`, `h` or `d`.
    ///
    /// | text | duration |
    /// |---|---|
    /// | `0.5` | half a second |
    /// | `90` | 90 s |
    /// | `26h` | 93,600 s |
    ///
    /// - Throws: ``SettingsFault`` for anything else, a negative value included.
    package func duration() throws(SettingsFault) -> Duration {
        let text = try string()
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        let unit = text.last.flatMap { units[$0] }
        let digits = unit == nil ? Substring(text) : text.dropLast()
        guard let value = Double(digits), value.isFinite, value >= 0, value <= 1e9 else {
            throw fault("expected a duration such as 600 (seconds), 0.5, 15m, 26h or 7d")
        }
        return .seconds(value * (unit ?? 1))
    }

    /// Reads a list; a single value counts as a list of one, nothing as an empty list.
    package func list() throws(SettingsFault) -> [SettingsNode] {
        switch content {
        case .list(let nodes): return nodes
        case .scalar: return isNull ? [] : [self]
        case .mapping: throw fault("expected a list, found a mapping")
        }
    }

    /// Reads a mapping whose keys are known; see ``SettingsMapping``.
    ///
    /// - Throws: ``SettingsFault`` when the value is not a mapping.
    package func mapping() throws(SettingsFault) -> SettingsMapping {
        if isNull { return SettingsMapping(place: place, entries: []) }
        guard case .mapping(let entries) = content else { throw fault("expected a mapping, found \(kind)") }
        return SettingsMapping(place: place, entries: entries)
    }

    /// Reads a mapping whose keys are the user's own, in the order of the file.
    ///
    /// - Throws: ``SettingsFault`` when the value is not a mapping or a key is not a text.
    package func table() throws(SettingsFault) -> [(key: String, value: SettingsNode)] {
        var rows: [(key: String, value: SettingsNode)] = []
        for entry in try mapping().entries {
            rows.append((try entry.key.string(), entry.value))
        }
        return rows
    }
}
