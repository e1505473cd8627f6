// SPDX-License-Identifier: Apache-2.0

extension Machine {
    /// The first column that an expression reads, for messages.
    func firstColumn(of rule: Program.Rule) -> ColumnReference? {
        switch rule {
        case .text(let text): firstColumn(of: text)
        case .condition(let condition): firstColumn(of: condition)
        case .time(let time): firstColumn(of: time)
        case .span(let span): firstColumn(of: span)
        }
    }

    private func firstColumn(of place: Program.Text) -> ColumnReference? {
        switch expression(place) {
        case .column(let slot): program.slots[Int(slot.index)]
        case .value(let value): firstColumn(of: program.namedTexts[Int(value.index)].text)
        case .firstFilled(let texts), .join(let texts):
            texts.count > 0 ? firstColumn(of: member(texts.first, of: texts)) : nil
        case .literal, .firstCase: nil
        case .yesIf(let condition): firstColumn(of: condition)
        case .cut(let text, _),
            .part(let text, _, _), .strip(let text, _), .trim(let text), .lowercase(let text), .digits(let text),
            .decodePercent(let text), .lowBits(let text, _, _), .fromHexadecimal(let text, _), .lookUp(let text, _, _),
            .select(let text, _, _), .capture(let text, _), .replace(let text, _, _):
            firstColumn(of: text)
        }
    }

    private func firstColumn(of place: Program.Condition) -> ColumnReference? {
        switch expression(place) {
        case .always: nil
        case .all(let conditions), .any(let conditions):
            conditions.count > 0 ? firstColumn(of: member(conditions.first, of: conditions)) : nil
        case .not(let condition): firstColumn(of: condition)
        case .isOneOf(let text, _), .starts(let text, _), .ends(let text, _), .contains(let text, _),
            .matches(let text, _), .isEmpty(let text), .isSame(let text, _), .lengthIs(let text, _, _),
            .isAbove(let text, _), .isExtension(let text), .isTrunk(let text), .isNamedTrunk(let text),
            .isPhone(let text), .isHidden(let text), .isOwn(let text):
            firstColumn(of: text)
        }
    }

    private func firstColumn(of place: Program.Time) -> ColumnReference? {
        switch expression(place) {
        case .parse(let text, _, _), .parseEpoch(let text, _): firstColumn(of: text)
        case .named: nil
        case .shift(let time, _, _): firstColumn(of: time)
        case .first(let times): times.count > 0 ? firstColumn(of: member(times.first, of: times)) : nil
        }
    }

    private func firstColumn(of place: Program.Span) -> ColumnReference? {
        switch expression(place) {
        case .parse(let text, _, _): firstColumn(of: text)
        case .between(let time, _): firstColumn(of: time)
        case .sum(let span, _, _): firstColumn(of: span)
        case .first(let spans): spans.count > 0 ? firstColumn(of: member(spans.first, of: spans)) : nil
        }
    }
}
