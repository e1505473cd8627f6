// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CallRecords

@Suite struct RealFileTests {
    @Test(arguments: [
        "asterisk-cdr_csv-18col-good.csv", "asterisk-cdr_csv-18col-testsuite.csv",
        "asterisk-cdr_csv-21col-newcdrcolumns.csv", "asterisk-cdr_csv-truncated-lastline.csv",
    ])
    func everyAsteriskRecordIsAccountedFor(_ name: String) throws {
        guard let bytes = realSample(name) else { return }
        var context = MappingContext.moscow
        context.timeZone = "GMT"
        let file = try map(bytes, format: try .preset("asterisk"), context: context)
        print(name, file.records.count, file.legs.count, file.skips, file.rejections, file.skippedCalls)
        for call in file.calls { print(call) }
        print(file.mapper.zoneEvidence.mode as Any, file.mapper.unmappedLines)
    }
}
