// SPDX-License-Identifier: Apache-2.0

/// The parts of a ``Program`` that run for every record, and what is known of the record at hand, in memory that is read
/// without counting references and asking for bounds: a machine reads it hundreds of times for each record.
///
/// The compiler of the mapping language gives every index; none comes from a record.
final class MachineMemory {
    let texts: UnsafeMutablePointer<TextExpression>
    let conditions: UnsafeMutablePointer<ConditionExpression>
    let expressionsOfTimes: UnsafeMutablePointer<TimeExpression>
    let spans: UnsafeMutablePointer<SpanExpression>
    let children: UnsafeMutablePointer<Program.Index>
    let literals: UnsafeMutablePointer<Slice>
    let tables: UnsafeMutablePointer<FrozenTable>
    /// The expression of each named value, and that of each named time.
    let valueTexts: UnsafeMutablePointer<Program.Text>
    let momentTimes: UnsafeMutablePointer<Program.Time>

    let slots: UnsafeMutablePointer<Slice>
    let values: UnsafeMutablePointer<Slice>
    let times: UnsafeMutablePointer<NamedTime>

    let slotCount: Int
    let valueCount: Int
    let timeCount: Int
    private let frozen = FrozenTables()

    /// A time by its name, as far as it is worked out.
    struct NamedTime: BitwiseCopyable {
        var isKnown = false
        var isEmpty = false
        var epochSeconds: Int64 = 0
        var offsetSeconds: Int32 = 0
    }

    init(_ program: Program) {
        texts = Self.copy(program.texts)
        conditions = Self.copy(program.conditions)
        expressionsOfTimes = Self.copy(program.times)
        spans = Self.copy(program.spans)
        children = Self.copy(program.children)
        literals = Self.copy(program.literals)
        tables = Self.copy(program.tables.map { [frozen] in frozen.freeze($0) })
        valueTexts = Self.copy(program.namedTexts.map(\.text))
        momentTimes = Self.copy(program.namedTimes.map(\.time))
        slotCount = program.slots.count
        valueCount = program.namedTexts.count
        timeCount = program.namedTimes.count
        slots = Self.copy(Array(repeating: .empty, count: slotCount))
        values = Self.copy(Array(repeating: .unknown, count: valueCount))
        times = Self.copy(Array(repeating: NamedTime(), count: timeCount))
    }

    deinit {
        texts.deallocate()
        conditions.deallocate()
        expressionsOfTimes.deallocate()
        spans.deallocate()
        children.deallocate()
        literals.deallocate()
        tables.deallocate()
        valueTexts.deallocate()
        momentTimes.deallocate()
        slots.deallocate()
        values.deallocate()
        times.deallocate()
    }

    private static func copy<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
        elements.withUnsafeBufferPointer { if let base = $0.baseAddress { memory.update(from: base, count: $0.count) } }
        return memory
    }
}
