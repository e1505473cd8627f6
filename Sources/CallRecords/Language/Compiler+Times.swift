// SPDX-License-Identifier: Apache-2.0

import Settings

extension Compiler {
    /// Reads an expression that gives an instant.
    ///
    /// A word names another time; a list gives the first that is not empty; `{ from: …, pattern: … }` reads a text,
    /// `{ from: …, epoch: seconds }` a number, and `{ time: …, plus: …, minus: … }` shifts a time by durations.
    mutating func time(_ node: SettingsNode) throws(SettingsFault) -> Program.Time {
        try nested(node) { (compiler) throws(SettingsFault) in
            if node.isList {
                var children: [Program.Time] = []
                for child in try node.list() { children.append(try compiler.time(child)) }
                guard !children.isEmpty else { throw node.fault("expected at least one time") }
                return compiler.add(.first(compiler.several(children)))
            }
            guard node.isMapping else {
                let name = try node.string()
                guard let moment = compiler.link(moment: name) else {
                    if compiler.isText(name) {
                        throw node.fault(
                            "expected a time, found the text \"\(name)\"",
                            hint:
                                "a time is read from a text, for example { from: \(name), pattern: yyyy-MM-dd HH:mm:ss }"
                        )
                    }
                    throw node.fault(
                        "there is no time \"\(name)\" before this one",
                        hint: nearestWord(to: name, among: compiler.momentNames).map { "did you mean \"\($0)\"?" })
                }
                return compiler.add(.named(moment))
            }
            var mapping = try node.mapping()
            var result: Program.Time
            if let time = mapping.take("time") {
                result = try compiler.time(time)
            } else {
                result = try compiler.readTime(node, &mapping)
            }
            if let shift = mapping.take("plus") {
                result = compiler.add(.shift(result, try compiler.duration(shift), sign: 1))
            }
            if let shift = mapping.take("minus") {
                result = compiler.add(.shift(result, try compiler.duration(shift), sign: -1))
            }
            try mapping.finish()
            return result
        }
    }

    private mutating func readTime(
        _ node: SettingsNode, _ mapping: inout SettingsMapping
    ) throws(SettingsFault) -> Program.Time {
        let source = try text(try mapping.require("from"))
        let near = try mapping.take("near").map { (node) throws(SettingsFault) in try text(node) }
        let isUTC = try mapping.take("utc")?.boolean() ?? false
        if let unit = mapping.take("epoch") {
            return add(.parseEpoch(source, unitsPerSecond: try unitsPerSecond(unit)))
        }
        let patterns = try mapping.require("pattern")
        var read: [TimePattern] = []
        for pattern in try patterns.list() {
            guard let value = TimePattern(try pattern.string()) else {
                throw pattern.fault(
                    "the pattern names no year, month or day, or uses a letter that means nothing",
                    hint: "for example yyyy-MM-dd HH:mm:ss")
            }
            read.append(value)
        }
        guard !read.isEmpty else { throw patterns.fault("expected at least one pattern") }
        return add(.parse(source, clock(read, isUTC: isUTC), near: near))
    }

    private func unitsPerSecond(_ node: SettingsNode) throws(SettingsFault) -> Int32 {
        switch try node.string() {
        case "seconds": return 1
        case "milliseconds": return 1000
        case "microseconds": return 1_000_000
        default: throw node.fault("expected seconds, milliseconds, microseconds or, for a duration, whole_seconds")
        }
    }

    /// Reads an expression that gives a duration.
    ///
    /// A word or a text expression is read as a duration in any of the usual forms; `{ between: [time, time] }`,
    /// `{ add: [a, b, …] }` and `{ subtract: [a, b] }` calculate; `{ of: …, unit: milliseconds }` names the unit of
    /// plain numbers, and `whole_seconds` says that they have no fractions of three digits; `{ first: [a, b] }` gives the first that is not zero.
    mutating func duration(_ node: SettingsNode) throws(SettingsFault) -> Program.Span {
        try nested(node) { (compiler) throws(SettingsFault) in
            guard node.isMapping, let entry = try node.table().first else {
                return compiler.add(.parse(try compiler.text(node), unitsPerSecond: 1, isWhole: false))
            }
            var mapping = try node.mapping()
            let result: Program.Span
            switch entry.key {
            case "between":
                let times = try mapping.require("between").list()
                guard times.count == 2 else { throw entry.value.fault("expected two times: [from, to]") }
                result = compiler.add(.between(try compiler.time(times[0]), try compiler.time(times[1])))
            case "add", "subtract":
                result = try compiler.calculation(try mapping.require(entry.key), sign: entry.key == "add" ? 1 : -1)
            case "first":
                var children: [Program.Span] = []
                for child in try mapping.require("first").list() { children.append(try compiler.duration(child)) }
                result = compiler.add(.first(compiler.several(children)))
            case "of":
                let text = try compiler.text(try mapping.require("of"))
                let unit = try mapping.require("unit")
                let isWhole = try unit.string() == "whole_seconds"
                let units = isWhole ? 1 : try compiler.unitsPerSecond(unit)
                result = compiler.add(.parse(text, unitsPerSecond: units, isWhole: isWhole))
            default:
                return compiler.add(.parse(try compiler.text(node), unitsPerSecond: 1, isWhole: false))
            }
            try mapping.finish()
            return result
        }
    }

    private mutating func calculation(
        _ node: SettingsNode, sign: Int32
    ) throws(SettingsFault) -> Program.Span {
        let terms = try node.list()
        guard terms.count >= 2 else { throw node.fault("expected at least two durations") }
        var result = try duration(terms[0])
        for term in terms.dropFirst() { result = add(.sum(result, try duration(term), sign: sign)) }
        return result
    }
}
