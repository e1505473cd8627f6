// SPDX-License-Identifier: Apache-2.0

/// The characters that a part of a pattern may take: each of ASCII, and the others by their kinds.
///
/// What is not understood may take every character.
struct PatternCharacters: Equatable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private var others: Others = []

    /// Kinds of characters outside ASCII.
    private struct Others: OptionSet {
        let rawValue: UInt8

        static let digits = Others(rawValue: 1)
        static let letters = Others(rawValue: 2)
        static let spaces = Others(rawValue: 4)
        static let rest = Others(rawValue: 8)
        static let all: Others = [.digits, .letters, .spaces, .rest]

        /// The kind of one character.
        static func kind(of scalar: Unicode.Scalar) -> Others {
            if scalar.properties.numericType != nil { return .digits }
            if scalar.properties.isAlphabetic { return .letters }
            return scalar.properties.isWhitespace ? .spaces : .rest
        }
    }

    private static var all: PatternCharacters {
        var all = PatternCharacters()
        (all.low, all.high, all.others) = (.max, .max, .all)
        return all
    }

    /// None.
    init() {}

    /// The characters of one atom: a character, an escape, a class in brackets or a point.
    ///
    /// - Parameter isCaseless: Whether a letter also stands for its capital or small letter.
    init(atom: ArraySlice<Unicode.Scalar>, isCaseless: Bool) {
        switch atom.first {
        case "[": self = Self.members(of: atom.dropFirst())
        case "\\": self = atom.dropFirst().first.map { Self.escaped($0) } ?? .all
        case let scalar? where atom.count == 1 && scalar != ".": insert(scalar)
        default: self = .all
        }
        if isCaseless { addOtherCase() }
    }

    /// Whether there is a character that both may take.
    func meets(_ other: PatternCharacters) -> Bool {
        low & other.low != 0 || high & other.high != 0 || !others.isDisjoint(with: other.others)
    }

    mutating func formUnion(_ other: PatternCharacters) {
        low |= other.low
        high |= other.high
        others.formUnion(other.others)
    }

    private mutating func insert(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0..<64: low |= 1 << UInt64(scalar.value)
        case 64..<128: high |= 1 << UInt64(scalar.value - 64)
        default: others.formUnion(.kind(of: scalar))
        }
    }

    private mutating func insert(_ range: ClosedRange<Unicode.Scalar>) {
        // All of a range beyond ASCII may be in it.
        if range.upperBound.value >= 128 { others = .all }
        for value in range.lowerBound.value..<max(range.lowerBound.value, min(range.upperBound.value + 1, 128)) {
            if let scalar = Unicode.Scalar(value) { insert(scalar) }
        }
    }

    private mutating func addOtherCase() {
        // Capitals stand 32 places before the small letters, in the upper half.
        let letters: UInt64 = 0x07FF_FFFE
        high |= (high & letters) << 32 | (high >> 32) & letters
    }

    private var inverted: PatternCharacters {
        var inverted = PatternCharacters()
        // A class that names some characters outside ASCII leaves others of their kind.
        (inverted.low, inverted.high, inverted.others) = (~low, ~high, .all)
        return inverted
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> PatternCharacters {
        var found = PatternCharacters()
        switch scalar {
        case "d", "D":
            found.insert("0"..."9")
            found.others = .digits
        case "w", "W":
            for range: ClosedRange<Unicode.Scalar> in ["0"..."9", "A"..."Z", "a"..."z", "_"..."_"] {
                found.insert(range)
            }
            // Marks and joining signs as well.
            found.others = [.digits, .letters, .rest]
        case "s", "S":
            for space: Unicode.Scalar in [" ", "\t", "\n", "\r", "\u{B}", "\u{C}"] { found.insert(space) }
            found.others = .spaces
        case "t": found.insert("\t")
        case "n": found.insert("\n")
        case "r": found.insert("\r")
        // Other letters and digits name classes, places and groups.
        case "a"..."z", "A"..."Z", "0"..."9": return .all
        default: found.insert(scalar)
        }
        guard ["D", "W", "S"].contains(scalar) else { return found }
        var inverted = found.inverted
        inverted.others = scalar == "W" ? [.spaces, .rest] : Others.all.subtracting(found.others)
        return inverted
    }

    /// The characters of a class, from behind its bracket.
    private static func members(of text: ArraySlice<Unicode.Scalar>) -> PatternCharacters {
        var rest = text
        let isInverted = rest.first == "^"
        if isInverted { rest = rest.dropFirst() }
        var found = PatternCharacters()
        var last: Unicode.Scalar?
        while let scalar = rest.popFirst() {
            switch scalar {
            case "]" where rest.isEmpty: break
            // A class in a class, or a set operation.
            case "[", "&", "~": return .all
            case "\\":
                guard let escape = rest.popFirst() else { return .all }
                found.formUnion(escaped(escape))
                last = nil
            case "-":
                guard let first = last, let end = rest.first, end != "]", end != "\\", first <= end else {
                    found.insert(scalar)
                    continue
                }
                rest = rest.dropFirst()
                found.insert(first...end)
                last = nil
            default:
                found.insert(scalar)
                last = scalar
            }
        }
        return isInverted ? found.inverted : found
    }
}
