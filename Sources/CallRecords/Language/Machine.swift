// SPDX-License-Identifier: Apache-2.0

// Unsafe: the compiler of the mapping language gives every index, of arrays that have been whole since then.

/// Runs a ``Program`` over one record after the other.
struct Machine {
    /// What a mapping knows from the configuration rather than from the record.
    struct Surroundings {
        var numbers: NumberReader
        var trunks: TrunkNames
        /// The file's zone, or `nil` when the format needs none.
        var clock: ZoneClock?
        /// The office's own numbers.
        var ownNumbers: OwnNumbers
    }

    /// A field that is not what its place asks for.
    struct Complaint {
        enum Kind { case date, duration }
        var kind: Kind
        var rule: Program.Rule
        var found: String
    }

    let program: Program
    private(set) var memory: MachineMemory
    var arena: RecordArena
    var surroundings: Surroundings
    /// The first thing that was wrong with the record, if anything.
    var complaint: Complaint?
    var patterns: [PatternMatcher]
    /// What was decided about earlier records; `nil` to have every record go through all rules.
    var tree: DecisionTree?
    /// What was decided about this record; `nil` where nothing was, or does not hold any more.
    var decision: Int?

    init(program: Program, surroundings: Surroundings) throws(PatternMatcher.Fault) {
        self.program = program
        self.surroundings = surroundings
        memory = MachineMemory(program)
        arena = RecordArena(literals: program.literalBytes)
        var patterns: [PatternMatcher] = []
        for pattern in program.patterns { patterns.append(try PatternMatcher(pattern)) }
        self.patterns = patterns
    }

    /// Takes the bytes of the next record, of which ``load(_:columns:clean:)`` then takes the fields.
    mutating func begin(_ source: borrowing some FieldSource & ~Copyable) {
        // A copy of the machine goes on with memory of its own.
        if !isKnownUniquelyReferenced(&memory) { memory = MachineMemory(program) }
        arena.reset()
        source.begin(in: &arena)
    }

    /// Takes the fields of the record that was begun.
    ///
    /// - Parameter columns: The fields of the program's slots.
    mutating func load(_ source: borrowing some FieldSource & ~Copyable, columns: SlotPlaces, clean: FieldCleaning) {
        complaint = nil
        decision = nil
        for index in 0..<memory.valueCount { unsafe memory.values[index] = .unknown }
        for index in 0..<memory.timeCount { unsafe memory.times[index].isKnown = false }
        let slots = unsafe memory.slots
        for slot in 0..<memory.slotCount { unsafe slots[slot] = .empty }
        source.appendFields(columns, to: &arena) { slot, field in unsafe slots[slot] = field }
        guard clean.isNeeded else { return }
        for slot in 0..<memory.slotCount { unsafe slots[slot] = clean.cleaned(slots[slot], in: arena) }
    }

    /// Whether a field that is there has no bytes.
    mutating func isEmpty(_ index: Int, of source: borrowing some FieldSource & ~Copyable) -> Bool {
        source.appendField(index, to: &arena)?.isEmpty == true
    }

    /// Whether any field of a record has a quote that its writer did not double, or a backslash before one.
    mutating func hasQuotes(_ source: borrowing some FieldSource & ~Copyable) -> Bool { source.hasStrayQuotes }

    mutating func complain(_ kind: Complaint.Kind, about rule: Program.Rule, found: Slice) {
        guard complaint == nil else { return }
        complaint = Complaint(kind: kind, rule: rule, found: arena.string(found.prefix(min(60, Int(field: found)))))
    }

    /// The slot whose field a text is a part of, if it is one as it stands.
    func slot(holding text: Slice) -> Int? {
        (0..<memory.slotCount).first { index in
            let slot = unsafe memory.slots[index]
            return !text.isEmpty && slot.start <= text.start && text.start + text.count <= slot.start + slot.count
        }
    }

    @inline(__always)
    func expression(_ text: Program.Text) -> TextExpression { unsafe memory.texts[Int(text.index)] }

    @inline(__always)
    func expression(_ condition: Program.Condition) -> ConditionExpression {
        unsafe memory.conditions[Int(condition.index)]
    }

    func expression(_ time: Program.Time) -> TimeExpression { unsafe memory.expressionsOfTimes[Int(time.index)] }

    func expression(_ span: Program.Span) -> SpanExpression { unsafe memory.spans[Int(span.index)] }

    /// A member of some; its place is one of ``Program/Several/places``.
    @inline(__always)
    func member<Kind>(_ place: Program.Index, of members: Program.Several<Program.Place<Kind>>) -> Program.Place<Kind> {
        unsafe Program.Place(index: memory.children[Int(place)])
    }

    /// The condition and the text of a case, by its number from 0; `nil` behind the last.
    func branch(
        _ number: Int, of cases: Program.Several<Program.Case>
    ) -> (condition: Program.Condition, text: Program.Text)? {
        let place = Int(cases.first) + 2 * number
        guard place < Int(cases.first + cases.count) else { return nil }
        return unsafe (
            Program.Condition(index: memory.children[place]), Program.Text(index: memory.children[place + 1])
        )
    }

    /// The text of the first case that holds, with the number of the case from 1.
    @inline(__always)
    mutating func firstCase(
        of cases: Program.Several<Program.Case>
    ) -> (number: Int, condition: Program.Condition, text: Program.Text)? {
        var place = cases.first
        while place < cases.first + cases.count {
            let condition = unsafe Program.Condition(index: memory.children[Int(place)])
            if holds(condition) {
                let text = unsafe Program.Text(index: memory.children[Int(place) + 1])
                return (Int(place - cases.first) / 2 + 1, condition, text)
            }
            place += 2
        }
        return nil
    }

    @inline(__always)
    func literal(_ literal: Program.Literal) -> Slice { unsafe memory.literals[Int(literal.index)] }

    @inline(__always)
    func has(_ word: Slice, in words: Program.Words) -> Bool { entry(of: word, inTable: words.index) != nil }

    @inline(__always)
    func find(_ word: Slice, in table: Program.Replacements) -> Program.Literal? {
        entry(of: word, inTable: table.index).map { Program.Literal(index: $0) }
    }

    @inline(__always)
    func find(_ word: Slice, in table: Program.Choices) -> Program.Text? {
        entry(of: word, inTable: table.index).map { Program.Text(index: $0) }
    }

    /// What a table has for a word; `nil` for nothing.
    @inline(__always)
    func entry(of word: Slice, inTable table: Program.Index) -> Int32? {
        unsafe memory.tables[Int(table)].find(arena.bytes(of: word))
    }

    @inline(__always)
    func slotValue(_ slot: Program.Slot) -> Slice { unsafe memory.slots[Int(slot.index)] }

    /// The text that a name stands for.
    func definition(of value: Program.Value) -> Program.Text { unsafe memory.valueTexts[Int(value.index)] }

    /// A named value, if it is worked out already.
    @inline(__always)
    func known(_ value: Program.Value) -> Slice? {
        let known = unsafe memory.values[Int(value.index)]
        return known.count >= 0 ? known : nil
    }

    @inline(__always)
    mutating func namedValue(_ name: Program.Value) -> Slice {
        if let known = known(name) { return known }
        let value = unsafe text(memory.valueTexts[Int(name.index)])
        unsafe memory.values[Int(name.index)] = value
        return value
    }

    /// Gives a named value another text than its expression does, until the next record.
    mutating func override(value: Program.Value, with text: String) {
        decision = nil
        unsafe memory.values[Int(value.index)] = arena.append(text)
    }

    /// Has a named value worked out anew.
    mutating func forget(value: Program.Value) {
        decision = nil
        unsafe memory.values[Int(value.index)] = .unknown
    }

    mutating func namedTime(_ moment: Program.Moment) -> CallTime? {
        let known = unsafe memory.times[Int(moment.index)]
        if known.isKnown {
            return known.isEmpty
                ? nil : CallTime(epochSeconds: known.epochSeconds, offsetSeconds: known.offsetSeconds)
        }
        let value = unsafe time(memory.momentTimes[Int(moment.index)])
        unsafe memory.times[Int(moment.index)] = MachineMemory.NamedTime(
            isKnown: true, isEmpty: value == nil, epochSeconds: value?.epochSeconds ?? 0,
            offsetSeconds: value?.offsetSeconds ?? 0)
        return value
    }
}

extension Int {
    fileprivate init(field slice: Slice) { self = Int(slice.count) }
}

/// What is done to every field before anything looks at it.
struct FieldCleaning: Sendable {
    var trims = false
    /// Words that mean an empty field.
    var nulls = ByteTable(isCaseless: false)

    var isNeeded: Bool { trims || nulls.count > 0 }

    func cleaned(_ field: Slice, in arena: borrowing RecordArena) -> Slice {
        var field = field
        if trims { field = arena.contents.trimmed(field) }
        guard nulls.count > 0, field.count < 16 else { return field }
        return unsafe nulls.find(arena.bytes(of: field)) == nil ? field : .empty
    }
}
