// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

// Unsafe: iconv is given the room that the buffers have, and says how much of it was used.

/// Converts bytes of an encoding to UTF-8, a part at a time.
///
/// What is no character in the encoding becomes the replacement character.
@safe struct Transcoder: ~Copyable {
    private let converter: iconv_t
    private let unitLength: Int
    private let input = GrowingBuffer<UInt8>(capacity: Transcoder.capacity)
    /// The bytes in the input that are not converted yet.
    private var waiting = 0..<0
    /// The bytes in the input that the text converted last was made of; valid until more are taken in.
    private(set) var converted = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    private let output = GrowingBuffer<UInt8>(capacity: Transcoder.capacity * 3)
    private var produced = 0

    private static let capacity = 1 << 16
    private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    /// Nil if the system does not know the encoding.
    init?(from encoding: TextEncoding) {
        guard let converter = unsafe iconv_open("UTF-8", encoding.rawValue.uppercased()),
            Int(bitPattern: converter) != -1
        else { return nil }
        unsafe self.converter = unsafe converter
        unitLength = encoding.unitLength
    }

    deinit { unsafe iconv_close(converter) }

    /// Takes in bytes as far as there is room, and returns how many.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        unsafe input.pointer.update(from: input.pointer + waiting.lowerBound, count: waiting.count)
        let count = min(bytes.count, input.capacity - waiting.count)
        if let source = bytes.baseAddress, count > 0 {
            unsafe UnsafeMutableRawPointer(input.pointer + waiting.count).copyMemory(from: source, byteCount: count)
        }
        waiting = 0..<waiting.count + count
        return count
    }

    /// Converts what was taken in; the result is valid until the next call.
    ///
    /// The bytes of a character that is not complete wait for more, or are replaced if `isLast`.
    mutating func convert(isLast: Bool) -> UnsafeRawBufferPointer {
        produced = 0
        let first = waiting.lowerBound
        while !waiting.isEmpty {
            var source: UnsafeMutablePointer<CChar>? = unsafe UnsafeMutableRawPointer(
                input.pointer + waiting.lowerBound
            )
            .assumingMemoryBound(to: CChar.self)
            var left = waiting.count
            var target: UnsafeMutablePointer<CChar>? = unsafe UnsafeMutableRawPointer(output.pointer + produced)
                .assumingMemoryBound(to: CChar.self)
            var room = output.capacity - produced
            let result = unsafe iconv(converter, &source, &left, &target, &room)
            let reason = errno
            waiting = waiting.upperBound - left..<waiting.upperBound
            produced = output.capacity - room
            if result != -1 || reason == E2BIG { break }
            if reason == EINVAL, !isLast { break }
            if room < Self.replacement.count { break }
            replace(min(left, reason == EINVAL ? left : unitLength))
        }
        unsafe converted = unsafe UnsafeRawBufferPointer(
            start: input.pointer + first, count: waiting.lowerBound - first)
        return unsafe UnsafeRawBufferPointer(start: output.pointer, count: produced)
    }

    /// Whether bytes wait that ``convert(isLast:)`` had no room for.
    var hasMore: Bool { waiting.count >= 4 }

    private mutating func replace(_ count: Int) {
        for byte in Self.replacement {
            unsafe output.pointer[produced] = byte
            produced += 1
        }
        waiting = waiting.lowerBound + count..<waiting.upperBound
    }
}
