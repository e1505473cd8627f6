// SPDX-License-Identifier: Apache-2.0

import Settings

extension Compiler {
    /// Reads a condition: a mapping whose entries must all hold, or a list of such mappings.
    ///
    /// An entry is `all`, `any` or `not` with conditions, or a column or value with what must hold for it: a word, a
    /// list of words, or a mapping of tests.
    mutating func condition(_ node: SettingsNode) throws(SettingsFault) -> Program.Condition {
        try nested(node) { (compiler) throws(SettingsFault) in
            var parts: [Program.Condition] = []
            if node.isList {
                for child in try node.list() { parts.append(try compiler.condition(child)) }
            } else {
                guard node.isMapping || node.isNull else { throw Self.textForCondition(node) }
                for (name, value) in try node.table() { parts.append(try compiler.entry(name, value)) }
            }
            guard !parts.isEmpty else { throw node.fault("expected a condition, found an empty one") }
            return parts.count == 1 ? parts[0] : compiler.add(.all(compiler.several(parts)))
        }
    }

    /// A word is a text, whatever it names.
    private static func textForCondition(_ node: SettingsNode) -> SettingsFault {
        // What is neither a list nor a mapping, and not left empty, is a word.
        let word = (try? node.string()) ?? ""
        return node.fault(
            "expected a condition, found the text \"\(word)\"",
            hint: "a condition says what holds for a column or value, for example { \(word): { empty: false } }")
    }

    private mutating func entry(_ name: String, _ node: SettingsNode) throws(SettingsFault) -> Program.Condition {
        switch name {
        case "all": return try condition(node)
        case "any":
            var parts: [Program.Condition] = []
            for child in try node.list() { parts.append(try condition(child)) }
            guard !parts.isEmpty else { throw node.fault("expected at least one condition") }
            return add(.any(several(parts)))
        case "not": return add(.not(try condition(node)))
        default:
            if Self.sources.contains(name), !isText(name) {
                throw node.fault(
                    "expected a condition, found a text that begins with \"\(name)\"",
                    hint: "name the text under \"values\", and say here what holds for it")
            }
            let subject = try reference(named: name, at: node)
            if node.isMapping { return try tests(node, on: subject) }
            return add(.isOneOf(subject, try words(node)))
        }
    }

    private mutating func reference(named name: String, at node: SettingsNode) throws(SettingsFault) -> Program.Text {
        try reference(SettingsNode(text: name, place: node.place))
    }

    private mutating func words(_ node: SettingsNode) throws(SettingsFault) -> Program.Words {
        var words: [String] = []
        for word in try node.list() { words.append(try word.string()) }
        return self.words(words)
    }

    private mutating func tests(
        _ node: SettingsNode, on subject: Program.Text
    ) throws(SettingsFault) -> Program.Condition {
        var parts: [Program.Condition] = []
        for (name, value) in try node.table() { parts.append(try test(name, value, on: subject)) }
        guard !parts.isEmpty else { throw node.fault("expected a test") }
        return parts.count == 1 ? parts[0] : add(.all(several(parts)))
    }

    private static let testNames = [
        "is", "is_not", "starts", "starts_not", "ends", "contains", "matches", "matches_not", "empty", "same_as",
        "not_same_as", "length", "above", "below", "extension", "trunk", "named_trunk", "phone", "hidden", "own",
    ]

    private mutating func test(
        _ name: String, _ node: SettingsNode, on subject: Program.Text
    ) throws(SettingsFault) -> Program.Condition {
        switch name {
        case "is": return add(.isOneOf(subject, try words(node)))
        case "is_not": return not(.isOneOf(subject, try words(node)))
        case "starts": return add(.starts(subject, try literals(node)))
        case "starts_not": return not(.starts(subject, try literals(node)))
        case "ends": return add(.ends(subject, try literals(node)))
        case "contains": return add(.contains(subject, try literals(node)))
        case "matches": return add(.matches(subject, try pattern(node)))
        case "matches_not": return not(.matches(subject, try pattern(node)))
        case "not_same_as": return not(.isSame(subject, try text(node)))
        case "same_as": return add(.isSame(subject, try text(node)))
        case "above": return add(.isAbove(subject, Int32(try node.integer(in: -1...Int(Int32.max)))))
        case "below":
            let limit = Int32(try node.integer(in: 0...Int(Int32.max))) - 1
            return not(.isAbove(subject, limit))
        case "length": return try length(node, on: subject)
        case "empty": return try whether(node, .isEmpty(subject))
        case "extension": return try whether(node, .isExtension(subject))
        case "trunk": return try whether(node, .isTrunk(subject))
        case "named_trunk": return try whether(node, .isNamedTrunk(subject))
        case "phone": return try whether(node, .isPhone(subject))
        case "hidden": return try whether(node, .isHidden(subject))
        case "own": return try whether(node, .isOwn(subject))
        default:
            throw node.fault(
                "unknown test \"\(name)\"",
                hint: nearestWord(to: name, among: Self.testNames).map { "did you mean \"\($0)\"?" }
                    ?? "known here: \(Self.testNames.joined(separator: ", "))")
        }
    }

    private mutating func not(_ test: ConditionExpression) -> Program.Condition { add(.not(add(test))) }

    private mutating func whether(
        _ node: SettingsNode, _ test: ConditionExpression
    ) throws(SettingsFault) -> Program.Condition {
        try node.boolean() ? add(test) : not(test)
    }

    private mutating func literals(_ node: SettingsNode) throws(SettingsFault) -> Program.Several<Program.Literal> {
        var literals: [Program.Literal] = []
        for word in try node.list() {
            let text = try word.string()
            guard !text.isEmpty else { throw word.fault("expected at least one character") }
            literals.append(literal(text))
        }
        guard !literals.isEmpty else { throw node.fault("expected at least one text") }
        return several(literals)
    }

    private mutating func length(
        _ node: SettingsNode, on subject: Program.Text
    ) throws(SettingsFault) -> Program.Condition {
        let limits = try node.list()
        guard limits.count <= 2, let first = limits.first, let last = limits.last else {
            throw node.fault("expected a length, or a list of the least and the greatest")
        }
        let least = try first.integer(in: 0...65_536)
        return add(.lengthIs(subject, least: Int32(least), most: Int32(try last.integer(in: least...65_536))))
    }
}
