// SPDX-License-Identifier: Apache-2.0

/// One column of a table: its name, what it is given of a `Source`, and as what it is read.
struct Column<Source, Value: ReadableValue>: Sendable {
    let name: String
    let bind: @Sendable (Source, RowSlot) -> Void

    /// - Parameters:
    ///   - value: What of a source the column keeps.
    ///   - type: As what it is read.
    init<Bound: BindableValue>(
        _ name: String, _ value: @escaping @Sendable (Source) -> Bound, as type: Value.Type
    ) {
        self.name = name
        bind = { source, slot in value(source).bind(to: slot) }
    }

    /// A column that is read in the form in which it is written.
    init(_ name: String, _ value: @escaping @Sendable (Source) -> Value) where Value: ColumnValue {
        self.init(name, value, as: Value.self)
    }
}

/// Columns that are written from one value and read into another, always together and in this order.
struct ColumnGroup<Source, Result, each Value: ReadableValue>: Sendable {
    /// The names of the columns.
    let names: [String]
    private let binds: [@Sendable (Source, RowSlot) -> Void]
    private let make: @Sendable (repeat each Value) throws -> Result

    /// - Parameter make: Makes what was stored of the values of the columns.
    init(_ columns: repeat Column<Source, each Value>, make: @escaping @Sendable (repeat each Value) throws -> Result) {
        var names: [String] = []
        var binds: [@Sendable (Source, RowSlot) -> Void] = []
        for column in repeat each columns {
            names.append(column.name)
            binds.append(column.bind)
        }
        self.names = names
        self.binds = binds
        self.make = make
    }

    /// How many columns there are.
    var count: Int { names.count }

    /// Binds the columns to as many parameters from `first` on.
    func bind(_ source: Source, to slots: RowSlots, from first: Int) {
        for index in binds.indices { binds[index](source, slots[first + index]) }
    }

    /// Reads the columns of a row from `first` on.
    func read(_ row: RowCells, from first: Int) throws -> Result {
        var index = first
        func next() -> RowCell {
            defer { index += 1 }
            return row[index]
        }
        return try make(repeat try (each Value)(next()))
    }
}
