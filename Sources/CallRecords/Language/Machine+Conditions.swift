// SPDX-License-Identifier: Apache-2.0

extension Machine {
    /// Whether a condition holds for this record.
    mutating func holds(_ index: Program.Index) -> Bool {
        let node = program.nodes[Int(index)]
        switch node.operation {
        case .always: return true
        case .all:
            for child in node.a..<node.a + node.b where !holds(program.children[Int(child)]) { return false }
            return true
        case .any:
            for child in node.a..<node.a + node.b where holds(program.children[Int(child)]) { return true }
            return false
        case .not: return !holds(node.a)
        case .isOneOf:
            let word = text(node.a)
            return workspace.withBytes(of: word) { program.tables[Int(node.b)].find($0) } != nil
        case .isEmpty: return text(node.a).isEmpty
        case .starts, .ends, .contains:
            let input = text(node.a)
            for child in node.b..<node.b + node.c
            where has(node.operation, program.literals[Int(program.children[Int(child)])], in: input) {
                return true
            }
            return false
        case .matches:
            let input = text(node.a)
            return workspace.withBytes(of: input) { patterns[Int(node.b)].matches($0) }
        case .isSame:
            let (a, b) = (text(node.a), text(node.b))
            return a.count == b.count && isEqual(a, at: Int(b.start))
        case .lengthIs: return (node.b...node.c).contains(text(node.a).count)
        case .isAbove:
            let input = text(node.a)
            return isAbove(input, node.b)
        case .isExtension:
            let input = text(node.a)
            return workspace.withBytes(of: input) { surroundings.numbers.isExtension($0) }
        case .isTrunk:
            let input = text(node.a)
            return workspace.withBytes(of: input) { surroundings.trunks.contains($0, numbers: &surroundings.numbers) }
        case .isNamedTrunk:
            let input = text(node.a)
            return workspace.withBytes(of: input) { surroundings.trunks.names($0) }
        case .isPhone:
            let input = text(node.a)
            return workspace.withBytes(of: input) { surroundings.numbers.isOutsideNumber($0) }
        case .isHidden:
            let input = text(node.a)
            return workspace.withBytes(of: input) { surroundings.numbers.isHidden($0) }
        case .column, .literal, .value, .firstFilled, .join, .after, .afterLast, .before, .beforeLast, .part, .strip,
            .trim, .lowercase, .digits, .decodePercent, .lowBits, .fromHexadecimal, .lookUp, .select, .capture,
            .replace, .firstCase, .yesIf, .parseTime, .parseEpoch, .namedTime, .shiftTime, .firstTime, .parseDuration,
            .between, .sum, .firstDuration:
            // The compiler puts only conditions here.
            return false
        }
    }

    private func has(_ operation: Program.Operation, _ literal: Slice, in input: Slice) -> Bool {
        guard literal.count <= input.count else { return false }
        switch operation {
        case .starts: return isEqual(literal, at: Int(input.start))
        case .ends: return isEqual(literal, at: Int(input.start + input.count - literal.count))
        default:
            for place in 0...Int(input.count - literal.count) where isEqual(literal, at: Int(input.start) + place) {
                return true
            }
            return false
        }
    }

    /// A text that is not a number is above nothing.
    private func isAbove(_ input: Slice, _ limit: Int32) -> Bool {
        var value: Int64 = 0
        guard !input.isEmpty else { return false }
        for index in input.range {
            let byte = workspace[index]
            if byte == UInt8(ascii: "."), index > Int(input.start) { break }
            guard byte.isASCIIDigit, value < 1_000_000_000_000 else { return false }
            value = value * 10 + Int64(byte & 15)
        }
        return value > Int64(limit)
    }
}
