// SPDX-License-Identifier: Apache-2.0

/// Reads JSON text and keeps the order of object members, which the order of a batch's commands depends on.
///
/// Anything that is not one complete JSON value gives nil: the portal then goes on as if no body had been sent.
struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private static let deepest = 512

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The value that the text holds, or nil when it is malformed.
    static func read(_ bytes: [UInt8]) -> PortalValue? {
        var reader = JSONReader(bytes)
        reader.skipBlanks()
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipBlanks()
        return reader.position == bytes.count ? value : nil
    }

    private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ expected: UInt8) -> Bool {
        guard byte == expected else { return false }
        position += 1
        return true
    }

    private mutating func word(_ word: StaticString, _ value: PortalValue) -> PortalValue? {
        for index in 0..<word.utf8CodeUnitCount where !take(word.utf8Start[index]) { return nil }
        return value
    }

    private mutating func value(depth: Int) -> PortalValue? {
        guard depth < Self.deepest else { return nil }
        switch byte {
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "\""): return text().map(PortalValue.string)
        case UInt8(ascii: "t"): return word("true", .bool(true))
        case UInt8(ascii: "f"): return word("false", .bool(false))
        case UInt8(ascii: "n"): return word("null", .null)
        default: return number()
        }
    }

    private mutating func object(depth: Int) -> PortalValue? {
        position += 1
        var map = PortalMap()
        skipBlanks()
        if take(UInt8(ascii: "}")) { return .map(map) }
        while true {
            skipBlanks()
            guard byte == UInt8(ascii: "\""), let name = text() else { return nil }
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { return nil }
            skipBlanks()
            guard let value = value(depth: depth + 1) else { return nil }
            map[name] = value
            skipBlanks()
            if take(UInt8(ascii: "}")) { return .map(map) }
            guard take(UInt8(ascii: ",")) else { return nil }
        }
    }

    private mutating func array(depth: Int) -> PortalValue? {
        position += 1
        var map = PortalMap()
        skipBlanks()
        if take(UInt8(ascii: "]")) { return .map(map) }
        while true {
            skipBlanks()
            guard let value = value(depth: depth + 1) else { return nil }
            map.append(value)
            skipBlanks()
            if take(UInt8(ascii: "]")) { return .map(map) }
            guard take(UInt8(ascii: ",")) else { return nil }
        }
    }

    private mutating func number() -> PortalValue? {
        let start = position
        var isWhole = true
        while let byte {
            switch byte {
            case 0x30...0x39, 0x2D, 0x2B: break
            case 0x2E, 0x65, 0x45: isWhole = false
            default:
                return number(from: start, isWhole: isWhole)
            }
            position += 1
        }
        return number(from: start, isWhole: isWhole)
    }

    private func number(from start: Int, isWhole: Bool) -> PortalValue? {
        guard let first = bytes[start..<position].first, first == 0x2D || (0x30...0x39).contains(first) else {
            return nil
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let number = Int(text) { return .int(number) }
        return Double(text).map(PortalValue.double)
    }

    private mutating func text() -> String? {
        position += 1
        var out: [UInt8] = []
        while let byte {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(validating: out, as: UTF8.self)
            case UInt8(ascii: "\\"): guard escape(into: &out) else { return nil }
            case 0x00...0x1F: return nil
            default: out.append(byte)
            }
        }
        return nil
    }

    private mutating func escape(into out: inout [UInt8]) -> Bool {
        guard let byte else { return false }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
        case UInt8(ascii: "u"):
            guard let unit = hexUnit() else { return false }
            var scalar = UInt32(unit)
            if (0xD800..<0xDC00).contains(unit) {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), let low = hexUnit(),
                    (0xDC00..<0xE000).contains(low)
                else { return false }
                scalar = 0x10000 + (UInt32(unit - 0xD800) << 10) + UInt32(low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(scalar) else { return false }
            out.append(contentsOf: Character(scalar).utf8)
        default: return false
        }
        return true
    }

    private mutating func hexUnit() -> UInt16? {
        guard position + 4 <= bytes.count else { return nil }
        defer { position += 4 }
        return UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    }
}
