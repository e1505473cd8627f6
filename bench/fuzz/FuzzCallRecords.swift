// SPDX-License-Identifier: Apache-2.0

// Compiled together with the sources of CallRecords and the promises of its tests by bench/fuzz/fuzz, not part of the
// package.

import CallRecords

/// Called by libFuzzer: the first three bytes choose the format, its surroundings and the slices; the rest is the file.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 3 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: start + 3, count: count - 3))
    let office = offices[Int(start[0]) % offices.count]
    guard let mapper = office.mappers[Int(start[1] & 7)] else { return 0 }
    growth.watch {
        let whole = mapped(bytes, office.format, mapper, sliceLength: bytes.count)
        let sliced = mapped(bytes, office.format, mapper, sliceLength: Int(start[2]) + 1)
        require(whole == sliced, "slices make no difference")
        if let broken = brokenPromise(of: whole, office.format) { fatalError(broken) }
    }
    // Reading all presets takes long, so few inputs are recognised: always the same ones.
    if start[1] == 0xFF, bytes.reduce(0, { $0 &* 31 &+ Int($1) }) & 31 == 0 { recognise(bytes) }
    return 0
}

/// A preset, ready to map: its mapper in each of eight surroundings, nil where it needs a zone and there is none.
private struct Office {
    let format: FormatDefinition
    let mappers: [RecordMapper?]

    init(_ preset: String) throws {
        let format = try FormatDefinition.preset(preset)
        self.format = format
        mappers = (0..<8).map { choice in
            let context = MappingContext(
                timeZone: choice & 4 == 0 ? "Europe/Moscow" : "+05:30", region: choice & 1 == 0 ? "RU" : "US",
                rewrites: choice & 2 == 0 ? [] : [(match: #"^9(\d{10,})$"#, replace: "$1")], keyPrefix: "pbx1",
                lines: ["trunk1": "+74950000000"], callLists: ["7": 7], trunks: choice & 2 == 0 ? [] : ["trunk1"])
            // A format may refuse a context, such as one without the zone that it needs: that one is not fuzzed.
            return try? RecordMapper(format: format, context: context)
        }
    }
}

// libFuzzer calls from one thread only, which the compiler cannot know.
nonisolated(unsafe) private var growth = Growth()
// The tests show that every preset loads.
nonisolated(unsafe) private let offices: [Office] = FormatDefinition.presetNames.compactMap { try? Office($0) }

private func recognise(_ bytes: [UInt8]) {
    for isWhole in [false, true] {
        let recognition = FormatRecognition.recognise(bytes, isWhole: isWhole)
        // The tests show that every preset loads.
        guard let best = recognition.best, let format = try? FormatDefinition.preset(best.name) else { continue }
        // An error is what the next line ends the program for.
        let survey = try? SampleSurvey(bytes, isWhole: isWhole, format: format, dialect: best.dialect)
        require(survey != nil, "what is recognised can be read")
    }
}
