// SPDX-License-Identifier: Apache-2.0

/// The bytes of one record while it is being mapped: the literals of the program, the fields that it uses, and what is
/// made of them.
///
/// Everything is a ``Slice`` of one buffer that is used again for the next record, so that mapping a record allocates
/// nothing for its intermediate values.
struct Workspace {
    private var bytes: [UInt8]
    private let literalCount: Int
    private var count: Int

    init(literals: [UInt8]) {
        literalCount = literals.count
        count = literals.count
        bytes = literals + Array(repeating: 0, count: 4096)
    }

    /// Forgets everything but the literals.
    mutating func reset() { count = literalCount }

    mutating func append(_ added: UnsafeRawBufferPointer) -> Slice {
        let start = count
        makeRoom(added.count)
        bytes.withUnsafeMutableBytes { $0.baseAddress.map { ($0 + start).copyOptionally(from: added) } }
        count += added.count
        return Slice(start: Int32(start), count: Int32(added.count))
    }

    /// Appends what `fill` writes, and tells how much that was.
    @inline(__always)
    mutating func append(atMost length: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Int) -> Slice {
        let start = count
        makeRoom(length)
        bytes.withUnsafeMutableBytes { all in
            count += fill(UnsafeMutableRawBufferPointer(rebasing: all[start..<start + length]))
        }
        return Slice(start: Int32(start), count: Int32(count - start))
    }

    mutating func append(_ text: String) -> Slice {
        var text = text
        return text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Appends a copy of what stands elsewhere in the workspace.
    mutating func append(copyOf slice: Slice) -> Slice {
        let start = count
        makeRoom(Int(slice.count))
        for index in slice.range {
            bytes[count] = bytes[index]
            count += 1
        }
        return Slice(start: Int32(start), count: slice.count)
    }

    mutating func append(byte: UInt8) {
        makeRoom(1)
        bytes[count] = byte
        count += 1
    }

    /// Where the next byte will stand.
    var end: Int32 { Int32(count) }

    subscript(index: Int) -> UInt8 { bytes[index] }

    @inline(__always)
    func withBytes<Result>(of slice: Slice, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeBytes { all in
            body(
                slice.isEmpty
                    ? UnsafeRawBufferPointer(rebasing: all[0..<0]) : UnsafeRawBufferPointer(rebasing: all[slice.range]))
        }
    }

    /// Whether two texts have the same bytes.
    func areSame(_ a: Slice, _ b: Slice) -> Bool {
        a.count == b.count && withBytes(of: a) { first in withBytes(of: b) { second in first.elementsEqual(second) } }
    }

    func string(_ slice: Slice) -> String {
        withBytes(of: slice) { String(decoding: $0, as: UTF8.self) }
    }

    /// Bytes are copied field by field, and a field may be as long as a record.
    private mutating func makeRoom(_ added: Int) {
        guard count + added > bytes.count else { return }
        bytes.append(contentsOf: repeatElement(0, count: max(added, bytes.count)))
    }
}

extension UnsafeMutableRawPointer {
    fileprivate func copyOptionally(from source: UnsafeRawBufferPointer) {
        if let base = source.baseAddress { copyMemory(from: base, byteCount: source.count) }
    }
}
