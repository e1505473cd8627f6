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
        case .isSame(let a, let b):
            let (a, b) = (text(a), text(b))
            return holds(expression, for: a, b)
        case .starts(let text, _), .ends(let text, _), .contains(let text, _), .matches(let text, _),
            .isOneOf(let text, _),
            .isEmpty(let text), .lengthIs(let text, _, _), .isAbove(let text, _), .isExtension(let text),
            .isTrunk(let text), .isNamedTrunk(let text), .isPhone(let text), .isHidden(let text), .isOwn(let text):
            let input = self.text(text)
            return holds(expression, for: input, .empty)
        case .always: return true
        case .all, .any, .not:
            // Those above never come here.
            return false
        }
    }

    /// Whether a condition about one or two texts holds for these.
    mutating func holds(_ expression: ConditionExpression, for input: Slice, _ other: Slice) -> Bool {
        switch expression {
        case .isOneOf(_, let words): return has(input, in: words)
        case .isEmpty: return input.isEmpty
        case .starts(_, let literals): return has(literals, in: input) { $0.starts($1, in: $2) }
        case .ends(_, let literals): return has(literals, in: input) { $0.ends($1, in: $2) }
        case .contains(_, let literals): return has(literals, in: input) { $0.contains($1, in: $2) }
        case .matches(_, let pattern): return unsafe patterns[Int(pattern.index)].matches(arena.bytes(of: input))
        case .isSame: return input.count == other.count && arena.contents.isEqual(input, at: Int(other.start))
        case .lengthIs(_, let least, let most): return (least...most).contains(input.count)
        case .isAbove(_, let limit): return arena.contents.isAbove(input, limit)
        case .isExtension:
            return unsafe surroundings.numbers.isExtension(arena.bytes(of: arena.contents.withoutAddress(input)))
        case .isTrunk:
            return unsafe surroundings.trunks.contains(arena.bytes(of: input), numbers: &surroundings.numbers)
        case .isNamedTrunk: return unsafe surroundings.trunks.names(arena.bytes(of: input))
        case .isPhone: return unsafe surroundings.numbers.isOutsideNumber(arena.bytes(of: input))
        case .isHidden: return unsafe surroundings.numbers.isHidden(arena.bytes(of: input))
        case .isOwn:
            return unsafe surroundings.ownNumbers.contains(arena.bytes(of: input), reader: &surroundings.numbers)
        case .always, .all, .any, .not: return false
        }
    }

    @inline(__always)
    private func has(
        _ literals: Program.Several<Program.Literal>, in input: Slice,
        _ test: (ArenaBytes, _ literal: Slice, _ input: Slice) -> Bool
    ) -> Bool {
        for place in literals.places {
            let literal = literal(member(place, of: literals))
            if literal.count <= input.count, test(arena.contents, literal, input) { return true }
        }
        return false
    }
}
