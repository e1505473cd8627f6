// SPDX-License-Identifier: Apache-2.0

extension Machine {
    /// Whether a condition holds for this record.
    mutating func holds(_ index: Program.Index) -> Bool {
        let node = self.node(index)
        switch node.operation {
        case .always: return true
        case .all:
            for child in node.a..<node.a + node.b where !holds(self.child(child)) { return false }
            return true
        case .any:
            for child in node.a..<node.a + node.b where holds(self.child(child)) { return true }
            return false
        case .not: return !holds(node.a)
        case .isOneOf:
            let word = text(node.a)
            return find(word, in: node.b) != nil
        case .isEmpty: return text(node.a).isEmpty
        default: return holdsOfText(node)
        }
    }

    /// The conditions that look at bytes; apart from those above, which are asked most and whose calls are to be cheap.
    @inline(never)
    private mutating func holdsOfText(_ node: Program.Node) -> Bool {
        switch node.operation {
        case .starts, .ends, .contains:
            let input = text(node.a)
            for child in node.b..<node.b + node.c
            where arena.contents.has(node.operation, literal(self.child(child)), in: input) {
                return true
            }
            return false
        case .matches:
            let input = text(node.a)
            return patterns[Int(node.b)].matches(arena.bytes(of: input))
        case .isSame:
            let (a, b) = (text(node.a), text(node.b))
            return a.count == b.count && arena.contents.isEqual(a, at: Int(b.start))
        case .lengthIs: return (node.b...node.c).contains(text(node.a).count)
        case .isAbove:
            let input = text(node.a)
            return arena.contents.isAbove(input, node.b)
        case .isExtension:
            let input = text(node.a)
            return surroundings.numbers.isExtension(arena.bytes(of: input))
        case .isTrunk:
            let input = text(node.a)
            return surroundings.trunks.contains(arena.bytes(of: input), numbers: &surroundings.numbers)
        case .isNamedTrunk:
            let input = text(node.a)
            return surroundings.trunks.names(arena.bytes(of: input))
        case .isPhone:
            let input = text(node.a)
            return surroundings.numbers.isOutsideNumber(arena.bytes(of: input))
        case .isHidden:
            let input = text(node.a)
            return surroundings.numbers.isHidden(arena.bytes(of: input))
        case .isOwn:
            let input = text(node.a)
            return surroundings.ownNumbers.contains(arena.bytes(of: input), reader: &surroundings.numbers)
        case .column, .literal, .value, .firstFilled, .join, .after, .afterLast, .before, .beforeLast, .part, .strip,
            .trim, .lowercase, .digits, .decodePercent, .lowBits, .fromHexadecimal, .lookUp, .select, .capture,
            .replace, .firstCase, .yesIf, .always, .all, .any, .not, .isOneOf, .isEmpty, .parseTime, .parseEpoch,
            .namedTime, .shiftTime, .firstTime, .parseDuration,
            .between, .sum, .firstDuration:
            // The compiler puts only conditions here.
            return false
        }
    }
}
