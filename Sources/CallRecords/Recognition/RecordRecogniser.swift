// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import Settings

/// What a format's section `recognise` says a record looks like.
///
/// It is a program of its own: a column that only recognition asks for costs an import nothing and is no part of a
/// leg's fingerprint.
struct RecognitionRules: Sendable {
    let program: Program
    let record: Program.Condition
    /// The number of an employee's phone; that of a queue or a menu; that of an extension that called somebody.
    let employee: Program.Text?
    let place: Program.Text?
    let caller: Program.Text?
    /// What to switch on at the phone system if a condition holds for all records.
    private(set) var advice: [(condition: Program.Condition, text: String)] = []
    let notData: Program.Condition?

    /// Reads the section; `nil` for a format that has none.
    ///
    /// A format that has changed the columns of its preset may have none that the preset's section asks for: then nothing
    /// is known of what its records look like.
    init?(_ node: SettingsNode?, form: FileForm, values: SettingsNode?) throws(SettingsFault) {
        guard let node else { return nil }
        do {
            try self.init(section: node, form: form, values: values)
        } catch {
            guard Presets.isInherited(error.place), !form.isInherited else { throw error }
            return nil
        }
    }

    private init(section node: SettingsNode, form: FileForm, values: SettingsNode?) throws(SettingsFault) {
        var mapping = try node.mapping()
        var compiler = try Compiler(columns: form.columns, values: values, checksAll: false)
        record = try compiler.condition(try mapping.require("record"))
        employee = try Self.text(mapping.take("employee"), &compiler)
        place = try Self.text(mapping.take("place"), &compiler)
        caller = try Self.text(mapping.take("caller"), &compiler)
        for item in try mapping.take("advice")?.list() ?? [] {
            var entry = try item.mapping()
            advice.append((try compiler.condition(try entry.require("when")), try entry.require("text").string()))
            try entry.finish()
        }
        notData = if let condition = form.notData { try compiler.condition(condition) } else { nil }
        try mapping.finish()
        program = compiler.program
    }

    private static func text(_ node: SettingsNode?, _ compiler: inout Compiler) throws(SettingsFault) -> Program.Text? {
        guard let node else { return nil }
        return try compiler.text(node)
    }
}

/// Tells which records of a file look like those of one format.
struct RecordRecogniser {
    /// What one record looks like.
    enum Look: Equatable {
        /// Names of columns; `known` of `total` are words of the format.
        case header(known: Int, total: Int)
        /// A row of types or a footer; `fits` when it has as many fields as a record.
        case notData(fits: Bool)
        case fits
        /// It has the format's fields, but the values are those of something else.
        case differs
        /// It has another number of fields.
        case wrongCount
    }

    private let form: FileForm
    private let rules: RecognitionRules
    private var machine: Machine
    private var plan: ColumnPlan
    private let words: Set<String>

    /// - Returns: `nil` for a format that does not say what its records look like.
    init?(_ format: FormatDefinition) {
        guard let rules = format.recognition else { return nil }
        let context = MappingContext(timeZone: "GMT")
        // The zone is one, and the patterns were read with the format: neither can fail.
        guard let surroundings = try? context.surroundings(formatZone: nil, needsZone: false),
            // As above.
            let machine = try? Machine(program: rules.program, surroundings: surroundings)
        else { return nil }
        self.rules = rules
        self.machine = machine
        form = format.form
        plan = ColumnPlan(form: form, slots: rules.program.slots)
        words = Set(form.columns)
    }

    /// Looks at one record, also at one whose form is faulty: what is left of it may still tell.
    mutating func look(at record: borrowing Record) -> Look {
        machine.begin(record)
        if plan.takesHeader(record, arena: &machine.arena), let header = plan.header {
            let named = header.names.filter { !$0.isEmpty }
            return .header(known: named.count { words.contains($0) }, total: named.count)
        }
        let candidates = columns(for: record.fieldCount)
        for columns in candidates {
            machine.load(record, columns: columns.places, clean: form.cleaning)
            if let condition = rules.notData, machine.holds(condition) { return .notData(fits: true) }
            if machine.holds(rules.record) { return .fits }
        }
        guard candidates.isEmpty else { return .differs }
        // A row of types may be of any length.
        machine.load(record, columns: plan.layout(0).places, clean: form.cleaning)
        if let condition = rules.notData, machine.holds(condition) { return .notData(fits: false) }
        return .wrongCount
    }

    /// What a record tells of the office beside its call.
    struct Hints {
        var employee = ""
        var place = ""
        var caller = ""
        /// The pieces of advice whose condition holds, by their places; nil for a record that is not of the format.
        var advice: [Int]?
    }

    /// Looks at one record for the numbers of phones, queues and menus.
    mutating func hints(in record: borrowing Record) -> Hints {
        guard case .fits = look(at: record) else { return Hints() }
        return Hints(
            employee: text(rules.employee), place: text(rules.place), caller: text(rules.caller),
            advice: rules.advice.indices.filter { machine.holds(rules.advice[$0].condition) })
    }

    /// The advice that holds for all records that are of the format.
    func advice(_ hints: [Hints]) -> [String] {
        let seen = hints.compactMap(\.advice)
        guard let first = seen.first else { return [] }
        return first.filter { place in seen.allSatisfy { $0.contains(place) } }.map { rules.advice[$0].text }
    }

    private mutating func text(_ rule: Program.Text?) -> String {
        guard let rule else { return "" }
        let slice = machine.text(rule)
        return machine.arena.string(slice)
    }

    private func columns(for count: Int) -> [ColumnPlan.Columns] {
        if let header = plan.header {
            let total = header.names.count
            if count > total, form.surplusColumn != nil { return [plan.anchored(header)] }
            // Some writers end every line with a delimiter.
            return count == total || count == total + 1 ? [header] : []
        }
        var fitting = plan.layouts(fitting: count).map { plan.layout($0) }
        let last = form.layouts.count - 1
        let most = form.layouts.map(\.fields.upperBound).max() ?? 0
        if count > most, form.surplusColumn != nil { fitting.append(plan.anchored(plan.layout(last))) }
        if count == most + 1 { fitting.append(plan.layout(last)) }
        guard fitting.isEmpty, form.header == .required else { return fitting }
        // A file whose header was lost: columns are mostly left out at the end.
        let first = plan.layout(0)
        return (8...max(8, first.names.count)).contains(count) ? [first] : []
    }
}
