// SPDX-License-Identifier: Apache-2.0

/// The expressions of a format in a flat form that is quick to run: nodes name each other by index.
///
/// What `a`, `b` and `c` of a node mean stands beside each operation.
struct Program: Sendable {
    typealias Index = Int32

    enum Operation: UInt8, Sendable {
        // Texts.
        case column  // a: slot
        case literal  // a: literal
        case value  // a: named value
        case firstFilled  // a: first child, b: number of children
        case join  // a: first child, b: number of children
        case after, afterLast, before, beforeLast  // a: text, b: literal
        case part  // a: text, b: literal, c: number, from 1, or from the end when negative
        case strip  // a: text, b: literal whose bytes are dropped from both ends
        case trim, lowercase, digits, decodePercent  // a: text
        case lowBits  // a: text, b: mask, c: from which value on
        case fromHexadecimal  // a: text, b: 1 when the lowest byte comes first
        case lookUp  // a: text, b: table of literals, c: node for a text that is not there, or -1 for the text itself
        case select  // a: text, b: table of nodes, c: node for a text that is not there
        case capture  // a: text, b: pattern
        case replace  // a: text, b: pattern, c: literal
        case firstCase  // a: first child, b: number of children: condition, text, condition, text, …
        case yesIf  // a: condition
        // Conditions.
        case always
        case all, any  // a: first child, b: number of children
        case not  // a: condition
        case isOneOf  // a: text, b: table
        case starts, ends, contains  // a: text, b: first literal among the children, c: number of them
        case matches  // a: text, b: pattern
        case isEmpty  // a: text
        case isSame  // a: text, b: text
        case lengthIs  // a: text, b: least, c: most
        case isAbove  // a: text, b: number
        case isExtension, isTrunk, isNamedTrunk, isPhone, isHidden, isOwn  // a: text
        // Times, as instants.
        case parseTime  // a: text, b: clock, c: text with the epoch seconds that the time is near to, or -1
        case parseEpoch  // a: text, b: units in a second
        case namedTime  // a: time
        case shiftTime  // a: time, b: duration, c: 1 or -1
        case firstTime  // a: first child, b: number of children
        // Durations, in milliseconds.
        case parseDuration  // a: text, b: units in a second, c: 1 when there are no fractions of three digits
        case between  // a: time, b: time
        case sum  // a: duration, b: duration, c: 1 or -1
        case firstDuration  // a: first child, b: number of children
    }

    struct Node: Sendable {
        var operation: Operation
        var a: Index = 0
        var b: Index = 0
        var c: Index = 0
    }

    /// A value that other expressions call by its name; it may only use those before it.
    struct NamedText: Sendable {
        var name: String
        var node: Index
    }

    /// A text pattern of dates and the clock that it was read from.
    struct Clock: Sendable {
        var patterns: [TimePattern]
        /// Whether the time is UTC whatever the zone of the file.
        var isUTC: Bool
    }

    var nodes: [Node] = []
    var children: [Index] = []
    /// All literals, one after the other; slices of it are valid slices of a record's arena.
    var literalBytes: [UInt8] = []
    var literals: [Slice] = []
    var tables: [ByteTable] = []
    var patterns: [String] = []
    var clocks: [Clock] = []
    var slots: [ColumnReference] = []
    var values: [NamedText] = []
    var times: [NamedText] = []
}

/// Where a value stands in the arena of a record.
struct Slice: Sendable, Equatable {
    var start: Int32 = 0
    var count: Int32 = 0

    static let empty = Slice()
    /// Marks what has not been worked out yet.
    static let unknown = Slice(start: 0, count: -1)

    var isEmpty: Bool { count <= 0 }
    var range: Range<Int> { Int(start)..<Int(start + count) }

    func dropFirst(_ number: Int) -> Slice { Slice(start: start + Int32(number), count: count - Int32(number)) }
    func prefix(_ number: Int) -> Slice { Slice(start: start, count: Int32(number)) }
}

/// A column as an expression names it.
enum ColumnReference: Sendable, Hashable {
    case name(String)
    /// From 1, or from the right when negative.
    case number(Int)
}
