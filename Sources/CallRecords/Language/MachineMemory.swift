// SPDX-License-Identifier: Apache-2.0

// Unsafe: the memory is the machine's own and lives as long; the compiler of the mapping language gives every index.

/// The parts of a ``Program`` that run for every record, and what is known of the record at hand, in memory that is read
/// without counting references and asking for bounds: a machine reads it hundreds of times for each record.
///
/// The compiler of the mapping language gives every index; none comes from a record.
@safe final class MachineMemory {
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
        unsafe texts = unsafe Self.copy(program.texts)
        unsafe conditions = unsafe Self.copy(program.conditions)
        unsafe expressionsOfTimes = unsafe Self.copy(program.times)
        unsafe spans = unsafe Self.copy(program.spans)
        unsafe children = unsafe Self.copy(program.children)
        unsafe literals = unsafe Self.copy(program.literals)
        unsafe tables = unsafe Self.copy(program.tables.map { [frozen] in frozen.freeze($0) })
        unsafe valueTexts = unsafe Self.copy(program.namedTexts.map(\.text))
        unsafe momentTimes = unsafe Self.copy(program.namedTimes.map(\.time))
        slotCount = program.slots.count
        valueCount = program.namedTexts.count
        timeCount = program.namedTimes.count
        unsafe slots = unsafe Self.copy(Array(repeating: .empty, count: slotCount))
        unsafe values = unsafe Self.copy(Array(repeating: .unknown, count: valueCount))
        unsafe times = unsafe Self.copy(Array(repeating: NamedTime(), count: timeCount))
    }

    deinit {
        unsafe texts.deallocate()
        unsafe conditions.deallocate()
        unsafe expressionsOfTimes.deallocate()
        unsafe spans.deallocate()
        unsafe children.deallocate()
        unsafe literals.deallocate()
        unsafe tables.deallocate()
        unsafe valueTexts.deallocate()
        unsafe momentTimes.deallocate()
        unsafe slots.deallocate()
        unsafe values.deallocate()
        unsafe times.deallocate()
    }

    /// A hash over all fields that the format uses: the same for one record wherever it is read again.
    ///
    /// - Parameters:
    ///   - count: How many slots count, from the first.
    ///   - bytes: Where the fields are.
    func fingerprint(slots count: Int, in bytes: ArenaBytes) -> UInt64 {
        var hash = StableHash()
        for slot in 0..<count { unsafe hash.take(padded: bytes.bytes(of: slots[slot])) }
        return hash.value
    }

    private static func copy<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
        unsafe elements.withUnsafeBufferPointer {
            if let base = $0.baseAddress { unsafe memory.update(from: base, count: $0.count) }
        }
        return unsafe memory
    }
}
