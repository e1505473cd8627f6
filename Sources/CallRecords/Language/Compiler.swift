// SPDX-License-Identifier: Apache-2.0

import Settings

/// Turns the expressions of a format into a ``Program``, checking every name, key and pattern on the way.
struct Compiler {
    private(set) var program = Program()
    /// The columns that the format declares; a name outside them and outside the values is a mistake.
    private let columns: [String]
    private let columnPlaces: [String: SettingsNode]
    private var valuePlaces: [String: SettingsNode] = [:]
    private var slots: [ColumnReference: Program.Slot] = [:]
    private var namedValues: [String: Program.Value] = [:]
    private var moments: [String: Program.Moment] = [:]
    private var depth = 0

    /// Values that nothing has asked for yet.
    private var waiting: [String: SettingsNode] = [:]
    private var underWay: Set<String> = []
    /// How many values and times stand one behind the other in what was compiled last, and in each that has a name.
    private var chain = 0
    private var chains: [String: Int] = [:]
    /// How many texts each text joins at most.
    private(set) var parts: [Int] = []

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
        program.yes = literal("yes")
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

    private mutating func namedValue(_ name: String, at place: SettingsNode) throws(SettingsFault) -> Program.Value? {
        if let known = namedValues[name] {
            chain = max(chain, chains[name] ?? 0)
            return known
        }
        guard let node = waiting[name] else { return nil }
        guard underWay.insert(name).inserted else {
            throw place.fault("the value \"\(name)\" is made of itself, directly or through others")
        }
        let before = chain
        chain = 0
        let text = try text(node)
        underWay.remove(name)
        chains[name] = try linked(at: node)
        chain = max(before, chain)
        return define(name, as: text)
    }

    /// Makes a text known under a name for the expressions after it.
    ///
    /// - Returns: The text by its name: a named text is worked out once for a record.
    @discardableResult
    mutating func define(_ name: String, as text: Program.Text) -> Program.Value {
        let value = Program.Value(index: Program.Index(program.namedTexts.count))
        namedValues[name] = value
        program.namedTexts.append(Program.NamedText(name: name, text: text))
        return value
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

    mutating func defineTime(_ name: String, at node: SettingsNode) throws(SettingsFault) {
        chain = 0
        let time = try time(node)
        chains[name + ":"] = try linked(at: node)
        moments[name] = Program.Moment(index: Program.Index(program.namedTimes.count))
        program.namedTimes.append(Program.NamedTime(name: name, time: time))
    }

    mutating func reference(_ node: SettingsNode) throws(SettingsFault) -> Program.Text {
        let name = try node.string()
        if let value = try namedValue(name, at: node) { return add(.value(value)) }
        if let number = Int(name), number != 0, abs(number) <= 1000 {
            return add(.column(slot(of: .number(number))))
        }
        guard columns.contains(name) else {
            if moments[name] != nil {
                throw node.fault(
                    "expected a text, found the time \"\(name)\"",
                    hint: "name the column that the time is read from")
            }
            let known = columns + namedValues.keys + waiting.keys
            throw node.fault(
                "there is no column or value \"\(name)\"",
                hint: nearestWord(to: name, among: known).map { "did you mean \"\($0)\"?" }
                    ?? "a fixed text is written { text: \(name) }")
        }
        return add(.column(slot(of: .name(name))))
    }

    /// Whether a word names a column or a value.
    func isText(_ name: String) -> Bool { columns.contains(name) || namedValues[name] != nil || waiting[name] != nil }

    private mutating func slot(of column: ColumnReference) -> Program.Slot {
        if let slot = slots[column] { return slot }
        let slot = Program.Slot(index: Program.Index(program.slots.count))
        slots[column] = slot
        program.slots.append(column)
        return slot
    }

    /// The most values and times that may stand one behind the other; the deepest of a preset has five.
    private static let longestChain = 24

    /// The length of the chain with one more name.
    private mutating func linked(at node: SettingsNode) throws(SettingsFault) -> Int {
        chain += 1
        guard chain <= Self.longestChain else {
            throw node.fault(
                "this is made of more than \(Self.longestChain) values, one behind the other",
                hint: "write what some of them say in fewer values")
        }
        return chain
    }

    // MARK: Building blocks

    mutating func add(_ text: TextExpression) -> Program.Text {
        parts.append(mostParts(of: text))
        program.texts.append(text)
        return Program.Text(index: Program.Index(program.texts.count - 1))
    }

    mutating func add(_ condition: ConditionExpression) -> Program.Condition {
        program.conditions.append(condition)
        return Program.Condition(index: Program.Index(program.conditions.count - 1))
    }

    mutating func add(_ time: TimeExpression) -> Program.Time {
        program.times.append(time)
        return Program.Time(index: Program.Index(program.times.count - 1))
    }

    mutating func add(_ span: SpanExpression) -> Program.Span {
        program.spans.append(span)
        return Program.Span(index: Program.Index(program.spans.count - 1))
    }

    mutating func several<Kind>(_ members: [Program.Place<Kind>]) -> Program.Several<Program.Place<Kind>> {
        list(members.map(\.index))
    }

    mutating func cases(
        _ cases: [(condition: Program.Condition, text: Program.Text)]
    ) -> Program.Several<Program.Case> {
        list(cases.flatMap { [$0.condition.index, $0.text.index] })
    }

    /// - Parameter cuts: The kind of each, and its literal.
    mutating func cuts(_ cuts: [Program.Index]) -> Program.Several<Program.Cut> { list(cuts) }

    private mutating func list<Kind>(_ places: [Program.Index]) -> Program.Several<Kind> {
        let first = Program.Index(program.children.count)
        program.children += places
        return Program.Several(first: first, count: Program.Index(places.count))
    }

    mutating func literal(_ text: String) -> Program.Literal {
        let slice = Slice(start: Int32(program.literalBytes.count), count: Int32(text.utf8.count))
        program.literalBytes += Array(text.utf8)
        program.literals.append(slice)
        return Program.Literal(index: Program.Index(program.literals.count - 1))
    }

    mutating func constant(_ text: String) -> Program.Text { add(.literal(literal(text))) }

    /// A table whose values mean nothing.
    mutating func words(_ words: [String]) -> Program.Words {
        Program.Words(index: table(words.map { ($0, 1) }))
    }

    mutating func replacements(_ rows: [(word: String, literal: Program.Literal)]) -> Program.Replacements {
        Program.Replacements(index: table(rows.map { ($0.word, $0.literal.index) }))
    }

    mutating func choices(_ rows: [(word: String, text: Program.Text)]) -> Program.Choices {
        Program.Choices(index: table(rows.map { ($0.word, $0.text.index) }))
    }

    private mutating func table(_ rows: [(word: String, value: Program.Index)]) -> Program.Index {
        var table = ByteTable(isCaseless: true)
        for row in rows { table.insert(row.word, value: row.value) }
        program.tables.append(table)
        return Program.Index(program.tables.count - 1)
    }

    mutating func pattern(_ node: SettingsNode) throws(SettingsFault) -> Program.Pattern {
        let text = try node.string()
        do {
            _ = try PatternMatcher(text)
        } catch {
            throw node.fault("the pattern cannot be read: \(error.reason)")
        }
        if let known = program.patterns.firstIndex(of: text) { return Program.Pattern(index: Program.Index(known)) }
        program.patterns.append(text)
        return Program.Pattern(index: Program.Index(program.patterns.count - 1))
    }

    mutating func clock(_ patterns: [TimePattern], isUTC: Bool) -> Program.ClockPlace {
        program.clocks.append(Program.Clock(patterns: patterns, isUTC: isUTC))
        return Program.ClockPlace(index: Program.Index(program.clocks.count - 1))
    }

    func moment(named name: String) -> Program.Moment? { moments[name] }

    /// A time that is used in another.
    mutating func link(moment name: String) -> Program.Moment? {
        chain = max(chain, chains[name + ":"] ?? 0)
        return moments[name]
    }

    var momentNames: [String] { Array(moments.keys) }

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
