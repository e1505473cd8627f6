// SPDX-License-Identifier: Apache-2.0

/// The expressions of a format in a flat form that is quick to run: they name each other by their place.
///
/// Each kind of expression has a type and a list of its own, so that a text cannot stand where a condition is expected.
struct Program: Sendable {
    typealias Index = Int32

    /// Where something stands in the list of its kind.
    struct Place<Kind>: BitwiseCopyable, Sendable, Hashable {
        let index: Index
    }

    typealias Text = Place<TextExpression>
    typealias Condition = Place<ConditionExpression>
    typealias Time = Place<TimeExpression>
    typealias Span = Place<SpanExpression>
    /// A column that the program reads.
    typealias Slot = Place<ColumnReference>
    typealias Literal = Place<Slice>
    typealias Value = Place<NamedText>
    typealias Moment = Place<NamedTime>
    /// A table of words: by itself, with a literal for each, or with a text for each.
    typealias Words = Place<ByteTable>
    typealias Replacements = Place<(ByteTable, Literal)>
    typealias Choices = Place<(ByteTable, Text)>
    typealias Pattern = Place<PatternMatcher>
    typealias ClockPlace = Place<Clock>

    /// Members of one kind that stand one after the other in ``children``.
    struct Several<Kind>: BitwiseCopyable, Sendable {
        let first: Index
        let count: Index

        /// Where they stand.
        var places: Range<Index> { first..<first + count }
    }

    /// The first text whose condition holds: condition, text, condition, text, ….
    enum Case {}

    /// What is left of a text that is cut at a separator: kind, literal, kind, literal, …, one cut after the other.
    enum Cut: Index {
        /// What stands behind the first separator; nothing without one.
        case after = 0
        /// What stands behind the last separator; nothing without one.
        case afterLast = 1
        /// What stands before the first separator; all without one.
        case before = 2
        /// What stands before the last separator; all without one.
        case beforeLast = 3
    }

    /// A value that other expressions call by its name; it may only use those before it.
    struct NamedText: Sendable {
        var name: String
        var text: Text
    }

    /// A time that others call by its name; it may only use those before it.
    struct NamedTime: Sendable {
        var name: String
        var time: Time
    }

    /// A text pattern of dates and the clock that it was read from.
    struct Clock: Sendable {
        var patterns: [TimePattern]
        /// Whether the time is UTC whatever the zone of the file.
        var isUTC: Bool
    }

    /// Any expression, for messages about it.
    enum Rule: Sendable {
        /// One that gives a text.
        case text(Text)
        /// One that holds or does not.
        case condition(Condition)
        /// One that gives an instant.
        case time(Time)
        /// One that gives a duration.
        case span(Span)
    }

    var texts: [TextExpression] = []
    var conditions: [ConditionExpression] = []
    var times: [TimeExpression] = []
    var spans: [SpanExpression] = []
    /// The members of all ``Several``; what kind they are is known to those only.
    var children: [Index] = []
    /// All literals, one after the other; slices of it are valid slices of a record's arena.
    var literalBytes: [UInt8] = []
    var literals: [Slice] = []
    var tables: [ByteTable] = []
    var patterns: [String] = []
    var clocks: [Clock] = []
    var slots: [ColumnReference] = []
    var namedTexts: [NamedText] = []
    var namedTimes: [NamedTime] = []
    /// What a condition gives as a text if it holds.
    var yes = Literal(index: 0)

    /// The expression that a name stands for.
    func expression(_ moment: Moment) -> Time { namedTimes[Int(moment.index)].time }
}

/// An expression that gives a text.
enum TextExpression: BitwiseCopyable, Sendable {
    case column(Program.Slot)
    case literal(Program.Literal)
    case value(Program.Value)
    case firstFilled(Program.Several<Program.Text>)
    case join(Program.Several<Program.Text>)
    case cut(Program.Text, Program.Several<Program.Cut>)
    /// The number is from 1, or from the end when negative.
    case part(Program.Text, Program.Literal, number: Int32)
    /// The bytes of the literal are dropped from both ends.
    case strip(Program.Text, Program.Literal)
    case trim(Program.Text)
    case lowercase(Program.Text)
    case digits(Program.Text)
    case decodePercent(Program.Text)
    case lowBits(Program.Text, mask: Int32, least: Int32)
    case fromHexadecimal(Program.Text, isLowestFirst: Bool)
    /// Without `otherwise` a text that is not there stands for itself.
    case lookUp(Program.Text, Program.Replacements, otherwise: Program.Text?)
    case select(Program.Text, Program.Choices, otherwise: Program.Text)
    case capture(Program.Text, Program.Pattern)
    case replace(Program.Text, Program.Pattern, with: Program.Literal)
    case firstCase(Program.Several<Program.Case>)
    case yesIf(Program.Condition)
}

/// An expression that holds for a record or does not.
enum ConditionExpression: BitwiseCopyable, Sendable {
    case always
    case all(Program.Several<Program.Condition>)
    case any(Program.Several<Program.Condition>)
    case not(Program.Condition)
    case isOneOf(Program.Text, Program.Words)
    case starts(Program.Text, Program.Several<Program.Literal>)
    case ends(Program.Text, Program.Several<Program.Literal>)
    case contains(Program.Text, Program.Several<Program.Literal>)
    case matches(Program.Text, Program.Pattern)
    case isEmpty(Program.Text)
    case isSame(Program.Text, Program.Text)
    case lengthIs(Program.Text, least: Int32, most: Int32)
    case isAbove(Program.Text, Int32)
    case isExtension(Program.Text)
    case isTrunk(Program.Text)
    case isNamedTrunk(Program.Text)
    case isPhone(Program.Text)
    case isHidden(Program.Text)
    case isOwn(Program.Text)
}

/// An expression that gives an instant.
enum TimeExpression: BitwiseCopyable, Sendable {
    /// Reads a text by the patterns of a clock; `near` gives the epoch seconds that the time is near to.
    case parse(Program.Text, Program.ClockPlace, near: Program.Text?)
    case parseEpoch(Program.Text, unitsPerSecond: Int32)
    case named(Program.Moment)
    /// The sign is 1 or -1.
    case shift(Program.Time, Program.Span, sign: Int32)
    case first(Program.Several<Program.Time>)
}

/// An expression that gives a duration, in milliseconds.
enum SpanExpression: BitwiseCopyable, Sendable {
    /// A whole number has no fractions of three digits.
    case parse(Program.Text, unitsPerSecond: Int32, isWhole: Bool)
    case between(Program.Time, Program.Time)
    /// The sign of the second is 1 or -1.
    case sum(Program.Span, Program.Span, sign: Int32)
    case first(Program.Several<Program.Span>)
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
