// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing

@testable import CallRecords

/// Runs one expression over one record with the columns a, b and c.
private func text(_ expression: String, _ fields: [String]) throws -> String {
    var compiler = try Compiler(columns: ["a", "b", "c"])
    let node = try compiler.text(try SettingsNode(yaml: expression, file: "test.yaml"))
    var machine = try Machine(
        program: compiler.program, surroundings: try MappingContext.moscow.surroundings(formatZone: nil, needsZone: true))
    let plan = ColumnPlan(form: try FileForm(SettingsNode(yaml: "columns: [a, b, c]", file: "")), slots: compiler.program.slots)
    machine.load(TextFields(fields), columns: plan.layout(0).places, clean: FieldCleaning())
    let slice = machine.text(node)
    return machine.workspace.string(slice)
}

struct TextFields: FieldSource {
    let fields: [[UInt8]]

    init(_ fields: [String]) { self.fields = fields.map { Array($0.utf8) } }

    var fieldCount: Int { fields.count }

    func appendField(_ index: Int, to workspace: inout Workspace) -> Slice? {
        let place = index < 0 ? fields.count + index : index
        guard fields.indices.contains(place) else { return nil }
        return fields[place].withUnsafeBytes { workspace.append($0) }
    }
}

@Suite struct LanguageTests {
    @Test(arguments: [
        ("{ join: [a, { text: \" \" }, b] }", ["ANSWERED", "Hangup", ""], "ANSWERED Hangup"),
    ])
    func textExpressions(_ expression: String, _ fields: [String], _ expected: String) throws {
        #expect(try text(expression, fields) == expected)
    }
}
