// SPDX-License-Identifier: Apache-2.0

// Unsafe: texts are looked at while the arena keeps them; nothing is appended meanwhile.

extension Machine {
    /// Whether a condition holds for this record.
    mutating func holds(_ place: Program.Condition) -> Bool {
        let expression = expression(place)
        switch expression {
        case .always: return true
        case .all(let conditions):
            for place in conditions.places where !holds(member(place, of: conditions)) { return false }
            return true
        case .any(let conditions):
            for place in conditions.places where holds(member(place, of: conditions)) { return true }
            return false
        case .not(let condition): return !holds(condition)
        case .isOneOf(let text, let words):
            let word = self.text(text)
            return has(word, in: words)
        case .isEmpty(let text): return self.text(text).isEmpty
        default: return holdsOfText(expression)
        }
    }

    /// The conditions that look at bytes; apart from those above, which are asked most and whose calls are to be cheap.
    @inline(never)
    private mutating func holdsOfText(_ expression: ConditionExpression) -> Bool {
        switch expression {
        case .starts(let text, let literals): return has(literals, in: text) { $0.starts($1, in: $2) }
        case .ends(let text, let literals): return has(literals, in: text) { $0.ends($1, in: $2) }
        case .contains(let text, let literals): return has(literals, in: text) { $0.contains($1, in: $2) }
        case .matches(let text, let pattern):
            let input = self.text(text)
            return unsafe patterns[Int(pattern.index)].matches(arena.bytes(of: input))
        case .isSame(let a, let b):
            let (a, b) = (text(a), text(b))
            return a.count == b.count && arena.contents.isEqual(a, at: Int(b.start))
        case .lengthIs(let text, let least, let most): return (least...most).contains(self.text(text).count)
        case .isAbove(let text, let limit):
            let input = self.text(text)
            return arena.contents.isAbove(input, limit)
        case .isExtension(let text):
            let input = self.text(text)
            return unsafe surroundings.numbers.isExtension(arena.bytes(of: arena.contents.withoutAddress(input)))
        case .isTrunk(let text):
            let input = self.text(text)
            return unsafe surroundings.trunks.contains(arena.bytes(of: input), numbers: &surroundings.numbers)
        case .isNamedTrunk(let text):
            let input = self.text(text)
            return unsafe surroundings.trunks.names(arena.bytes(of: input))
        case .isPhone(let text):
            let input = self.text(text)
            return unsafe surroundings.numbers.isOutsideNumber(arena.bytes(of: input))
        case .isHidden(let text):
            let input = self.text(text)
            return unsafe surroundings.numbers.isHidden(arena.bytes(of: input))
        case .isOwn(let text):
            let input = self.text(text)
            return unsafe surroundings.ownNumbers.contains(arena.bytes(of: input), reader: &surroundings.numbers)
        case .always: return true
        case .all, .any, .not, .isOneOf, .isEmpty:
            // Those above never come here.
            return false
        }
    }

    @inline(__always)
    private mutating func has(
        _ literals: Program.Several<Program.Literal>, in text: Program.Text,
        _ test: (ArenaBytes, _ literal: Slice, _ input: Slice) -> Bool
    ) -> Bool {
        let input = self.text(text)
        for place in literals.places {
            let literal = literal(member(place, of: literals))
            if literal.count <= input.count, test(arena.contents, literal, input) { return true }
        }
        return false
    }
}
