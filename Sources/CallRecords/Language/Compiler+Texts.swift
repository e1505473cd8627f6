// SPDX-License-Identifier: Apache-2.0

import Settings

extension Compiler {
    /// Reads an expression that gives a text.
    ///
    /// - A word or number names a value or a column; a list gives its first member that is not empty.
    /// - A mapping begins with a source (`from`, `text`, `join`, `case`, `by`, `if`) and goes on with steps, which are
    ///   done in the order in which they are written.
    mutating func text(_ node: SettingsNode) throws(SettingsFault) -> Program.Text {
        try nested(node) { (compiler) throws(SettingsFault) in
            if node.isList { return try compiler.firstFilled(node) }
            guard node.isMapping else { return try compiler.reference(node) }
            var entries = try node.table()[...]
            guard let source = entries.first else { throw node.fault("expected an expression, found an empty mapping") }
            entries = entries.dropFirst()
            var result: Program.Text
            switch source.key {
            case "from": result = try compiler.text(source.value)
            case "text": result = compiler.constant(try source.value.string())
            case "join": result = try compiler.join(source.value)
            case "case": result = try compiler.firstCase(source.value)
            case "if": result = compiler.add(.yesIf(try compiler.condition(source.value)))
            case "by": result = try compiler.select(source.value, entries: &entries)
            default:
                if compiler.isText(source.key) || ["all", "any", "not"].contains(source.key) {
                    throw source.value.fault(
                        "expected a text, found a condition that begins with \"\(source.key)\"",
                        hint: "{ if: { \(source.key): … } } gives the text yes where a condition holds")
                }
                throw source.value.fault(
                    "an expression cannot begin with \"\(source.key)\"",
                    hint: nearestWord(to: source.key, among: Self.sources).map { "did you mean \"\($0)\"?" }
                        ?? "it begins with one of \(Self.sources.joined(separator: ", "))")
            }
            while let step = entries.popFirst() {
                result = try compiler.step(step.key, step.value, on: result, rest: &entries)
            }
            return result
        }
    }

    static let sources = ["from", "text", "join", "case", "by", "if"]

    private mutating func texts(_ node: SettingsNode) throws(SettingsFault) -> [Program.Text] {
        var result: [Program.Text] = []
        for child in try node.list() { result.append(try text(child)) }
        return result
    }

    private mutating func firstFilled(_ node: SettingsNode) throws(SettingsFault) -> Program.Text {
        let children = try texts(node)
        guard !children.isEmpty else { throw node.fault("expected at least one column or value") }
        return children.count == 1 ? children[0] : add(.firstFilled(several(children)))
    }

    private mutating func join(_ node: SettingsNode) throws(SettingsFault) -> Program.Text {
        let parts = try texts(node)
        let joined = add(.join(several(parts)))
        try checkParts(of: joined, at: node)
        return joined
    }

    /// `case: [{ when: condition, give: expression }, …, { give: expression }]`; `text:` gives a fixed text.
    private mutating func firstCase(_ node: SettingsNode) throws(SettingsFault) -> Program.Text {
        var cases: [(condition: Program.Condition, text: Program.Text)] = []
        let branches = try node.list()
        for (index, branch) in branches.enumerated() {
            var mapping = try branch.mapping()
            let condition: Program.Condition
            if let when = mapping.take("when") {
                condition = try self.condition(when)
            } else {
                guard index == branches.count - 1 else {
                    throw branch.fault("only the last case may come without \"when\"")
                }
                condition = add(.always)
            }
            switch (mapping.take("give"), mapping.take("text")) {
            case (let given?, nil): cases.append((condition, try text(given)))
            case (nil, let fixed?): cases.append((condition, constant(try fixed.string())))
            default: throw branch.fault("a case has either \"give\" (an expression) or \"text\" (a fixed text)")
            }
            try mapping.finish()
        }
        return add(.firstCase(self.cases(cases)))
    }

    /// `by: expression, give: { word: expression, … }, otherwise: expression`.
    private mutating func select(
        _ subject: SettingsNode, entries: inout ArraySlice<(key: String, value: SettingsNode)>
    ) throws(SettingsFault) -> Program.Text {
        let input = try text(subject)
        guard let choices = entries.popFirst(), choices.key == "give" else {
            throw subject.fault("after \"by\" comes \"give\" with an expression for each word")
        }
        var rows: [(word: String, text: Program.Text)] = []
        for (word, value) in try choices.value.table() { rows.append((word, try text(value))) }
        let table = self.choices(rows)
        return add(.select(input, table, otherwise: try otherwise(&entries) ?? constant("")))
    }

    private mutating func otherwise(
        _ entries: inout ArraySlice<(key: String, value: SettingsNode)>
    ) throws(SettingsFault) -> Program.Text? {
        guard let next = entries.first, next.key == "otherwise" else { return nil }
        entries.removeFirst()
        return try text(next.value)
    }

    private static let steps = [
        "after", "after_last", "before", "before_last", "part", "strip", "trim", "lower", "digits", "url_decode",
        "low_bits", "hexadecimal", "lookup", "match", "replace", "then",
    ]

    private mutating func step(
        _ name: String, _ node: SettingsNode, on input: Program.Text,
        rest: inout ArraySlice<(key: String, value: SettingsNode)>
    ) throws(SettingsFault) -> Program.Text {
        switch name {
        case "after": return cut(input, .after, literal(try separator(node)))
        case "after_last": return cut(input, .afterLast, literal(try separator(node)))
        case "before": return cut(input, .before, literal(try separator(node)))
        case "before_last": return cut(input, .beforeLast, literal(try separator(node)))
        case "strip": return add(.strip(input, literal(try separator(node))))
        case "trim": return try flag(node, input) { .trim($0) }
        case "lower": return try flag(node, input) { .lowercase($0) }
        case "digits": return try flag(node, input) { .digits($0) }
        case "url_decode": return try flag(node, input) { .decodePercent($0) }
        case "hexadecimal": return try hexadecimal(node, of: input)
        case "part": return try part(node, of: input)
        case "low_bits": return try lowBits(node, of: input)
        case "lookup": return try lookUp(node, of: input, rest: &rest)
        case "match": return add(.capture(input, try pattern(node)))
        case "replace": return try replace(node, in: input)
        case "then": return try then(node, on: input)
        default:
            throw node.fault(
                "unknown step \"\(name)\"",
                hint: nearestWord(to: name, among: Self.steps).map { "did you mean \"\($0)\"?" }
                    ?? "known here: \(Self.steps.joined(separator: ", "))")
        }
    }

    private func separator(_ node: SettingsNode) throws(SettingsFault) -> String {
        let text = try node.string()
        guard !text.isEmpty else { throw node.fault("expected at least one character") }
        return text
    }

    /// Cuts a text at a separator; one that was cut already is cut in one go.
    private mutating func cut(
        _ input: Program.Text, _ cut: Program.Cut, _ separator: Program.Literal
    ) -> Program.Text {
        guard case .cut(let whole, let former) = program.texts[Int(input.index)] else {
            return add(.cut(input, cuts([cut.rawValue, separator.index])))
        }
        let before = former.places.map { program.children[Int($0)] }
        return add(.cut(whole, cuts(before + [cut.rawValue, separator.index])))
    }

    private mutating func flag(
        _ node: SettingsNode, _ input: Program.Text, _ step: (Program.Text) -> TextExpression
    ) throws(SettingsFault) -> Program.Text {
        guard try node.boolean() else { return input }
        return add(step(input))
    }

    /// `hexadecimal: true`, or `lowest_byte_first` for a number whose bytes are written in that order.
    private mutating func hexadecimal(
        _ node: SettingsNode, of input: Program.Text
    ) throws(SettingsFault) -> Program.Text {
        if try node.string() == "lowest_byte_first" {
            return add(.fromHexadecimal(input, isLowestFirst: true))
        }
        return try flag(node, input) { .fromHexadecimal($0, isLowestFirst: false) }
    }

    private mutating func part(_ node: SettingsNode, of input: Program.Text) throws(SettingsFault) -> Program.Text {
        var mapping = try node.mapping()
        let separator = literal(try separator(try mapping.require("by")))
        let number = try mapping.require("number")
        let index = try number.integer(in: -100...100)
        guard index != 0 else { throw number.fault("parts are counted from 1, or from -1 at the end") }
        try mapping.finish()
        return add(.part(input, separator, number: Int32(index)))
    }

    private mutating func lowBits(
        _ node: SettingsNode, of input: Program.Text
    ) throws(SettingsFault) -> Program.Text {
        var mapping = try node.mapping()
        let count = try mapping.require("count").integer(in: 1...31)
        let least = try mapping.take("from")?.integer(in: 0...Int(Int32.max)) ?? 0
        try mapping.finish()
        return add(.lowBits(input, mask: Int32((1 << count) - 1), least: Int32(least)))
    }

    private mutating func lookUp(
        _ node: SettingsNode, of input: Program.Text, rest: inout ArraySlice<(key: String, value: SettingsNode)>
    ) throws(SettingsFault) -> Program.Text {
        var rows: [(word: String, literal: Program.Literal)] = []
        for (word, value) in try node.table() {
            let text = value.isNull ? "" : try value.string()
            rows.append((word, literal(text)))
        }
        let table = replacements(rows)
        return add(.lookUp(input, table, otherwise: try otherwise(&rest)))
    }

    private mutating func replace(
        _ node: SettingsNode, in input: Program.Text
    ) throws(SettingsFault) -> Program.Text {
        var mapping = try node.mapping()
        let pattern = try pattern(try mapping.require("match"))
        let with = literal(try mapping.require("with").string())
        try mapping.finish()
        return add(.replace(input, pattern, with: with))
    }

    private mutating func then(_ node: SettingsNode, on input: Program.Text) throws(SettingsFault) -> Program.Text {
        var result = input
        var entries = try node.table()[...]
        while let entry = entries.popFirst() {
            result = try step(entry.key, entry.value, on: result, rest: &entries)
        }
        return result
    }
}
