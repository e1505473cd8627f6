// SPDX-License-Identifier: Apache-2.0

private import Glibc

// Unsafe: every ``Slice`` is made by the arena or the compiler, and lies within the bytes that were appended.

/// A text of at most sixteen bytes.
struct ShortText: BitwiseCopyable, Equatable {
    fileprivate var first: UInt64
    fileprivate var second: UInt64
    fileprivate var count: Int32

    /// No text at all, not even the empty one.
    static let none = ShortText(first: 0, second: 0, count: -1)
}

/// What can be asked about the bytes of a ``RecordArena`` without changing them; valid until something is appended.
@safe struct ArenaBytes: BitwiseCopyable {
    fileprivate let base: UnsafeMutablePointer<UInt8>

    init(_ base: UnsafeMutablePointer<UInt8>) { unsafe self.base = unsafe base }

    /// The first byte, from which the places of slices are counted.
    var start: UnsafePointer<UInt8> { unsafe UnsafePointer(base) }

    @inline(__always)
    subscript(index: Int) -> UInt8 { unsafe base[index] }

    @inline(__always)
    func bytes(of slice: Slice) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: base + Int(slice.start), count: max(0, Int(slice.count)))
    }

    func string(_ slice: Slice) -> String { unsafe String(decoding: bytes(of: slice), as: UTF8.self) }

    /// Whether two texts have the same bytes.
    @inline(__always)
    func areSame(_ a: Slice, _ b: Slice) -> Bool {
        guard a.count == b.count else { return false }
        var (first, second, rest) = (Int(a.start), Int(b.start), Int(a.count))
        while rest > 0 {
            if (word(at: first) ^ word(at: second)) & Self.mask(rest) != 0 { return false }
            first &+= 8
            second &+= 8
            rest &-= 8
        }
        return true
    }

    /// Whether a text stands at a place, with ASCII capitals and small letters taken for the same.
    @inline(__always)
    func isEqual(_ wanted: Slice, at place: Int) -> Bool {
        // Capitals and small letters differ in one bit, and so do few other bytes: most texts are told apart at once.
        let difference = (word(at: Int(wanted.start)) ^ word(at: place)) & Self.mask(Int(wanted.count))
        if difference & ~ByteWord.caseBits != 0 { return false }
        var offset = 0
        while offset < Int(wanted.count) {
            let (a, b) = (self[Int(wanted.start) &+ offset], self[place &+ offset])
            guard a == b || a.asciiLowercased == b.asciiLowercased else { return false }
            offset &+= 1
        }
        return true
    }

    /// Where a byte first or last stands, counted from the beginning.
    @inline(__always)
    private func place(of byte: UInt8, from start: Int, count: Int, fromEnd: Bool) -> Int? {
        guard fromEnd else {
            guard let found = unsafe memchr(base + start, Int32(byte), count) else { return nil }
            return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base + start)
        }
        var end = count
        while end > 0 {
            let begin = max(0, end &- 8)
            // Fewer than eight are left at the beginning, and others stand behind them.
            if ByteWord(word(at: start &+ begin)).has(byte) {
                for place in stride(from: end &- 1, through: begin, by: -1) where self[start &+ place] == byte {
                    return place
                }
            }
            end = begin
        }
        return nil
    }

    /// Eight bytes from a place on; the arena has as many behind its last, whatever they are.
    @inline(__always)
    private func word(at place: Int) -> UInt64 {
        unsafe UInt64(littleEndian: UnsafeRawPointer(base + place).loadUnaligned(as: UInt64.self))
    }

    /// The bits of the first bytes of a word, of which at most eight are meant.
    @inline(__always)
    private static func mask(_ count: Int) -> UInt64 {
        count >= 8 ? .max : (1 &<< UInt64(truncatingIfNeeded: 8 &* count)) &- 1
    }

    /// A text of at most sixteen bytes as a value of its own; `nil` for a longer one.
    @inline(__always)
    func short(_ text: Slice) -> ShortText? {
        guard (0...16).contains(text.count) else { return nil }
        let start = Int(text.start)
        return ShortText(
            first: word(at: start) & Self.mask(Int(text.count)),
            second: text.count > 8 ? word(at: start &+ 8) & Self.mask(Int(text.count) &- 8) : 0, count: text.count)
    }

    /// Whether a text has ASCII capitals.
    func hasCapitals(_ text: Slice) -> Bool {
        var place = Int(text.start)
        var rest = Int(text.count)
        while rest > 0 {
            if ByteWord(word(at: place) & Self.mask(rest)).hasCapitals { return true }
            place &+= 8
            rest &-= 8
        }
        return false
    }

    /// Where a text first or last stands in another, counted from the beginning.
    func find(_ wanted: Slice, in text: Slice, fromEnd: Bool = false) -> Int? {
        let last = Int(text.count &- wanted.count)
        guard last >= 0 else { return nil }
        let first = self[Int(wanted.start)]
        let start = Int(text.start)
        // Separators are nearly always single bytes.
        if wanted.count == 1 { return place(of: first, from: start, count: last &+ 1, fromEnd: fromEnd) }
        if fromEnd {
            var place = last
            while place >= 0 {
                if self[start &+ place] == first, isEqual(wanted, at: start &+ place) { return place }
                place &-= 1
            }
        } else {
            var place = 0
            while place <= last {
                if self[start &+ place] == first, isEqual(wanted, at: start &+ place) { return place }
                place &+= 1
            }
        }
        return nil
    }

    /// Whether a text starts with another that is no longer.
    @inline(__always)
    func starts(_ literal: Slice, in input: Slice) -> Bool { isEqual(literal, at: Int(input.start)) }

    /// Whether a text ends with another that is no longer.
    @inline(__always)
    func ends(_ literal: Slice, in input: Slice) -> Bool {
        isEqual(literal, at: Int(input.start &+ input.count &- literal.count))
    }

    /// Whether a text contains another that is no longer.
    @inline(__always)
    func contains(_ literal: Slice, in input: Slice) -> Bool {
        let first = self[Int(literal.start)].asciiLowercased
        var place = Int(input.start)
        let last = place &+ Int(input.count &- literal.count)
        while place <= last {
            if self[place].asciiLowercased == first, isEqual(literal, at: place) { return true }
            place &+= 1
        }
        return false
    }

    /// A text that is neither a number nor a duration is above nothing; a duration counts in seconds.
    func isAbove(_ input: Slice, _ limit: Int32) -> Bool {
        var value: Int64 = 0
        guard !input.isEmpty else { return false }
        for index in input.range {
            let byte = self[index]
            guard byte.isASCIIDigit, value < 1_000_000_000_000 else {
                let milliseconds = unsafe DurationReading.milliseconds(
                    bytes(of: input), unitsPerSecond: 1, isWhole: true)
                return milliseconds.map { $0 / 1000 > Int64(limit) } ?? false
            }
            value = value * 10 + Int64(byte & 15)
        }
        return value > Int64(limit)
    }

    /// The digits before a point or the end.
    func wholeNumber(_ input: Slice) -> Int64? {
        var value: Int64 = 0
        guard !input.isEmpty, input.count <= 32 else { return nil }
        var index = Int(input.start)
        let end = index &+ Int(input.count)
        while index < end {
            let byte = self[index]
            if byte == UInt8(ascii: "."), index > Int(input.start) { break }
            guard byte.isASCIIDigit, value < 100_000_000_000_000_000 else { return nil }
            value = value &* 10 &+ Int64(byte & 15)
            index &+= 1
        }
        return value
    }

    /// The digits before a point or the end, if all bytes are digits but for one point after the first.
    func decimal(_ input: Slice) -> Int64? {
        guard !input.isEmpty, input.count <= 32 else { return nil }
        var value: Int64 = 0
        var index = Int(input.start)
        let end = index &+ Int(input.count)
        while index < end, self[index].isASCIIDigit {
            guard value < 100_000_000_000_000_000 else { return nil }
            value = value &* 10 &+ Int64(self[index] & 15)
            index &+= 1
        }
        if index == end { return value }
        guard self[index] == UInt8(ascii: "."), index > Int(input.start) else { return nil }
        index &+= 1
        while index < end, self[index].isASCIIDigit { index &+= 1 }
        return index == end ? value : nil
    }

    /// The digits at the beginning; 0 where there are none.
    func leadingNumber(_ slice: Slice) -> Int64 {
        var value: Int64 = 0
        for index in slice.range {
            let byte = self[index]
            guard byte.isASCIIDigit, value < 100_000_000_000_000_000 else { return value }
            value = value * 10 + Int64(byte & 15)
        }
        return value
    }

    func trimmed(_ slice: Slice) -> Slice {
        var slice = slice
        while slice.count > 0, self[Int(slice.start)].isASCIISpace { slice = slice.dropFirst(1) }
        while slice.count > 0, self[Int(slice.start + slice.count) - 1].isASCIISpace { slice.count -= 1 }
        return slice
    }

    /// A text without the byte order mark that a file brings along when it is appended to another.
    func withoutMark(_ slice: Slice) -> Slice {
        let start = Int(slice.start)
        guard slice.count >= 3, self[start] == 0xEF, self[start + 1] == 0xBB, self[start + 2] == 0xBF else {
            return slice
        }
        return slice.dropFirst(3)
    }

    /// A text without the bytes of a set at its ends.
    func stripped(_ text: Slice, of set: Slice) -> Slice {
        func isInSet(_ byte: UInt8) -> Bool { set.range.contains { self[$0] == byte } }
        var text = text
        while text.count > 0, isInSet(self[Int(text.start)]) { text = text.dropFirst(1) }
        while text.count > 0, isInSet(self[Int(text.start + text.count) - 1]) { text.count -= 1 }
        return text
    }

    /// A name or number of at most 64 bytes; `nil` for an empty text and for one with unreadable characters.
    ///
    /// - Parameter hasPlainDigits: Whether a number in digits of another script is written in those of ASCII.
    func name(_ slice: Slice, hasPlainDigits: Bool = false) -> String? {
        switch kind(ofName: slice) {
        case .none: return nil
        case .plain: return string(slice)
        case .other: break
        }
        guard let name = unsafe String(validating: bytes(of: slice), as: UTF8.self), hasPlainDigits else {
            return unsafe String(validating: bytes(of: slice), as: UTF8.self)
        }
        let plain = NumberText.plain(name).trimming()
        return NumberText.dialled(plain) == nil ? name : plain
    }

    /// What a text is as a name.
    enum NameKind {
        /// Empty, too long, or with control characters.
        case none
        /// Of ASCII, so that it is a name as it stands.
        case plain
        case other
    }

    func kind(ofName slice: Slice) -> NameKind {
        guard slice.count > 0, slice.count <= 64 else { return .none }
        var all: UInt8 = 0
        for index in slice.range {
            let byte = self[index]
            guard byte >= 0x20, byte != 0x7F else { return .none }
            all |= byte
        }
        return all < 0x80 ? .plain : .other
    }

    /// Whether a text is a remark as it stands; see ``remark(_:)``.
    func isRemark(_ slice: Slice) -> Bool {
        guard slice.count > 0, slice.count <= 255 else { return false }
        for index in slice.range {
            let byte = self[index]
            guard byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "$") else { return false }
        }
        return true
    }

    /// Text as the portal takes it: valid, without `$` and control characters, at most 255 characters.
    func remark(_ slice: Slice) -> String? {
        guard !slice.isEmpty else { return nil }
        if isRemark(slice) { return string(slice) }
        let text = string(slice.prefix(min(2000, Int(slice.count))))
        let kept = text.unicodeScalars.filter {
            $0 != "$" && $0.properties.generalCategory != .control && $0.value <= 0xFFFF
        }
        let result = String(String.UnicodeScalarView(kept.prefix(255)))
        return result.isEmpty ? nil : result
    }
}
