// SPDX-License-Identifier: Apache-2.0

/// Finds patterns that would take time without bound on some texts.
///
/// A repetition of what itself repeats can take the same text in more ways than there are seconds: `(\d+)+$` tries them all
/// before it gives up on `2222222222222222222222222x`, and nothing can stop it. Found are repeated groups
///
/// | example | because |
/// |---|---|
/// | `(\d+)+`, `(\w+\s?)*`, `(a*)*` | all of it may be left out but one part that repeats |
/// | `(.*a)+`, `(.*a){12}` | what repeats may take what stands between two repetitions as well |
/// | `(a|a)+`, `(\d|\d\d)*` | two alternatives begin with the same |
///
/// What repeats with something else between, such as `(\d+,)+`, is taken in one way only and is fine. So is a group that comes
/// three times at most: the ways are as many as the cube of the text's length, and fields are short.
struct PatternHazard: Equatable {
    /// The part of the pattern at fault.
    let part: String

    /// Looks at a pattern.
    ///
    /// - Returns: `nil` when there is nothing to be found; also for what is no pattern, which its reading will tell.
    init?(_ pattern: String) {
        var reader = Reader(
            scalars: Array(pattern.unicodeScalars),
            isCaseless: pattern.split(separator: "(?", omittingEmptySubsequences: false).dropFirst().contains {
                $0.prefix { $0.isLetter || $0 == "-" }.contains("i")
            })
        _ = reader.alternatives()
        guard let part = reader.hazard else { return nil }
        self.part = part
    }

    /// What is known of a part of a pattern.
    private struct Piece {
        /// Whether it can take any number of characters.
        var repeats = false
        /// Whether it can take none.
        var canBeEmpty = false
        /// How it begins, as it is written; empty where that says nothing.
        var head = ""
        /// The characters that it may be made of.
        var characters = PatternCharacters()
    }

    private struct Reader {
        let scalars: [Unicode.Scalar]
        /// Whether capitals and small letters are the same somewhere in the pattern.
        let isCaseless: Bool
        var place = 0
        var depth = 0
        /// The first hazard that was found.
        var hazard: String?

        /// Deeper patterns are not looked into: nobody writes them, and reading them must not end the program.
        private static let mostLevels = 100

        private var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

        /// The alternatives up to the end of a group or of the pattern, each as its pieces.
        mutating func alternatives() -> [[Piece]] {
            var found: [[Piece]] = [[]]
            while let scalar = next, scalar != ")" {
                if scalar == "|" {
                    place += 1
                    found.append([])
                } else if let piece = quantified() {
                    found[found.count - 1].append(piece)
                }
            }
            return found
        }

        /// One atom with what says how often it may come; `nil` for what takes no characters.
        private mutating func quantified() -> Piece? {
            let start = place
            var group: [[Piece]]?
            var piece = Piece()
            switch next {
            case "(": (piece, group) = self.group()
            case "[": characterClass()
            case "\\": place += 2
            case "^", "$":
                place += 1
                return nil
            default: place += 1
            }
            place = min(place, scalars.count)
            if group == nil {
                piece.head = text(start..<place)
                piece.characters = PatternCharacters(atom: scalars[start..<place], isCaseless: isCaseless)
            }
            guard let (least, most) = quantifier() else { return piece }
            let isUnbounded = most > Self.mostRepetitions
            if let group, hazard == nil {
                let isHazard =
                    most > Self.fewRepetitions && group.contains(where: Self.isAmbiguous)
                    || isUnbounded && Self.beginsTwice(group)
                if isHazard { hazard = text(start..<place) }
            }
            piece.repeats = piece.repeats || isUnbounded
            piece.canBeEmpty = piece.canBeEmpty || least == 0
            return piece
        }

        private mutating func group() -> (Piece, [[Piece]]?) {
            place += 1
            var isAssertion = false
            if next == "?" {
                place += 1
                switch next {
                case "=", "!":
                    isAssertion = true
                    place += 1
                case "<":
                    place += 1
                    isAssertion = next == "=" || next == "!"
                    while let scalar = next, scalar != ">", scalar != "=", scalar != "!", scalar != ")" {
                        _ = scalar
                        place += 1
                    }
                    if next != ")" { place += 1 }
                default:
                    while let scalar = next, scalar != ":", scalar != ")" { _ = scalar; place += 1 }
                    if next == ":" { place += 1 }
                }
            }
            guard depth < Self.mostLevels else {
                place = scalars.count
                return (Piece(), nil)
            }
            depth += 1
            let found = alternatives()
            depth -= 1
            if next == ")" { place += 1 }
            if isAssertion { return (Piece(canBeEmpty: true), nil) }
            var piece = Piece()
            piece.repeats = found.contains { $0.contains(where: \.repeats) }
            piece.canBeEmpty = found.contains { $0.allSatisfy(\.canBeEmpty) }
            piece.head = found.first?.first?.head ?? ""
            for inner in found.joined() { piece.characters.formUnion(inner.characters) }
            return (piece, found)
        }

        /// A text in twenty parts can be taken in a million ways already.
        private static let mostRepetitions = 20
        /// A text of 100 characters can be taken in as many ways three times, which takes no time to speak of.
        private static let fewRepetitions = 3

        /// Whether something in a group that comes several times may take what parts two repetitions as well.
        private static func isAmbiguous(_ pieces: [Piece]) -> Bool {
            let repeated = pieces.filter(\.repeats)
            guard !repeated.isEmpty else { return false }
            return !pieces.contains { piece in
                !piece.canBeEmpty && repeated.allSatisfy { !$0.characters.meets(piece.characters) }
            }
        }

        /// Whether two alternatives begin with the same.
        private static func beginsTwice(_ alternatives: [[Piece]]) -> Bool {
            let heads = alternatives.compactMap(\.first?.head).filter { !$0.isEmpty }
            return Set(heads).count < heads.count
        }

        private mutating func characterClass() {
            place += 1
            if next == "^" { place += 1 }
            if next == "]" { place += 1 }
            while let scalar = next, scalar != "]" { place += scalar == "\\" ? 2 : 1 }
            place += 1
        }

        /// How often the atom before may come; `nil` if exactly once.
        private mutating func quantifier() -> (least: Int, most: Int)? {
            let found: (least: Int, most: Int)
            switch next {
            case "*": found = (0, .max)
            case "+": found = (1, .max)
            case "?": found = (0, 1)
            case "{":
                guard let end = scalars[place...].firstIndex(of: "}") else { return nil }
                let parts = text((place + 1)..<end).split(separator: ",", omittingEmptySubsequences: false)
                guard let least = parts.first.flatMap({ Int($0) }) else { return nil }
                found = (least, parts.count > 1 ? Int(parts[1]) ?? .max : least)
                place = end
            default: return nil
            }
            place += 1
            // Lazy and possessive forms.
            if next == "?" || next == "+" { place += 1 }
            return found
        }

        private func text(_ range: Range<Int>) -> String {
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars[range])
            return String(text)
        }
    }
}
