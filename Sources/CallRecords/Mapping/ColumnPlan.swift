// SPDX-License-Identifier: Apache-2.0

/// Which field of a record each column of a format is, for the layouts and headers met so far.
struct ColumnPlan {
    /// Where the slots of the program stand in a record.
    struct Columns {
        /// For each slot the field's number from 0, negative from the right, or `Int.min` where there is none.
        var places: [Int]
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

    /// Takes a record for a header if it is one.
    ///
    /// A header is a row of which at least half of the cells, and two, are words of the format.
    mutating func takesHeader(_ source: borrowing some FieldSource & ~Copyable) -> Bool {
        guard form.header != .none, source.withField(0, { words.find($0) ?? -1 }) ?? -1 >= 0 else { return false }
        var names: [String] = []
        var known = 0
        for index in 0..<source.fieldCount {
            var name = ""
            _ = source.withField(index) { bytes in
                if let word = words.find(bytes) {
                    known += 1
                    name = wordColumns[Int(word)]
                } else {
                    name = String(decoding: bytes, as: UTF8.self)
                }
            }
            names.append(name)
        }
        guard known >= 2, known * 2 >= names.count else { return false }
        header = columns(named: names)
        return true
    }

    /// The layouts that a record without a header may have, by its number of fields.
    func layouts(fitting count: Int) -> [Int] {
        form.layouts.indices.filter { form.layouts[$0].fields.contains(count) }
    }

    func layout(_ index: Int) -> Columns { layouts[index] }

    /// The columns of a layout for a record with more fields than it has: what is right of the surplus is counted from
    /// the right.
    func anchored(_ columns: Columns) -> Columns {
        guard let surplus = form.surplusColumn, let place = columns.names.firstIndex(of: surplus) else {
            return columns
        }
        var result = columns
        for index in result.places.indices where result.places[index] > place {
            result.places[index] -= columns.names.count
        }
        return result
    }

    private func columns(named names: [String]) -> Columns {
        let places = slots.map { slot -> Int in
            switch slot {
            case .name(let name): names.firstIndex(of: name) ?? Int.min
            case .number(let number): number > 0 ? number - 1 : number
            }
        }
        return Columns(places: places, names: names)
    }
}
