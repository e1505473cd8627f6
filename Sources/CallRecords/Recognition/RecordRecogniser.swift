// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import Settings

/// What a format's section `recognise` says a record looks like.
///
/// It is a program of its own: a column that only recognition asks for costs an import nothing and is no part of a
/// leg's fingerprint.
struct RecognitionRules: Sendable {
    let program: Program
    let record: Program.Index
    let notData: Program.Index?

    /// Reads the section; `nil` for a format that has none.
    init?(_ node: SettingsNode?, form: FileForm) throws(SettingsFault) {
        guard let node else { return nil }
        var mapping = try node.mapping()
        var compiler = try Compiler(columns: form.columns)
        record = try compiler.condition(try mapping.require("record"))
        notData = if let condition = form.notData { try compiler.condition(condition) } else { nil }
        try mapping.finish()
        program = compiler.program
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
        guard let surroundings = try? context.surroundings(formatZone: nil, needsZone: false),
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

    private func columns(for count: Int) -> [ColumnPlan.Columns] {
        if let header = plan.header {
            let total = header.names.count
            if count > total, form.surplusColumn != nil { return [plan.anchored(header)] }
            // Some writers end every line with a delimiter.
            return count == total || count == total + 1 ? [header] : []
        }
        let fitting = plan.layouts(fitting: count).map { plan.layout($0) }
        guard fitting.isEmpty, form.header == .required else { return fitting }
        // A file whose header was lost: columns are mostly left out at the end.
        let first = plan.layout(0)
        return (8...max(8, first.names.count)).contains(count) ? [first] : []
    }
}
