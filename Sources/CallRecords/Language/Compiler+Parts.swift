// SPDX-License-Identifier: Apache-2.0

import Settings

extension Compiler {
    /// The most texts that one is joined of; no key or name has ten.
    ///
    /// Values that join each other twice would otherwise double with each: thirty of them make a gigabyte of a letter.
    private static let mostParts = 1000

    /// Checks how long a joined text can become.
    func checkParts(of text: Program.Text, at node: SettingsNode) throws(SettingsFault) {
        guard parts[Int(text.index)] > Self.mostParts else { return }
        throw node.fault(
            "this joins more than \(Self.mostParts) texts", hint: "values count as often as they are used")
    }

    /// How many texts an expression joins at most, whatever the record; its own parts are compiled already.
    func mostParts(of expression: TextExpression) -> Int {
        switch expression {
        case .column, .literal, .yesIf: 1
        case .value(let value): parts(of: program.namedTexts[Int(value.index)].text)
        case .join(let texts): children(of: texts).reduce(0) { min($0 + parts[Int($1)], Self.mostParts + 1) }
        case .firstFilled(let texts): children(of: texts).map { parts[Int($0)] }.max() ?? 1
        case .firstCase(let cases):
            children(of: cases).enumerated().filter { !$0.offset.isMultiple(of: 2) }.map { parts[Int($0.element)] }
                .max() ?? 1
        case .select(_, let choices, let otherwise):
            program.tables[Int(choices.index)].rows.map { parts[Int($0.value)] }.reduce(parts(of: otherwise), max)
        case .lookUp(let text, _, let otherwise): max(parts(of: text), otherwise.map { parts(of: $0) } ?? 1)
        case .cut(let text, _),
            .part(let text, _, _), .strip(let text, _), .trim(let text), .lowercase(let text), .digits(let text),
            .decodePercent(let text), .lowBits(let text, _, _), .fromHexadecimal(let text, _), .capture(let text, _),
            .replace(let text, _, _):
            parts(of: text)
        }
    }

    private func parts(of text: Program.Text) -> Int { parts[Int(text.index)] }

    private func children<Kind>(of members: Program.Several<Kind>) -> ArraySlice<Program.Index> {
        program.children[Int(members.first)..<Int(members.first + members.count)]
    }
}
