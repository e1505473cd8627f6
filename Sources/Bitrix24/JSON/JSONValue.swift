// SPDX-License-Identifier: Apache-2.0

/// A JSON value as the portal wrote it, before anything is believed about its type.
///
/// The portal gives the same field as a number, a text, `false` or an empty list, depending on method, build and
/// data; the accessors take what can be understood and answer `nil` otherwise.
package enum JSONValue: Sendable, Equatable {
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number, exact up to 64 bits.
    case int(Int64)
    /// Any other number.
    case double(Double)
    /// A text with its escapes undone.
    case string(String)
    /// A list; the portal also writes empty maps, and maps with the keys 0, 1, 2 …, as lists.
    case array([JSONValue])
    /// A map; the portal also writes lists with gaps as maps.
    case object([String: JSONValue])
}

extension JSONValue {
    /// The member of an object; `nil` for a missing member and for every other kind of value.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    /// A text, or a number written as a text; `nil` for everything else.
    package var text: String? {
        switch self {
        case .string(let text): text
        case .int(let number): String(number)
        case .double(let number): number == number.rounded() ? integer.map { String($0) } ?? "\(number)" : "\(number)"
        case .null, .bool, .array, .object: nil
        }
    }

    /// A whole number, or a text that is one; `nil` for everything else, so that `false` is not mistaken for 0.
    package var integer: Int64? {
        switch self {
        case .int(let number): number
        case .double(let number): Int64(exactly: number)
        case .string(let text): Int64(text)
        case .null, .bool, .array, .object: nil
        }
    }

    /// A number, or a text that is one.
    package var number: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        case .string(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
        case .null, .bool, .array, .object: nil
        }
    }

    /// A truth value in any of the portal's spellings: `true`, `1`, `"1"`, `"Y"`, `"true"` and their opposites.
    package var flag: Bool? {
        switch self {
        case .bool(let value): value
        case .int(let number): number == 0 ? false : number == 1 ? true : nil
        case .string(let text):
            switch text.lowercased() {
            case "1", "y", "true": true
            case "0", "n", "false", "": false
            default: nil
            }
        case .null, .double, .array, .object: nil
        }
    }

    /// Whether this is `[]` or `{}`; the portal writes every empty map as `[]`.
    package var isEmptyCollection: Bool {
        switch self {
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        case .null, .bool, .int, .double, .string: false
        }
    }

    /// The members of a map, however the portal wrote it; `nil` when this is no map.
    ///
    /// A map whose keys are exactly 0, 1, 2 … arrives as a list; its elements get those keys back.
    package var members: [String: JSONValue]? {
        switch self {
        case .object(let members): members
        case .array(let elements):
            Dictionary(uniqueKeysWithValues: elements.enumerated().map { (String($0.offset), $0.element) })
        case .null, .bool, .int, .double, .string: nil
        }
    }

    /// The elements of a list, however the portal wrote it; `nil` when this is no list.
    ///
    /// A list with a gap arrives as an object with whole-number keys; its values are given in the order of the keys.
    package var elements: [JSONValue]? {
        switch self {
        case .array(let elements): return elements
        case .object(let members):
            let numbered = members.compactMap { key, value in Int(key).map { (key: $0, value: value) } }
            guard numbered.count == members.count else { return nil }
            return numbered.sorted { $0.key < $1.key }.map(\.value)
        case .null, .bool, .int, .double, .string: return nil
        }
    }
}
