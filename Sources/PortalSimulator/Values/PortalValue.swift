// SPDX-License-Identifier: Apache-2.0

/// A value as the portal's own language holds it: loosely typed, converted rather than refused.
///
/// The portal casts what it is given (`"12abc"` becomes 12, `"N"` counts as true); the conversions below follow those rules.
enum PortalValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case map(PortalMap)
    /// An object of the server that has nothing to show: `{}`.
    case emptyObject

    /// An empty map, which is written as `[]`.
    static var empty: PortalValue { .map(PortalMap()) }

    /// A list: a map with the keys 0, 1, 2, …
    static func list(_ values: [PortalValue]) -> PortalValue { .map(PortalMap(list: values)) }

    /// The text, or null.
    static func optional(_ text: String?) -> PortalValue { text.map(PortalValue.string) ?? .null }

    /// The number, or null.
    static func optional(_ number: Int?) -> PortalValue { number.map(PortalValue.int) ?? .null }

    /// A number that loses its fraction when there is none, as costs do.
    static func plainNumber(_ number: Double) -> PortalValue {
        number == number.rounded() && abs(number) < 1e15 ? .int(Int(number)) : .double(number)
    }

    var isNull: Bool { self == .null }

    /// The map inside, if this is one.
    var map: PortalMap? {
        if case .map(let map) = self { return map }
        return nil
    }

    /// The text inside, only if this is text.
    var string: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// Everything is true except null, false, 0, 0.0, `""`, `"0"` and the empty map.
    var isTruthy: Bool {
        switch self {
        case .null: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .double(let value): value != 0
        case .string(let text): !(text.isEmpty || text == "0")
        case .map(let map): !map.isEmpty
        case .emptyObject: true
        }
    }

    /// The integer cast: the leading number of a text, 0 where there is none, 1 for a map that is not empty.
    var asInt: Int {
        switch self {
        case .null: 0
        case .bool(let value): value ? 1 : 0
        case .int(let value): value
        case .double(let value): Self.whole(value)
        case .string(let text): Self.whole(Self.leadingNumber(text))
        case .map(let map): map.isEmpty ? 0 : 1
        case .emptyObject: 1
        }
    }

    /// The floating-point cast; `"1,5"` gives 1.
    var asDouble: Double {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        case .string(let text): Self.leadingNumber(text)
        default: Double(asInt)
        }
    }

    /// The text cast; a map gives the word `Array`.
    var asText: String {
        switch self {
        case .null: ""
        case .bool(let value): value ? "1" : ""
        case .int(let value): String(value)
        case .double(let value): Self.text(of: value)
        case .string(let text): text
        case .map: "Array"
        case .emptyObject: "Object"
        }
    }

    /// A floating-point number as text, without a trailing `.0`.
    static func text(of value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    }

    private static func whole(_ value: Double) -> Int {
        Int(exactly: value.rounded(.towardZero)) ?? 0
    }

    /// The number that a text begins with: blanks, sign, digits, fraction, exponent.
    private static func leadingNumber(_ text: String) -> Double {
        let bytes = Array(text.utf8)
        var end = 0
        while end < bytes.count, bytes[end] == 0x20 || (0x09...0x0D).contains(bytes[end]) { end += 1 }
        let start = end
        if end < bytes.count, bytes[end] == 0x2B || bytes[end] == 0x2D { end += 1 }
        func digits() {
            while end < bytes.count, (0x30...0x39).contains(bytes[end]) { end += 1 }
        }
        digits()
        if end < bytes.count, bytes[end] == 0x2E {
            end += 1
            digits()
        }
        let beforeExponent = end
        if end < bytes.count, bytes[end] | 0x20 == 0x65 {
            end += 1
            if end < bytes.count, bytes[end] == 0x2B || bytes[end] == 0x2D { end += 1 }
            let exponent = end
            digits()
            if end == exponent { end = beforeExponent }
        }
        return Double(String(decoding: bytes[start..<end], as: UTF8.self))
            ?? Double(String(decoding: bytes[start..<end], as: UTF8.self) + "0") ?? 0
    }
}

extension PortalValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .int(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
}
