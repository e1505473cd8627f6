// SPDX-License-Identifier: Apache-2.0

import Settings

/// Turns the expressions of a format into a ``Program``, checking every name, key and pattern on the way.
struct Compiler {
    private(set) var program = Program()
    /// The columns that the format declares; a name outside them and outside the values is a mistake.
    private let columns: [String]
    private let columnPlaces: [String: SettingsNode]
    private var valuePlaces: [String: SettingsNode] = [:]
    private var slots: [ColumnReference: Program.Index] = [:]
    private var valueIndexes: [String: Program.Index] = [:]
    private var timeIndexes: [String: Program.Index] = [:]
    private var depth = 0

    /// Values that nothing has asked for yet.
    private var waiting: [String: SettingsNode] = [:]
    private var underWay: Set<String> = []

    /// - Parameters:
    ///   - columns: The columns that the format declares.
    ///   - values: The named values; they may use each other in any order, but not in a circle.
    ///   - checksAll: Whether values are checked that nothing asks for.
    ///   - places: Where a column is named, for messages about its name.
    init(
        columns: [String], values: SettingsNode? = nil, checksAll: Bool = true, places: [String: SettingsNode] = [:]
    ) throws(SettingsFault) {
        self.columns = columns
        columnPlaces = places
        let rows = try values?.table() ?? []
        for (name, value) in rows {
            waiting[name] = value
            valuePlaces[name] = value
        }
        guard checksAll else { return }
        // Values that are never used are checked all the same.
        for (name, value) in rows { _ = try namedValue(name, at: value) }
    }

    // MARK: Names

    private mutating func namedValue(_ name: String, at place: SettingsNode) throws(SettingsFault) -> Program.Index? {
        if let known = valueIndexes[name] { return known }
        guard let node = waiting[name] else { return nil }
        guard underWay.insert(name).inserted else {
            throw place.fault("the value \"\(name)\" is made of itself, directly or through others")
        }
        let text = try text(node)
        underWay.remove(name)
        define(name, as: text)
        return valueIndexes[name]
    }

    /// Makes a text known under a name for the expressions after it.
    ///
    /// - Returns: The expression that gives the text by its name: a named text is worked out once for a record.
    @discardableResult
    mutating func define(_ name: String, as node: Program.Index) -> Program.Index {
        let value = Program.Index(program.values.count)
        valueIndexes[name] = value
        program.values.append(Program.NamedText(name: name, node: node))
        return add(.value, value)
    }

    /// Refuses columns and values with the names that expressions of `call` have for what is worked out there.
    ///
    /// One of the two would be taken for the other without a word.
    func refuse(_ names: String...) throws(SettingsFault) {
        for name in names {
            if let place = columnPlaces[name] {
                throw place.fault(
                    "a column cannot be called \"\(name)\": that is the name of what the section call works out",
                    hint: "call the column \(name)_word, and under aliases write \(name)_word: \(name) if the header "
                        + "has that word")
            }
            guard let value = valuePlaces[name] else { continue }
            throw value.fault(
                "a value cannot be called \"\(name)\": that is the name of what the section call works out",
                hint: "give the value another name, for example \(name)_word")
        }
    }

    mutating func defineTime(_ name: String, as node: Program.Index) {
        timeIndexes[name] = Program.Index(program.times.count)
        program.times.append(Program.NamedText(name: name, node: node))
    }

    mutating func reference(_ node: SettingsNode) throws(SettingsFault) -> Program.Index {
        let name = try node.string()
        if let value = try namedValue(name, at: node) { return add(.value, value) }
        if let number = Int(name), number != 0, abs(number) <= 1000 { return add(.column, slot(of: .number(number))) }
        guard columns.contains(name) else {
            let known = columns + valueIndexes.keys + waiting.keys
            throw node.fault(
                "there is no column or value \"\(name)\"",
                hint: nearestWord(to: name, among: known).map { "did you mean \"\($0)\"?" }
                    ?? "a fixed text is written { text: \(name) }")
        }
        return add(.column, slot(of: .name(name)))
    }

    private mutating func slot(of column: ColumnReference) -> Program.Index {
        if let slot = slots[column] { return slot }
        let slot = Program.Index(program.slots.count)
        slots[column] = slot
        program.slots.append(column)
        return slot
    }

    // MARK: Building blocks

    mutating func add(
        _ operation: Program.Operation, _ a: Program.Index = 0, _ b: Program.Index = 0, _ c: Program.Index = 0
    ) -> Program.Index {
        program.nodes.append(Program.Node(operation: operation, a: a, b: b, c: c))
        return Program.Index(program.nodes.count - 1)
    }

    mutating func add(_ operation: Program.Operation, children: [Program.Index]) -> Program.Index {
        let first = Program.Index(program.children.count)
        program.children += children
        return add(operation, first, Program.Index(children.count))
    }

    mutating func literal(_ text: String) -> Program.Index {
        let slice = Slice(start: Int32(program.literalBytes.count), count: Int32(text.utf8.count))
        program.literalBytes += Array(text.utf8)
        program.literals.append(slice)
        return Program.Index(program.literals.count - 1)
    }

    mutating func constant(_ text: String) -> Program.Index { add(.literal, literal(text)) }

    mutating func table(_ table: ByteTable) -> Program.Index {
        program.tables.append(table)
        return Program.Index(program.tables.count - 1)
    }

    mutating func pattern(_ node: SettingsNode) throws(SettingsFault) -> Program.Index {
        let text = try node.string()
        do {
            _ = try PatternMatcher(text)
        } catch {
            throw node.fault("the pattern cannot be read: \(error.reason)")
        }
        if let known = program.patterns.firstIndex(of: text) { return Program.Index(known) }
        program.patterns.append(text)
        return Program.Index(program.patterns.count - 1)
    }

    mutating func clock(_ patterns: [TimePattern], isUTC: Bool) -> Program.Index {
        program.clocks.append(Program.Clock(patterns: patterns, isUTC: isUTC))
        return Program.Index(program.clocks.count - 1)
    }

    func timeIndex(of name: String) -> Program.Index? { timeIndexes[name] }
    var timeNames: [String] { Array(timeIndexes.keys) }

    /// Guards against a mapping nested so deep that running it would need more stack than there is.
    mutating func nested<Result>(
        _ node: SettingsNode, _ body: (inout Compiler) throws(SettingsFault) -> Result
    ) throws(SettingsFault) -> Result {
        guard depth < 40 else {
            throw node.fault("this is nested too deep", hint: "name a part of it under \"values\"")
        }
        depth += 1
        let result = try body(&self)
        depth -= 1
        return result
    }
}
