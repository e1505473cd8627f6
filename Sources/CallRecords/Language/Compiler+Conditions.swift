// SPDX-License-Identifier: Apache-2.0

import Settings

extension Compiler {
    /// Reads a condition: a mapping whose entries must all hold, or a list of such mappings.
    ///
    /// An entry is `all`, `any` or `not` with conditions, or a column or value with what must hold for it: a word, a
    /// list of words, or a mapping of tests.
    mutating func condition(_ node: SettingsNode) throws(SettingsFault) -> Program.Index {
        try nested(node) { (compiler) throws(SettingsFault) in
            var parts: [Program.Index] = []
            if node.isList {
                for child in try node.list() { parts.append(try compiler.condition(child)) }
            } else {
                for (name, value) in try node.table() { parts.append(try compiler.entry(name, value)) }
            }
            guard !parts.isEmpty else { throw node.fault("expected a condition, found an empty one") }
            return parts.count == 1 ? parts[0] : compiler.add(.all, children: parts)
        }
    }

    private mutating func entry(_ name: String, _ node: SettingsNode) throws(SettingsFault) -> Program.Index {
        switch name {
        case "all": return try condition(node)
        case "any":
            var parts: [Program.Index] = []
            for child in try node.list() { parts.append(try condition(child)) }
            guard !parts.isEmpty else { throw node.fault("expected at least one condition") }
            return add(.any, children: parts)
        case "not": return add(.not, try condition(node))
        default:
            let subject = try reference(named: name, at: node)
            if node.isMapping { return try tests(node, on: subject) }
            return add(.isOneOf, subject, try words(node))
        }
    }

    private mutating func reference(named name: String, at node: SettingsNode) throws(SettingsFault) -> Program.Index {
        try reference(SettingsNode(text: name, place: node.place))
    }

    private mutating func words(_ node: SettingsNode) throws(SettingsFault) -> Program.Index {
        var table = ByteTable(isCaseless: true)
        for word in try node.list() { table.insert(try word.string(), value: 1) }
        return self.table(table)
    }

    private mutating func tests(
        _ node: SettingsNode, on subject: Program.Index
    ) throws(SettingsFault) -> Program.Index {
        var parts: [Program.Index] = []
        for (name, value) in try node.table() { parts.append(try test(name, value, on: subject)) }
        guard !parts.isEmpty else { throw node.fault("expected a test") }
        return parts.count == 1 ? parts[0] : add(.all, children: parts)
    }

    private static let testNames = [
        "is", "is_not", "starts", "starts_not", "ends", "contains", "matches", "matches_not", "empty", "same_as",
        "not_same_as", "length", "above", "below", "extension", "trunk", "named_trunk", "phone", "hidden", "own",
    ]

    private mutating func test(
        _ name: String, _ node: SettingsNode, on subject: Program.Index
    ) throws(SettingsFault) -> Program.Index {
        switch name {
        case "is": return add(.isOneOf, subject, try words(node))
        case "is_not": return add(.not, add(.isOneOf, subject, try words(node)))
        case "starts": return try anyLiteral(.starts, node, on: subject)
        case "starts_not": return add(.not, try anyLiteral(.starts, node, on: subject))
        case "ends": return try anyLiteral(.ends, node, on: subject)
        case "contains": return try anyLiteral(.contains, node, on: subject)
        case "matches": return add(.matches, subject, try pattern(node))
        case "matches_not": return add(.not, add(.matches, subject, try pattern(node)))
        case "not_same_as": return add(.not, add(.isSame, subject, try text(node)))
        case "same_as": return add(.isSame, subject, try text(node))
        case "above": return add(.isAbove, subject, Program.Index(try node.integer(in: -1...Int(Int32.max))))
        case "below":
            let limit = Program.Index(try node.integer(in: 0...Int(Int32.max))) - 1
            return add(.not, add(.isAbove, subject, limit))
        case "length": return try length(node, on: subject)
        case "empty": return try whether(node, .isEmpty, subject)
        case "extension": return try whether(node, .isExtension, subject)
        case "trunk": return try whether(node, .isTrunk, subject)
        case "named_trunk": return try whether(node, .isNamedTrunk, subject)
        case "phone": return try whether(node, .isPhone, subject)
        case "hidden": return try whether(node, .isHidden, subject)
        case "own": return try whether(node, .isOwn, subject)
        default:
            throw node.fault(
                "unknown test \"\(name)\"",
                hint: nearestWord(to: name, among: Self.testNames).map { "did you mean \"\($0)\"?" }
                    ?? "known here: \(Self.testNames.joined(separator: ", "))")
        }
    }

    private mutating func whether(
        _ node: SettingsNode, _ operation: Program.Operation, _ subject: Program.Index
    ) throws(SettingsFault) -> Program.Index {
        let test = add(operation, subject)
        return try node.boolean() ? test : add(.not, test)
    }

    private mutating func anyLiteral(
        _ operation: Program.Operation, _ node: SettingsNode, on subject: Program.Index
    ) throws(SettingsFault) -> Program.Index {
        var literals: [Program.Index] = []
        for word in try node.list() {
            let text = try word.string()
            guard !text.isEmpty else { throw word.fault("expected at least one character") }
            literals.append(literal(text))
        }
        guard !literals.isEmpty else { throw node.fault("expected at least one text") }
        let list = add(operation, children: literals)
        // `add` stored where the list begins and how long it is; the subject goes before them.
        let (first, count) = (program.nodes[Int(list)].a, program.nodes[Int(list)].b)
        return add(operation, subject, first, count)
    }

    private mutating func length(
        _ node: SettingsNode, on subject: Program.Index
    ) throws(SettingsFault) -> Program.Index {
        let limits = try node.list()
        guard limits.count <= 2, let first = limits.first, let last = limits.last else {
            throw node.fault("expected a length, or a list of the least and the greatest")
        }
        let least = try first.integer(in: 0...65_536)
        return add(.lengthIs, subject, Program.Index(least), Program.Index(try last.integer(in: least...65_536)))
    }
}
