// SPDX-License-Identifier: Apache-2.0

package import DelimitedText
package import Settings

// Unsafe: bytes are looked at through their bounds, while their owner keeps them.

/// A format in the mapping language: a preset, or a preset with the source's own changes.
///
/// The language is described in docs/mapping.md. Everything that can be wrong in a format is found here, before any
/// record is read.
package struct FormatDefinition: Sendable {
    /// The preset's name, or what the format calls itself.
    package let name: String
    /// What the format is, in a few words for people.
    package let title: String
    /// The presets that the format begins with, the nearest first; for a preset itself its own name comes first.
    package let bases: [String]
    /// How the files separate fields and records.
    package var dialect: Dialect { form.dialect }
    /// How the files write their characters; `nil` for what each looks like.
    package var encoding: TextEncoding? { form.encoding }
    /// Whether the writer appends to the file (a live log), so that reading goes on where it stopped. An export is
    /// always read whole.
    package var isAppended: Bool { form.isAppended }
    /// Whether the call of a record may get further records later, from the same file or from another.
    package var waitsForRecords: Bool { form.isAppended || form.isSpread }
    /// Whether an export of so many records was probably cut off at a limit of the phone system.
    package func isProbablyCut(records: Int) -> Bool { form.exportLimits.contains(records) }
    /// The rule that makes call keys, in a spelling that changes only with the rule.
    ///
    /// The key prefix is not part of it.
    package let keyRuleFingerprint: String
    /// Whether ids start again, so that the start of a call is a part of its key.
    package var keyRestarts: Bool { rules.keyRestarts }
    /// The whole format in a spelling that changes only with one of its rules, shortened to a hash.
    package let fingerprint: UInt64
    /// How legs become calls.
    package let foldRules: FoldRules

    /// Whether a record can ask the portal to create a lead, a contact or a deal.
    package var mayAskForCreation: Bool { rules.details[.crmCreate] != nil }

    let program: Program
    let form: FileForm
    let rules: CallRules
    /// What records look like, for recognising files; `nil` where the format does not say.
    let recognition: RecognitionRules?
    /// The zone of the files when the source names none.
    package let timeZone: String?

    /// Whether times are read that carry no zone, so that one must be known.
    package var needsTimeZone: Bool {
        program.clocks.contains { !$0.isUTC && $0.patterns.contains { !$0.elements.contains(.offset) } }
    }

    /// Whether what a record is depends on nothing before it in the file, such as a header.
    package var hasIndependentRecords: Bool { form.header == .none }

    /// How many fields a record has; `nil` when a header or an unquoted delimiter in a field may make it any number.
    package var expectedFieldCount: ClosedRange<Int>? {
        guard form.header == .none, form.surplusColumn == nil, let first = form.layouts.first else { return nil }
        return form.layouts.reduce(first.fields) { range, layout in
            min(range.lowerBound, layout.fields.lowerBound)...max(range.upperBound, layout.fields.upperBound)
        }
    }

    /// Reads a format.
    ///
    /// - Parameter node: The name of a preset, or a mapping; `extends: NAME` begins with that preset, of which the
    ///   sections are changed key by key.
    /// - Throws: ``SettingsFault`` with line and column for everything that is not a format.
    package init(_ node: SettingsNode) throws(SettingsFault) {
        do {
            try self.init(resolved: try Presets.resolved(node), bases: try Presets.bases(of: node))
        } catch {
            throw Self.placed(error, in: node)
        }
    }

    /// A fault in what was inherited stands in a text that the user has not written: it is told at the user's own place.
    private static func placed(_ fault: SettingsFault, in node: SettingsNode) -> SettingsFault {
        guard fault.place.file != node.place.file, Presets.isInherited(fault.place), node.isMapping else {
            return fault
        }
        // A mapping can be read as a table, whatever is in it.
        let base = (try? node.table())?.first { $0.key == "extends" }?.value
        // What cannot be read as a name is not shown as one.
        let name = (try? base?.string()) ?? "the preset"
        return SettingsFault(
            place: base?.place ?? node.place,
            message: "what is inherited from \(name) does not fit the changes: \(fault.message) "
                + "(line \(fault.place.line) of the preset)",
            hint: fault.hint ?? "cdr24 formats \(name) shows the preset; write the entry anew in your format")
    }

    private init(resolved node: SettingsNode, bases: [String]) throws(SettingsFault) {
        self.bases = bases
        var text = node.canonicalText
        fingerprint = text.withUTF8 { unsafe StableHash.hash(UnsafeRawBufferPointer($0)) }
        var mapping = try node.mapping()
        name = try mapping.require("name").string()
        title = try mapping.take("title")?.string() ?? name
        let fileNode = try mapping.require("file")
        var form = try FileForm(fileNode)
        let values = mapping.take("values")
        var compiler = try Compiler(columns: form.columns, values: values, places: form.columnPlaces)
        for index in form.layouts.indices {
            guard let condition = form.layouts[index].condition else { continue }
            form.layouts[index].conditionNode = try compiler.condition(condition)
        }
        if let condition = form.notData { form.notDataNode = try compiler.condition(condition) }
        let callNode = try mapping.require("call")
        rules = try CallRules(
            times: try mapping.require("times"), call: callNode, skip: mapping.take("skip"), compiler: &compiler)
        foldRules = try FoldRules(mapping.take("fold"))
        timeZone = try mapping.take("time_zone")?.string()
        recognition = try RecognitionRules(mapping.take("recognise"), form: form, values: values)
        try mapping.finish()
        self.form = form
        program = compiler.program
        keyRuleFingerprint = try Self.keyRule(of: callNode, values: values)
    }

    /// The key's expression with every value that it uses, directly or through others.
    private static func keyRule(of call: SettingsNode, values: SettingsNode?) throws(SettingsFault) -> String {
        var mapping = try call.mapping()
        let key = try mapping.require("key").canonicalText
        let restarts = try mapping.take("key_restarts")?.boolean() ?? false
        var rule = "key 1 restarts=\(restarts) \(key)"
        var used: Set<String> = []
        var rows = try values?.table() ?? []
        rows.sort { $0.key < $1.key }
        while let next = rows.first(where: { !used.contains($0.key) && rule.contains("\"\($0.key)\"") }) {
            used.insert(next.key)
            rule += " \(next.key)=\(next.value.canonicalText)"
        }
        return rule
    }
}

extension FoldRules {
    /// Reads the section `fold` of a format.
    init(_ node: SettingsNode?) throws(SettingsFault) {
        self.init()
        guard let node else { return }
        var mapping = try node.mapping()
        if let value = mapping.take("talk") {
            guard let talk = Talk(rawValue: try value.string()) else {
                throw value.fault("expected one of \(Talk.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            self.talk = talk
        }
        if let value = mapping.take("employee") {
            guard let employee = Employee(rawValue: try value.string()) else {
                throw value.fault("expected one of \(Employee.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            self.employee = employee
        }
        try mapping.finish()
    }
}
