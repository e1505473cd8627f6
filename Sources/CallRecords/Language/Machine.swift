// SPDX-License-Identifier: Apache-2.0

/// Runs a ``Program`` over one record after the other.
struct Machine {
    /// What a mapping knows from the configuration rather than from the record.
    struct Surroundings {
        var numbers: NumberReader
        var trunks: TrunkNames
        /// The file's zone, or `nil` when the format needs none.
        var clock: ZoneClock?
    }

    /// A field that is not what its place asks for.
    struct Complaint {
        enum Kind { case date, duration }
        var kind: Kind
        var node: Program.Index
        var found: String
    }

    let program: Program
    var workspace: Workspace
    var surroundings: Surroundings
    /// The first thing that was wrong with the record, if anything.
    private(set) var complaint: Complaint?
    var patterns: [PatternMatcher]
    private var slots: [Slice]
    private var values: [Slice]
    private var times: [CallTime?]
    private var timesKnown: [Bool]
    private var valueDepth = 0

    init(program: Program, surroundings: Surroundings) throws(PatternMatcher.Fault) {
        self.program = program
        self.surroundings = surroundings
        workspace = Workspace(literals: program.literalBytes)
        slots = Array(repeating: .empty, count: program.slots.count)
        values = Array(repeating: .unknown, count: program.values.count)
        times = Array(repeating: nil, count: program.times.count)
        timesKnown = Array(repeating: false, count: program.times.count)
        var patterns: [PatternMatcher] = []
        for pattern in program.patterns { patterns.append(try PatternMatcher(pattern)) }
        self.patterns = patterns
    }

    /// Takes the fields of the next record.
    ///
    /// - Parameter columns: For each slot of the program the field it stands for, or `Int.min` where there is none.
    mutating func load(_ source: borrowing some FieldSource & ~Copyable, columns: [Int], clean: FieldCleaning) {
        workspace.reset()
        complaint = nil
        for index in values.indices { values[index] = .unknown }
        for index in timesKnown.indices { timesKnown[index] = false }
        for slot in columns.indices {
            guard columns[slot] != Int.min, let field = source.appendField(columns[slot], to: &workspace) else {
                slots[slot] = .empty
                continue
            }
            slots[slot] = clean.isNeeded ? clean.cleaned(field, in: workspace) : field
        }
    }

    /// Whether a field that is there has no bytes.
    mutating func isEmpty(_ index: Int, of source: borrowing some FieldSource & ~Copyable) -> Bool {
        source.appendField(index, to: &workspace)?.isEmpty == true
    }

    /// A hash over all fields that the format uses: the same for one record wherever it is read again.
    func fingerprint() -> UInt64 {
        var hash = StableHash()
        for slot in slots { workspace.withBytes(of: slot) { hash.take($0) } }
        return hash.value
    }

    mutating func complain(_ kind: Complaint.Kind, about node: Program.Index, found: Slice) {
        guard complaint == nil else { return }
        complaint = Complaint(kind: kind, node: node, found: workspace.string(found.prefix(min(60, Int(field: found)))))
    }

    /// The slot whose field a text is a part of, if it is one as it stands.
    func slot(holding text: Slice) -> Int? {
        slots.firstIndex { !text.isEmpty && $0.start <= text.start && text.start + text.count <= $0.start + $0.count }
    }

    func slotValue(_ slot: Program.Index) -> Slice { slots[Int(slot)] }

    mutating func namedValue(_ index: Program.Index) -> Slice {
        let known = values[Int(index)]
        if known.count >= 0 { return known }
        let value = text(program.values[Int(index)].node)
        values[Int(index)] = value
        return value
    }

    mutating func namedTime(_ index: Program.Index) -> CallTime? {
        if timesKnown[Int(index)] { return times[Int(index)] }
        let value = time(program.times[Int(index)].node)
        timesKnown[Int(index)] = true
        times[Int(index)] = value
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

    func cleaned(_ field: Slice, in workspace: borrowing Workspace) -> Slice {
        var field = field
        if trims { field = workspace.trimmed(field) }
        guard nulls.count > 0, field.count < 16 else { return field }
        return workspace.withBytes(of: field) { nulls.find($0) } == nil ? field : .empty
    }
}

extension Workspace {
    func trimmed(_ slice: Slice) -> Slice {
        var slice = slice
        while slice.count > 0, self[Int(slice.start)].isASCIISpace { slice = slice.dropFirst(1) }
        while slice.count > 0, self[Int(slice.start + slice.count) - 1].isASCIISpace { slice.count -= 1 }
        return slice
    }
}
