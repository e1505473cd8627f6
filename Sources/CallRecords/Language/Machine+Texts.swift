// SPDX-License-Identifier: Apache-2.0

// Unsafe: texts are looked at while the arena keeps them; nothing is appended meanwhile.

extension Machine {
    /// The text that an expression gives for this record.
    @inline(__always)
    mutating func text(_ place: Program.Text) -> Slice {
        let expression = expression(place)
        // Most expressions are columns or values that are known already.
        switch expression {
        case .column(let slot): return slotValue(slot)
        case .literal(let literal): return self.literal(literal)
        case .value(let value): return known(value) ?? namedValue(value)
        default: return madeText(expression)
        }
    }

    /// The texts that are cut out of one text, which are made most, and the others.
    private mutating func madeText(_ expression: TextExpression) -> Slice {
        guard case .cut(let text, let cuts) = expression else { return chosenText(expression) }
        let whole = self.text(text)
        return memory.cut(whole, by: cuts, in: arena.contents)
    }

    /// The texts that are one of several.
    private mutating func chosenText(_ expression: TextExpression) -> Slice {
        switch expression {
        case .column(let slot): return slotValue(slot)
        case .literal(let literal): return self.literal(literal)
        case .value(let value): return namedValue(value)
        case .firstFilled(let texts):
            for place in texts.places {
                let value = text(member(place, of: texts))
                if !value.isEmpty { return value }
            }
            return .empty
        case .firstCase(let cases): return firstCase(of: cases).map { text($0.text) } ?? .empty
        case .yesIf(let condition): return holds(condition) ? literal(program.yes) : .empty
        case .select(let word, let choices, let otherwise):
            let word = text(word)
            return text(find(word, in: choices) ?? otherwise)
        case .lookUp(let word, let table, let otherwise):
            let word = text(word)
            if let found = find(word, in: table) { return literal(found) }
            return otherwise.map { text($0) } ?? word
        default: return changedText(expression)
        }
    }

    /// The texts that are made of the bytes of one text, or of some.
    private mutating func changedText(_ expression: TextExpression) -> Slice {
        switch expression {
        case .join(let parts): return join(parts)
        case .part(let text, let separator, let number): return part(number, of: self.text(text), literal(separator))
        case .strip(let text, let bytes):
            let input = self.text(text)
            return arena.contents.stripped(input, of: literal(bytes))
        case .trim(let text):
            let input = self.text(text)
            return arena.contents.trimmed(input)
        case .lowercase(let text):
            let input = self.text(text)
            return arena.contents.hasCapitals(input) ? rewritten(input, .lowercase) : input
        case .digits(let text): return rewritten(self.text(text), .digits)
        case .decodePercent(let text): return rewritten(self.text(text), .decodePercent)
        case .lowBits(let text, let mask, let least): return lowBits(of: self.text(text), mask, from: least)
        case .fromHexadecimal(let text, let isLowestFirst):
            return decimal(ofHexadecimal: self.text(text), isLowestFirst: isLowestFirst)
        case .capture(let text, let pattern):
            let input = self.text(text)
            let found = unsafe arena.withBytes(of: input) { unsafe patterns[Int(pattern.index)].capture($0) }
            return arena.append(found)
        case .replace(let text, let pattern, let replacement):
            let input = self.text(text)
            let replacement = arena.string(literal(replacement))
            let found = unsafe arena.withBytes(of: input) {
                unsafe patterns[Int(pattern.index)].replace($0, with: replacement)
            }
            return found.map { arena.append($0) } ?? input
        case .cut, .column, .literal, .value, .firstFilled, .firstCase, .yesIf, .select, .lookUp:
            // Those above, which are asked most.
            return madeText(expression)
        }
    }

    private mutating func join(_ texts: Program.Several<Program.Text>) -> Slice {
        var parts: [Slice] = []
        for place in texts.places { parts.append(text(member(place, of: texts))) }
        let start = arena.end
        for part in parts { _ = arena.append(copyOf: part) }
        return Slice(start: start, count: arena.end - start)
    }

    private mutating func part(_ number: Int32, of input: Slice, _ separator: Slice) -> Slice {
        var rest = input
        if number < 0 {
            for _ in 1..<max(1, Int(-number)) {
                guard let place = arena.contents.find(separator, in: rest, fromEnd: true) else { return .empty }
                rest = rest.prefix(place)
            }
            return arena.contents.find(separator, in: rest, fromEnd: true).map {
                rest.dropFirst($0 + Int(separator.count))
            } ?? rest
        }
        for _ in 1..<max(1, Int(number)) {
            guard let place = arena.contents.find(separator, in: rest) else { return .empty }
            rest = rest.dropFirst(place + Int(separator.count))
        }
        return arena.contents.find(separator, in: rest).map { rest.prefix($0) } ?? rest
    }

    private enum Rewriting { case lowercase, digits, decodePercent }

    private mutating func rewritten(_ input: Slice, _ operation: Rewriting) -> Slice {
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

    private mutating func lowBits(of input: Slice, _ mask: Int32, from least: Int32) -> Slice {
        guard let value = Int64(arena.string(input)), value >= Int64(least) else { return input }
        return arena.append("\(value & Int64(mask))")
    }

    private mutating func decimal(ofHexadecimal input: Slice, isLowestFirst: Bool) -> Slice {
        let digits = arena.string(input)
        guard let value = Int64(isLowestFirst ? digits.reversingBytes : digits, radix: 16) else { return input }
        return arena.append("\(value)")
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

extension MachineMemory {
    /// What is left of a text.
    ///
    /// - Parameter bytes: Where the text is.
    func cut(_ input: Slice, by cuts: Program.Several<Program.Cut>, in bytes: ArenaBytes) -> Slice {
        var text = input
        var next = cuts.first
        while next < cuts.first + cuts.count {
            let (kind, separator) = cutting(next)
            let isLast = kind == .afterLast || kind == .beforeLast
            let place = bytes.find(separator, in: text, fromEnd: isLast)
            switch kind {
            case .after, .afterLast: text = place.map { text.dropFirst($0 + Int(separator.count)) } ?? .empty
            case .before, .beforeLast: text = place.map { text.prefix($0) } ?? text
            }
            next += 2
        }
        return text
    }

    /// A cut with its separator.
    @inline(__always)
    private func cutting(_ place: Program.Index) -> (Program.Cut, Slice) {
        let kind = unsafe Program.Cut(rawValue: children[Int(place)]) ?? .after
        return unsafe (kind, literals[Int(children[Int(place) + 1])])
    }
}
