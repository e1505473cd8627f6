// SPDX-License-Identifier: Apache-2.0

// Unsafe: who makes a writer gives it as much room as `mostBytes(of:)` says for all that is written.

/// Writes the small values of a leg as bytes: integers in as few bytes as they need, texts with their length before.
///
/// The room has to be large enough for all that is written: who makes it asks for ``mostBytes(of:)``.
@safe struct ByteWriter {
    private let room: UnsafeMutablePointer<UInt8>
    /// How many bytes were written.
    private(set) var count = 0

    /// The most bytes that an integer takes, as a length before a text too.
    static let mostIntegerBytes = 10

    /// No fewer bytes than a text takes, its length included.
    static func mostBytes(of text: String) -> Int { text.utf8.count + mostIntegerBytes }

    init(_ room: UnsafeMutablePointer<UInt8>) { unsafe self.room = unsafe room }

    @inline(__always)
    mutating func byte(_ value: UInt8) {
        unsafe room[count] = value
        count &+= 1
    }

    @inline(__always)
    mutating func unsigned(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        byte(UInt8(truncatingIfNeeded: rest))
    }

    /// Small negative numbers take as few bytes as small positive ones.
    @inline(__always)
    mutating func signed(_ value: Int64) {
        unsigned(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    mutating func text(_ value: String) {
        var value = value
        value.withUTF8 { text in
            unsigned(UInt64(text.count))
            if let base = text.baseAddress { unsafe (room + count).update(from: base, count: text.count) }
            count &+= text.count
        }
    }

    /// Writes a text with its length before; nothing for one that is not there.
    ///
    /// - Returns: Where the text stands among what was written.
    @inline(__always)
    mutating func text(_ value: UnsafeRawBufferPointer?) -> Slice {
        guard let value = unsafe value else { return .unknown }
        unsigned(UInt64(value.count))
        return unsafe bytes(value)
    }

    /// Writes bytes as they are.
    ///
    /// - Returns: Where they stand among what was written.
    @inline(__always)
    mutating func bytes(_ value: UnsafeRawBufferPointer?) -> Slice {
        guard let value = unsafe value, let base = value.baseAddress else {
            return Slice(start: Int32(truncatingIfNeeded: count), count: 0)
        }
        let place = Slice(
            start: Int32(truncatingIfNeeded: count), count: Int32(truncatingIfNeeded: value.count))
        unsafe UnsafeMutableRawPointer(room + count).copyMemory(from: base, byteCount: value.count)
        count &+= value.count
        return place
    }

    /// Texts with their number before, in the form that ``ByteReader/list()`` reads.
    static func list(_ texts: [String]) -> [UInt8] {
        let most = texts.reduce(mostIntegerBytes) { $0 + mostBytes(of: $1) }
        return unsafe [UInt8](unsafeUninitializedCapacity: most) { room, count in
            guard let base = room.baseAddress else { return }
            var writer = unsafe ByteWriter(base)
            writer.unsigned(UInt64(texts.count))
            for text in texts { writer.text(text) }
            count = writer.count
        }
    }

    /// A writer for what comes next with its length before; ``take(_:)`` follows when it has written.
    func block() -> ByteWriter { unsafe ByteWriter(room + count + 1) }

    /// Puts the length before what a writer made by ``block()`` has written.
    mutating func take(_ inner: ByteWriter) {
        // Nearly always the length takes one byte; if not, what was written moves on.
        let length = inner.count
        if length >= 0x80 {
            var size = unsafe ByteWriter(inner.room + length)
            size.unsigned(UInt64(length))
            let more = size.count
            unsafe (room + count + more).update(from: inner.room, count: length)
        }
        unsigned(UInt64(length))
        count &+= length
    }
}

/// Reads what ``ByteWriter`` wrote; every read gives `nil` for bytes that are not of that form.
///
/// Who makes it keeps the bytes meanwhile.
@safe struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = unsafe bytes }

    var isAtEnd: Bool { unsafe position == bytes.count }

    /// How many bytes are left, which bounds every count that the bytes may claim.
    var remaining: Int { unsafe bytes.count - position }

    mutating func byte() -> UInt8? {
        guard unsafe position < bytes.count else { return nil }
        defer { position += 1 }
        return unsafe bytes[position]
    }

    mutating func unsigned() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let next = byte() {
            let part = UInt64(next & 0x7F)
            guard shift < 63 || (shift == 63 && part <= 1) else { return nil }
            value |= part << shift
            if next < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    mutating func signed() -> Int64? {
        guard let value = unsigned() else { return nil }
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func text() -> String? {
        guard let block = unsafe block() else { return nil }
        // Nearly all texts are ASCII, which is seen in less time than a validation takes.
        var all: UInt8 = 0
        for index in 0..<block.count { unsafe all |= block[index] }
        return all < 0x80
            ? unsafe String(decoding: block, as: UTF8.self) : unsafe String(validating: block, as: UTF8.self)
    }

    /// Texts with their number before.
    mutating func list() -> [String]? {
        guard let count = unsigned(), count <= UInt64(remaining) else { return nil }
        var texts: [String] = []
        for _ in 0..<count {
            guard let text = text() else { return nil }
            texts.append(text)
        }
        return texts
    }

    mutating func block() -> UnsafeRawBufferPointer? {
        guard let count = unsigned(), count <= UInt64(remaining) else { return nil }
        let end = position + Int(count)
        defer { position = end }
        return unsafe UnsafeRawBufferPointer(rebasing: bytes[position..<end])
    }
}
