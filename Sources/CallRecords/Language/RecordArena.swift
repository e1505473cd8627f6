// SPDX-License-Identifier: Apache-2.0

// Unsafe: the memory is the arena's own, and room is made before anything is appended.

/// The bytes of one record while it is being mapped: the literals of the program, the record, and what is made of it.
///
/// Everything is a ``Slice`` of one buffer that is used again for the next record, so that mapping a record allocates
/// nothing for its intermediate values. Slices are made here and by the compiler only, so they are not checked again.
@safe struct RecordArena {
    @safe private final class Memory {
        let base: UnsafeMutablePointer<UInt8>
        let capacity: Int

        /// So many bytes behind the last one may be looked at, whatever they are.
        private static let margin = 16

        init(capacity: Int) {
            unsafe base = .allocate(capacity: capacity + Self.margin)
            self.capacity = capacity
        }

        deinit { unsafe base.deallocate() }
    }

    private var memory: Memory
    private var base: UnsafeMutablePointer<UInt8> {
        didSet { contents = unsafe ArenaBytes(base) }
    }
    /// The bytes, to be looked at.
    private(set) var contents: ArenaBytes
    private var capacity: Int
    private let literalCount: Int
    private var count: Int

    init(literals: [UInt8]) {
        literalCount = literals.count
        count = literals.count
        memory = Memory(capacity: literals.count + 4096)
        unsafe base = unsafe memory.base
        contents = unsafe ArenaBytes(memory.base)
        capacity = memory.capacity
        for (index, byte) in literals.enumerated() { unsafe base[index] = byte }
    }

    /// Forgets everything but the literals.
    mutating func reset() {
        count = literalCount
        // A copy of the arena goes on with memory of its own.
        if !isKnownUniquelyReferenced(&memory) { move(to: capacity) }
    }

    @inline(__always)
    mutating func append(_ added: UnsafeRawBufferPointer) -> Slice {
        let start = count
        makeRoom(added.count)
        if let source = added.baseAddress {
            unsafe UnsafeMutableRawPointer(base + start).copyMemory(from: source, byteCount: added.count)
        }
        count += added.count
        return Slice(start: Int32(truncatingIfNeeded: start), count: Int32(truncatingIfNeeded: added.count))
    }

    /// Appends what `fill` writes, and tells how much that was.
    @inline(__always)
    mutating func append(atMost length: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Int) -> Slice {
        let start = count
        makeRoom(length)
        unsafe count += fill(UnsafeMutableRawBufferPointer(start: base + start, count: length))
        return Slice(start: Int32(truncatingIfNeeded: start), count: Int32(truncatingIfNeeded: count - start))
    }

    mutating func append(_ text: String) -> Slice {
        var text = text
        return text.withUTF8 { unsafe append(UnsafeRawBufferPointer($0)) }
    }

    mutating func append(_ bytes: [UInt8]) -> Slice { unsafe bytes.withUnsafeBytes { unsafe append($0) } }

    /// Appends a copy of what stands elsewhere in the arena.
    @inline(__always)
    mutating func append(copyOf slice: Slice) -> Slice {
        let start = count
        makeRoom(Int(slice.count))
        unsafe (base + start).update(from: base + Int(slice.start), count: max(0, Int(slice.count)))
        count += max(0, Int(slice.count))
        return Slice(start: Int32(truncatingIfNeeded: start), count: slice.count)
    }

    @inline(__always)
    mutating func append(byte: UInt8) {
        makeRoom(1)
        unsafe base[count] = byte
        count += 1
    }

    /// A name as ``ArenaBytes/name(_:hasPlainDigits:)`` has it; ``Slice/unknown`` for none.
    mutating func name(_ slice: Slice, hasPlainDigits: Bool) -> Slice {
        switch contents.kind(ofName: slice) {
        case .none: .unknown
        case .plain: slice
        case .other: contents.name(slice, hasPlainDigits: hasPlainDigits).map { append($0) } ?? .unknown
        }
    }

    /// A text as ``ArenaBytes/remark(_:)`` has it; ``Slice/unknown`` for none.
    mutating func remark(_ slice: Slice) -> Slice {
        if contents.isRemark(slice) { return slice }
        return contents.remark(slice).map { append($0) } ?? .unknown
    }

    /// Appends the key of a call; ``Slice/unknown`` for an id that is empty.
    mutating func append(keyOf id: Slice, start time: CallTime?, by keys: CallKey) -> Slice {
        guard !id.isEmpty else { return .unknown }
        makeRoom(CallKey.maximumLength)
        let start = count
        let room = unsafe UnsafeMutableRawBufferPointer(start: base + start, count: capacity - start)
        unsafe count += keys.write(id: bytes(of: id), start: time, to: room)
        return Slice(start: Int32(truncatingIfNeeded: start), count: Int32(truncatingIfNeeded: count - start))
    }

    /// A part of what was appended first.
    @inline(__always)
    func recordSlice(from start: Int, count: Int) -> Slice {
        Slice(
            start: Int32(truncatingIfNeeded: literalCount &+ start), count: Int32(truncatingIfNeeded: count))
    }

    /// Appends a number as it is spelt.
    mutating func append(_ spelling: Dialling.Spelling, of slice: Slice) -> Slice {
        makeRoom(Dialling.Spelling.mostBytes)
        let start = count
        let room = unsafe UnsafeMutableRawBufferPointer(start: base + start, count: capacity - start)
        unsafe count += spelling.write(bytes(of: slice), to: room)
        return Slice(start: Int32(truncatingIfNeeded: start), count: Int32(truncatingIfNeeded: count - start))
    }

    /// Where the next byte will stand.
    var end: Int32 { Int32(truncatingIfNeeded: count) }

    @inline(__always)
    subscript(index: Int) -> UInt8 { contents[index] }

    /// The bytes of a slice; valid until something is appended.
    @inline(__always)
    func bytes(of slice: Slice) -> UnsafeRawBufferPointer { unsafe contents.bytes(of: slice) }

    @inline(__always)
    func withBytes<Result>(of slice: Slice, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe body(bytes(of: slice))
    }

    func string(_ slice: Slice) -> String { contents.string(slice) }

    /// A field may be as long as a record.
    @inline(__always)
    private mutating func makeRoom(_ added: Int) {
        if count &+ added > capacity { move(to: capacity + max(added, capacity)) }
    }

    @inline(never)
    private mutating func move(to newCapacity: Int) {
        let larger = Memory(capacity: newCapacity)
        unsafe larger.base.update(from: base, count: count)
        memory = larger
        unsafe base = unsafe larger.base
        capacity = larger.capacity
    }
}
