// SPDX-License-Identifier: Apache-2.0

// Unsafe: the words of a header are looked at while the arena keeps them; nothing is appended meanwhile.

/// Which field of a record each column of a format is, for the layouts and headers met so far.
struct ColumnPlan {
    /// Where the slots of the program stand in a record.
    struct Columns {
        /// The fields of the slots.
        var places: SlotPlaces
        /// The names of the columns from the left.
        var names: [String]
    }

    private let form: FileForm
    private let slots: [ColumnReference]
    private var words = ByteTable(isCaseless: true)
    private let wordColumns: [String]
    private var layouts: [Columns] = []
    /// What the last header said, if there was one.
    private(set) var header: Columns?
    /// The columns that the format needs and the last header lacks.
    private(set) var missing: [String] = []

    init(form: FileForm, slots: [ColumnReference]) {
        self.form = form
        self.slots = slots
        var wordColumns: [String] = []
        for (word, column) in form.columns.map({ ($0, $0) }) + form.aliases.map({ ($0.word, $0.column) }) {
            words.insert(word, value: Int32(wordColumns.count))
            wordColumns.append(column)
        }
        self.wordColumns = wordColumns
        layouts = form.layouts.map { columns(named: $0.columns) }
    }

    /// Takes a record, which was begun in the arena, for a header if it is one.
    ///
    /// A header is a row of which at least half of the cells, and two, are words of the format.
    mutating func takesHeader(
        _ source: borrowing some FieldSource & ~Copyable, arena: inout RecordArena
    ) -> Bool {
        guard form.header != .none else { return false }
        guard let first = source.appendField(0, to: &arena), word(first, in: arena) != nil else { return false }
        var names: [String] = []
        var known = 0
        for index in 0..<source.fieldCount {
            let cell = source.appendField(index, to: &arena) ?? .empty
            let column = word(cell, in: arena)
            if column != nil { known += 1 }
            names.append(column ?? arena.string(cell))
        }
        guard known >= 2, known * 2 >= names.count else { return false }
        header = columns(named: names)
        missing = form.neededColumns.filter { !names.contains($0) }
        return true
    }

    /// The words by which a header can name a column, for messages.
    func words(for column: String) -> [String] {
        [column] + form.aliases.filter { $0.column == column }.map(\.word)
    }

    private func word(_ cell: Slice, in arena: borrowing RecordArena) -> String? {
        unsafe arena.withBytes(of: arena.contents.trimmed(arena.contents.withoutMark(cell))) { unsafe words.find($0) }
            .map { wordColumns[Int($0)] }
    }

    /// The layouts that a record without a header may have, by its number of fields.
    func layouts(fitting count: Int) -> [Int] { layoutIndices.filter { fits(count, layout: $0) } }

    var layoutIndices: Range<Int> { layouts.indices }

    func fits(_ count: Int, layout index: Int) -> Bool { form.layouts[index].fields.contains(count) }

    func layout(_ index: Int) -> Columns { layouts[index] }

    /// The columns of a layout for a record with more fields than it has: what is right of the surplus is counted from
    /// the right.
    func anchored(_ columns: Columns) -> Columns {
        guard let surplus = form.surplusColumn, let place = columns.names.firstIndex(of: surplus) else {
            return columns
        }
        let places = columns.places.fields.map { $0 > place ? $0 - columns.names.count : $0 }
        return Columns(places: SlotPlaces(places), names: columns.names)
    }

    private func columns(named names: [String]) -> Columns {
        let places = slots.map { slot -> Int in
            switch slot {
            case .name(let name): names.firstIndex(of: name) ?? Int.min
            case .number(let number): number > 0 ? number - 1 : number
            }
        }
        return Columns(places: SlotPlaces(places), names: names)
    }
}
