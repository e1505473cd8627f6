// SPDX-License-Identifier: Apache-2.0

extension Machine {
    /// The text that an expression gives for this record.
    @inline(__always)
    mutating func text(_ index: Program.Index) -> Slice {
        let node = self.node(index)
        // Most expressions are columns or values that are known already.
        switch node.operation {
        case .column: return slotValue(node.a)
        case .literal: return literal(node.a)
        case .value:
            let known = memory.values[Int(node.a)]
            return known.count >= 0 ? known : namedValue(node.a)
        default: return madeText(node)
        }
    }

    private mutating func madeText(_ node: Program.Node) -> Slice {
        switch node.operation {
        case .column: return slotValue(node.a)
        case .literal: return literal(node.a)
        case .value: return namedValue(node.a)
        case .firstFilled:
            for child in node.a..<node.a + node.b {
                let value = text(self.child(child))
                if !value.isEmpty { return value }
            }
            return .empty
        case .firstCase:
            for child in stride(from: node.a, to: node.a + node.b, by: 2)
            where holds(self.child(child)) {
                return text(self.child(child + 1))
            }
            return .empty
        case .yesIf: return holds(node.a) ? arena.append("yes") : .empty
        case .join: return join(node)
        case .after, .afterLast, .before, .beforeLast: return cut(node)
        case .part: return part(node)
        case .strip:
            let input = text(node.a)
            return arena.contents.stripped(input, of: literal(node.b))
        case .trim:
            let input = text(node.a)
            return arena.contents.trimmed(input)
        case .lookUp: return lookUp(node)
        case .select:
            let word = text(node.a)
            let branch = find(word, in: node.b)
            return text(branch ?? node.c)
        case .lowercase, .digits, .decodePercent: return rewritten(text(node.a), node.operation)
        case .lowBits, .fromHexadecimal: return number(node)
        case .capture:
            let input = text(node.a)
            let found = arena.withBytes(of: input) { patterns[Int(node.b)].capture($0) }
            return arena.append(found)
        case .replace:
            let input = text(node.a)
            let replacement = arena.string(literal(node.c))
            let found = arena.withBytes(of: input) { patterns[Int(node.b)].replace($0, with: replacement) }
            return found.map { arena.append($0) } ?? input
        case .always, .all, .any, .not, .isOneOf, .starts, .ends, .contains, .matches, .isEmpty, .isSame, .lengthIs,
            .isAbove, .isExtension, .isTrunk, .isNamedTrunk, .isPhone, .isHidden, .isOwn, .parseTime, .parseEpoch,
            .namedTime, .shiftTime, .firstTime, .parseDuration, .between, .sum, .firstDuration:
            // The compiler puts only texts here.
            return .empty
        }
    }

    private mutating func join(_ node: Program.Node) -> Slice {
        var parts: [Slice] = []
        for child in node.a..<node.a + node.b { parts.append(text(self.child(child))) }
        let start = arena.end
        for part in parts { _ = arena.append(copyOf: part) }
        return Slice(start: start, count: arena.end - start)
    }

    private mutating func cut(_ node: Program.Node) -> Slice {
        let input = text(node.a)
        let separator = literal(node.b)
        let isLast = node.operation == .afterLast || node.operation == .beforeLast
        let place = arena.contents.find(separator, in: input, fromEnd: isLast)
        switch node.operation {
        case .after, .afterLast: return place.map { input.dropFirst($0 + Int(separator.count)) } ?? .empty
        default: return place.map { input.prefix($0) } ?? input
        }
    }

    private mutating func part(_ node: Program.Node) -> Slice {
        let input = text(node.a)
        let separator = literal(node.b)
        var rest = input
        if node.c < 0 {
            for _ in 1..<max(1, Int(-node.c)) {
                guard let place = arena.contents.find(separator, in: rest, fromEnd: true) else { return .empty }
                rest = rest.prefix(place)
            }
            return arena.contents.find(separator, in: rest, fromEnd: true).map {
                rest.dropFirst($0 + Int(separator.count))
            } ?? rest
        }
        for _ in 1..<max(1, Int(node.c)) {
            guard let place = arena.contents.find(separator, in: rest) else { return .empty }
            rest = rest.dropFirst(place + Int(separator.count))
        }
        return arena.contents.find(separator, in: rest).map { rest.prefix($0) } ?? rest
    }

    private mutating func lookUp(_ node: Program.Node) -> Slice {
        let word = text(node.a)
        if let found = find(word, in: node.b) {
            return literal(found)
        }
        return node.c >= 0 ? text(node.c) : word
    }

    private mutating func rewritten(_ input: Slice, _ operation: Program.Operation) -> Slice {
        if operation == .lowercase, !arena.contents.hasCapitals(input) { return input }
        let start = arena.end
        var index = Int(input.start)
        let end = Int(input.start + input.count)
        while index < end {
            let byte = arena[index]
            index += 1
            switch operation {
            case .digits:
                if byte.isASCIIDigit { arena.append(byte: byte) }
            case .decodePercent where byte == UInt8(ascii: "%") && index + 1 < end:
                guard let high = arena[index].hexadecimalValue, let low = arena[index + 1].hexadecimalValue
                else {
                    arena.append(byte: byte)
                    continue
                }
                arena.append(byte: high << 4 | low)
                index += 2
            case .lowercase: arena.append(byte: byte.asciiLowercased)
            default: arena.append(byte: byte)
            }
        }
        return Slice(start: start, count: arena.end - start)
    }

    private mutating func number(_ node: Program.Node) -> Slice {
        let input = text(node.a)
        let isHexadecimal = node.operation == .fromHexadecimal
        var digits = arena.string(input)
        if isHexadecimal, node.b == 1 { digits = digits.reversingBytes }
        guard let value = Int64(digits, radix: isHexadecimal ? 16 : 10) else { return input }
        if isHexadecimal { return arena.append("\(value)") }
        return value < Int64(node.c) ? input : arena.append("\(value & Int64(node.b))")
    }
}

extension String {
    /// Hexadecimal digits with the pair of the last byte first; a text of an odd length is left as it is.
    fileprivate var reversingBytes: String {
        let digits = Array(utf8)
        guard digits.count.isMultiple(of: 2) else { return self }
        let pairs = stride(from: 0, to: digits.count, by: 2).reversed().flatMap { [digits[$0], digits[$0 + 1]] }
        return String(decoding: pairs, as: UTF8.self)
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit.
    var hexadecimalValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}
