// SPDX-License-Identifier: Apache-2.0

/// An ordered map whose keys are whole numbers or texts, as the portal's language has them.
///
/// A text key that looks like a whole number is that number. A map whose keys are exactly 0, 1, … k-1 in this order
/// is written as a JSON array, any other as an object, the empty one as `[]`.
struct PortalMap: Sendable, Equatable {
    /// A key of the map.
    enum Name: Hashable, Sendable {
        case number(Int)
        case text(String)

        /// Turns `"12"` into the number 12 and leaves `"012"`, `"-0"` and `"r1"` alone.
        init(_ text: String) {
            if let first = text.utf8.first, first == 0x2D || (0x30...0x39).contains(first), let number = Int(text),
                String(number) == text
            {
                self = .number(number)
            } else {
                self = .text(text)
            }
        }

        var text: String {
            switch self {
            case .number(let number): String(number)
            case .text(let text): text
            }
        }
    }

    private(set) var keys: [Name] = []
    private var values: [Name: PortalValue] = [:]
    private var nextNumber = 0

    init() {}

    init(list: [PortalValue]) {
        for value in list { append(value) }
    }

    var count: Int { keys.count }
    var isEmpty: Bool { keys.isEmpty }

    /// True when the keys are 0, 1, … k-1 in order.
    var isList: Bool {
        keys.indices.allSatisfy { keys[$0] == .number($0) }
    }

    /// The values in the order of their keys.
    var list: [PortalValue] { keys.map { values[$0] ?? .null } }

    subscript(key: Name) -> PortalValue? {
        get { values[key] }
        set {
            guard let newValue else {
                if values.removeValue(forKey: key) != nil { keys.removeAll { $0 == key } }
                return
            }
            if values.updateValue(newValue, forKey: key) == nil {
                keys.append(key)
                if case .number(let number) = key, number >= nextNumber, number < .max { nextNumber = number + 1 }
            }
        }
    }

    subscript(name: String) -> PortalValue? {
        get { values[Name(name)] }
        set { self[Name(name)] = newValue }
    }

    mutating func append(_ value: PortalValue) {
        self[.number(nextNumber)] = value
    }

    /// Takes over every entry of `other`, which wins where both have a key.
    mutating func merge(_ other: PortalMap) {
        for key in other.keys { self[key] = other[key] }
    }

    /// The same map with its text keys in capitals, as the portal does before it reads a list method's parameters.
    var uppercased: PortalMap {
        var result = PortalMap()
        for key in keys {
            switch key {
            case .number: result[key] = values[key]
            case .text(let text): result[text.uppercased()] = values[key]
            }
        }
        return result
    }
}

extension PortalMap: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral elements: (String, PortalValue)...) {
        for (name, value) in elements { self[name] = value }
    }
}

extension PortalValue: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral elements: (String, PortalValue)...) {
        var map = PortalMap()
        for (name, value) in elements { map[name] = value }
        self = .map(map)
    }
}
