// SPDX-License-Identifier: Apache-2.0

// Unsafe: names are looked at while the arena keeps them; nothing is appended meanwhile.

/// Where one value of a leg came from.
package struct FieldTrace: Sendable, Hashable {
    /// A field of the record.
    package struct Column: Sendable, Hashable {
        /// Its place from the left, from 1; `nil` where the record has no such column.
        package var number: Int?
        /// The column's name in the format or the header.
        package var name: String?
        /// As it stands in the record, shortened to 64 characters and printable.
        package var text: String
    }

    /// The rule's key in the format: `direction`, `external`, …
    package var rule: String
    /// The branches that the record took in the rule, such as `case 2`.
    package var branches: [String]
    /// What the rule gave, before numbers were spelt and lines looked up.
    package var value: String
    /// The fields that decided it.
    package var columns: [Column]
}

extension RecordMapper {
    /// Tells, for the record that was mapped last, which rule and which fields gave each value.
    package mutating func trace() -> [FieldTrace] {
        let rules = format.rules
        var traces = [
            trace("direction", rules.direction), trace("external", rules.external), trace("key", rules.key),
            timeTrace("start", rules.start),
        ]
        if let employee = rules.employee { traces.append(trace("employee", employee)) }
        if let line = chosenLine() { traces.append(trace("line", line)) }
        let isAnswered = machine.holds(rules.answered)
        traces.append(conditionTrace("answered", rules.answered, isAnswered))
        let talk = machine.duration(rules.talk)
        traces.append(
            FieldTrace(
                rule: "talk", branches: [], value: talk.map { "\($0 / 1000)" } ?? "",
                columns: columns(machine.origin(of: .span(rules.talk)))))
        for (name, node) in [("status", rules.status), ("reason", rules.reason), ("call_list", rules.callList)] {
            if let node { traces.append(trace(name, node)) }
        }
        for parameter in DetailRules.Parameter.allCases {
            if let node = rules.details[parameter] { traces.append(trace(parameter.rawValue, node)) }
        }
        if let node = rules.details.redirected {
            let isRedirected = machine.holds(node)
            traces.append(conditionTrace("redirected", node, isRedirected))
        }
        return traces
    }

    /// What the record says about the party outside, as it stands there; empty where the record has none.
    package mutating func externalText() -> String { text(format.rules.external) }

    private mutating func text(_ node: Program.Text) -> String {
        let slice = machine.text(node)
        return Self.shown(machine.arena.string(slice))
    }

    private mutating func trace(_ rule: String, _ node: Program.Text) -> FieldTrace {
        let origin = machine.origin(of: .text(node))
        return FieldTrace(rule: rule, branches: origin.branches, value: text(node), columns: columns(origin))
    }

    private mutating func conditionTrace(_ rule: String, _ node: Program.Condition, _ value: Bool) -> FieldTrace {
        let origin = machine.origin(of: .condition(node))
        return FieldTrace(rule: rule, branches: [], value: value ? "yes" : "no", columns: columns(origin))
    }

    private mutating func timeTrace(_ rule: String, _ moment: Program.Moment) -> FieldTrace {
        let origin = machine.origin(of: .time(machine.program.expression(moment)))
        let columns = columns(origin)
        return FieldTrace(rule: rule, branches: [], value: columns.first?.text ?? "", columns: columns)
    }

    /// The candidate that the leg's line came from: the first with a line, else the last with a name.
    private mutating func chosenLine() -> Program.Text? {
        var named: Program.Text?
        for candidate in format.rules.lines {
            let slice = machine.text(candidate)
            if slice.isEmpty { continue }
            named = candidate
            if unsafe machine.arena.withBytes(of: slice, { unsafe lines.find($0) }) != nil { return candidate }
        }
        return named
    }

    private func columns(_ origin: Machine.Origin) -> [FieldTrace.Column] {
        origin.slots.map { slot in
            let place = place(ofSlot: slot)
            var name = place.field
            if name == nil, case .name(let known) = machine.program.slots[slot] { name = known }
            let text = machine.arena.string(machine.slotValue(Program.Slot(index: Program.Index(slot))))
            return FieldTrace.Column(number: place.column, name: name, text: Self.shown(text))
        }
    }

    private static func shown(_ text: String) -> String {
        String(
            text.unicodeScalars.prefix(64).map {
                $0.properties.generalCategory == .control ? "\u{FFFD}" : Character($0)
            })
    }
}
