// SPDX-License-Identifier: Apache-2.0

private import Digests

// Unsafe: bytes are looked at through their bounds, while their owner keeps them.

/// Makes call keys: the stable identity under which a call is known to the ledger and to the portal.
///
/// A key is printable ASCII without capitals, spaces and dollar signs, 1 to 64 bytes. An id that is not of that form is replaced by
/// `h` and the first 32 hexadecimal digits of its SHA-256, so that two ids never become one key.
///
/// | prefix | id | key |
/// |---|---|---|
/// | `pbx1` | `1706368044.0` | `pbx1:1706368044.0` |
/// | none | `1706368044.0` | `1706368044.0` |
/// | `pbx1` | `Call 9744` | `pbx1:h` and 32 digits |
package struct CallKey: Sendable {
    /// The longest key, in bytes.
    package static let maximumLength = 64
    /// The longest prefix that leaves room for a hashed id, in bytes.
    package static let maximumPrefixLength = maximumLength - 34

    private let prefix: [UInt8]

    /// Prepares a maker of keys.
    ///
    /// - Parameter prefix: What names the phone system, without the colon; `nil` or empty for none.
    /// - Returns: `nil` when the prefix is not made of printable ASCII without capitals and spaces, or is longer than
    ///   ``maximumPrefixLength``.
    package init?(prefix: String?) {
        let bytes = Array((prefix ?? "").utf8)
        guard bytes.allSatisfy(Self.isPlain), bytes.count <= Self.maximumPrefixLength else { return nil }
        self.prefix = bytes.isEmpty ? [] : bytes + [UInt8(ascii: ":")]
    }

    /// The key of one call.
    ///
    /// - Parameters:
    ///   - id: The phone system's own id of the whole call.
    ///   - start: The start of the call when ids restart (after a reboot, with each log file); it is appended in UTC.
    /// - Returns: `nil` for an empty id.
    package func make(id: UnsafeRawBufferPointer, start: CallTime? = nil) -> String? {
        guard unsafe !id.isEmpty else { return nil }
        return unsafe String(unsafeUninitializedCapacity: Self.maximumLength) { room in
            unsafe write(id: id, start: start, to: UnsafeMutableRawBufferPointer(room))
        }
    }

    /// Writes what ``make(id:start:)`` makes of an id that is not empty.
    ///
    /// - Parameter room: At least ``maximumLength`` bytes.
    /// - Returns: How many bytes that were.
    func write(id: UnsafeRawBufferPointer, start: CallTime?, to room: UnsafeMutableRawBufferPointer) -> Int {
        guard let start else { return unsafe write(id, to: room) }
        var dated = unsafe Array(id)
        dated.append(UInt8(ascii: "@"))
        dated.append(contentsOf: CivilTime(secondsSinceEpoch: start.epochSeconds).compactText.utf8)
        return unsafe dated.withUnsafeBytes { unsafe write($0, to: room) }
    }

    /// The key of one call whose id is a text; see ``make(id:start:)``.
    package func make(id: String, start: CallTime? = nil) -> String? {
        unsafe Array(id.utf8).withUnsafeBytes { unsafe make(id: $0, start: start) }
    }

    private func write(_ id: UnsafeRawBufferPointer, to room: UnsafeMutableRawBufferPointer) -> Int {
        unsafe room.copyBytes(from: prefix)
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: room[prefix.count...])
        if unsafe Self.isPlain(id), prefix.count + id.count <= Self.maximumLength {
            unsafe rest.copyMemory(from: id)
            return prefix.count + id.count
        }
        let digits = unsafe SHA256.hash(id).prefix(16).flatMap { [Self.hexDigit($0 >> 4), Self.hexDigit($0 & 15)] }
        unsafe rest.copyBytes(from: [UInt8(ascii: "h")] + digits)
        return prefix.count + 1 + digits.count
    }

    private static func isPlain(_ id: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while id.count &- index >= 8 {
            let word = unsafe ByteWord(id.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            guard word.isASCII, !word.hasLess(than: 0x21), !word.has(0x7F), !word.has(UInt8(ascii: "$")),
                !word.hasCapitals
            else { return false }
            index &+= 8
        }
        while index < id.count, unsafe isPlain(id[index]) { index &+= 1 }
        return index == id.count
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        // A dollar sign could begin what the portal takes for a reference inside a batch.
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "$")
            && !(byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z"))
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
