// SPDX-License-Identifier: Apache-2.0

extension Machine {
    /// Where the value of an expression came from in the record that is loaded.
    struct Origin {
        /// The slots of the columns that were read on the way that was taken.
        var slots: [Int] = []
        /// The branches taken, such as `case 2` or `outgoing`.
        var branches: [String] = []

        mutating func add(_ slot: Program.Slot) {
            if !slots.contains(Int(slot.index)) { slots.append(Int(slot.index)) }
        }
    }

    /// Follows an expression through the branches that this record takes.
    mutating func origin(of rule: Program.Rule) -> Origin {
        var origin = Origin()
        switch rule {
        case .text(let text): trace(text, into: &origin)
        case .condition(let condition): trace(condition, into: &origin)
        case .time(let time): trace(time, into: &origin)
        case .span(let span): trace(span, into: &origin)
        }
        return origin
    }

    private mutating func trace(_ place: Program.Text, into origin: inout Origin) {
        switch expression(place) {
        case .column(let slot): origin.add(slot)
        case .literal: return
        case .value(let value): trace(program.namedTexts[Int(value.index)].text, into: &origin)
        case .firstFilled(let texts):
            for place in texts.places where !text(member(place, of: texts)).isEmpty {
                return trace(member(place, of: texts), into: &origin)
            }
        case .firstCase(let cases):
            guard let found = firstCase(of: cases) else { return }
            origin.branches.append("case \(found.number)")
            traceCase(found.condition, into: &origin)
            trace(found.text, into: &origin)
        case .select(let word, let choices, let otherwise):
            let word = text(word)
            let branch = find(word, in: choices)
            origin.branches.append(branch == nil ? "otherwise" : arena.string(word))
            trace(branch ?? otherwise, into: &origin)
        case .join(let texts):
            for place in texts.places { trace(member(place, of: texts), into: &origin) }
        case .yesIf(let condition): trace(condition, into: &origin)
        case .cut(let text, _),
            .part(let text, _, _), .strip(let text, _), .trim(let text), .lowercase(let text), .digits(let text),
            .decodePercent(let text), .lowBits(let text, _, _), .fromHexadecimal(let text, _), .lookUp(let text, _, _),
            .capture(let text, _), .replace(let text, _, _):
            trace(text, into: &origin)
        }
    }

    private mutating func trace(_ place: Program.Condition, into origin: inout Origin) {
        switch expression(place) {
        case .always: return
        case .all(let conditions), .any(let conditions):
            for place in conditions.places { trace(member(place, of: conditions), into: &origin) }
        case .not(let condition): trace(condition, into: &origin)
        case .isSame(let a, let b):
            trace(a, into: &origin)
            trace(b, into: &origin)
        case .isOneOf(let text, _), .starts(let text, _), .ends(let text, _), .contains(let text, _),
            .matches(let text, _), .isEmpty(let text), .lengthIs(let text, _, _), .isAbove(let text, _),
            .isExtension(let text), .isTrunk(let text), .isNamedTrunk(let text), .isPhone(let text),
            .isHidden(let text), .isOwn(let text):
            trace(text, into: &origin)
        }
    }

    private mutating func trace(_ place: Program.Time, into origin: inout Origin) {
        switch expression(place) {
        case .parse(let text, _, _), .parseEpoch(let text, _): trace(text, into: &origin)
        case .named(let moment): trace(program.expression(moment), into: &origin)
        case .shift(let time, let span, _):
            trace(time, into: &origin)
            trace(span, into: &origin)
        case .first(let times):
            for place in times.places { trace(member(place, of: times), into: &origin) }
        }
    }

    private mutating func trace(_ place: Program.Span, into origin: inout Origin) {
        switch expression(place) {
        case .parse(let text, _, _): trace(text, into: &origin)
        case .between(let from, let to):
            trace(from, into: &origin)
            trace(to, into: &origin)
        case .sum(let a, let b, _):
            trace(a, into: &origin)
            trace(b, into: &origin)
        case .first(let spans):
            for place in spans.places { trace(member(place, of: spans), into: &origin) }
        }
    }

    /// The columns that a case asks for itself; those behind the direction and the answer are told there.
    private mutating func traceCase(_ place: Program.Condition, into origin: inout Origin) {
        switch expression(place) {
        case .always: return
        case .all(let conditions), .any(let conditions):
            for place in conditions.places { traceCase(member(place, of: conditions), into: &origin) }
        case .not(let condition): traceCase(condition, into: &origin)
        case .isOneOf(let text, _), .starts(let text, _), .ends(let text, _), .contains(let text, _),
            .matches(let text, _), .isEmpty(let text), .isSame(let text, _), .lengthIs(let text, _, _),
            .isAbove(let text, _), .isExtension(let text), .isTrunk(let text), .isNamedTrunk(let text),
            .isPhone(let text), .isHidden(let text), .isOwn(let text):
            traceSubject(text, into: &origin)
        }
    }

    private mutating func traceSubject(_ place: Program.Text, into origin: inout Origin) {
        switch expression(place) {
        case .column(let slot): origin.add(slot)
        case .value(let value):
            let name = program.namedTexts[Int(value.index)].name
            guard name == "direction" || name == "answered" else { return trace(place, into: &origin) }
            let found = namedValue(value)
            origin.branches.append("\(name) \(found.isEmpty ? "no" : arena.string(found))")
        default: return
        }
    }
}
