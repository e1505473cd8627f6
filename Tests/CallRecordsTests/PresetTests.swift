// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CallRecords

@Suite struct PresetTests {
    @Test(arguments: FormatDefinition.presetNames)
    func everyPresetIsAFormatThatCanBeShown(_ name: String) throws {
        let format = try FormatDefinition.preset(name)
        #expect(format.name == name)
        #expect(try #require(FormatDefinition.presetText(name)).contains("name: \(name)\n"))
        var context = MappingContext.moscow
        context.timeZone = "Europe/Moscow"
        _ = try RecordMapper(format: format, context: context)
    }
}
