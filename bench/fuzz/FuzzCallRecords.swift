// SPDX-License-Identifier: Apache-2.0

// Compiled together with the sources of CallRecords by bench/fuzz/fuzz, not part of the package.

import CallRecords
import DelimitedText

/// Called by libFuzzer: the first three bytes choose the format, its surroundings and the slices; the rest is the file.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 3 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: start + 3, count: count - 3))
    let office = offices[Int(start[0]) % offices.count]
    guard let mapper = office.mappers[Int(start[1] & 7)] else { return 0 }

    let whole = read(bytes, office.format, mapper, sliceLength: bytes.count)
    let sliced = read(bytes, office.format, mapper, sliceLength: Int(start[2]) + 1)
    precondition(whole == sliced, "slices make no difference")
    check(whole, office.format)
    // Reading all presets takes long, so few inputs are recognised.
    if start[1] == 0xFF { recognise(bytes) }
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
            return try? RecordMapper(format: format, context: context)
        }
    }
}

// libFuzzer calls from one thread only, which the compiler cannot know.
nonisolated(unsafe) private let offices: [Office] = FormatDefinition.presetNames.compactMap { try? Office($0) }

private func read(
    _ bytes: [UInt8], _ format: FormatDefinition, _ mapper: RecordMapper, sliceLength: Int
) -> [MappedRecord] {
    var mapper = mapper
    var records: [MappedRecord] = []
    var scanner = RecordScanner(dialect: format.dialect)
    scanner.expectedFieldCount = format.expectedFieldCount
    for start in stride(from: 0, to: bytes.count, by: sliceLength) {
        let slice = Array(bytes[start..<min(start + sliceLength, bytes.count)])
        slice.withUnsafeBytes { slice in scanner.scan(slice) { records.append(mapper.map($0)) } }
    }
    scanner.finish { records.append(mapper.map($0)) }
    return records
}

private func check(_ records: [MappedRecord], _ format: FormatDefinition) {
    var legs: [Leg] = []
    for record in records {
        switch record {
        case .leg(let leg): legs.append(leg)
        case .rejected(let rejection):
            precondition(!rejection.reason.isEmpty && !rejection.message.isEmpty, "a rejection says why")
            precondition(rejection.message.unicodeScalars.allSatisfy { $0.value >= 32 }, "a message can be printed")
        case .notData, .skipped: break
        }
    }
    for leg in legs { check(leg) }
    precondition(Leg.decode(Leg.encode(legs)) == legs, "legs are kept as they are")
    let folder = CallFolder(format: format)
    for (key, group) in Dictionary(grouping: legs, by: \.key) {
        let folded = folder.fold(group)
        precondition(folder.fold(group.reversed()) == folded, "the order of legs makes no difference")
        guard case .call(let call) = folded else { continue }
        precondition(call.key == key && call.start <= call.end, "a call ends after it began")
        precondition(call.talk >= .zero && call.talk <= .seconds(86_400), "the portal takes the talk")
        checkNumber(call.phoneNumber)
        precondition((call.line?.utf8.count ?? 0) <= 50, "the portal takes the line")
        precondition(call.failedReason.map { isReason($0) } ?? true, "the portal takes the reason")
    }
}

private func check(_ leg: Leg) {
    for key in [leg.key] + leg.aliases {
        precondition((1...64).contains(key.utf8.count), "a key has its length")
        precondition(key.utf8.allSatisfy { (33...126).contains($0) && !(65...90).contains($0) }, "a key is printable")
    }
    if case .number(let number) = leg.external { checkNumber(number) }
    precondition(leg.talk >= .zero && leg.talk <= .seconds(86_400), "the portal takes the talk")
    precondition(leg.failedReason.map { isReason($0) } ?? true, "the portal takes the reason")
}

private func checkNumber(_ number: String) {
    precondition((4...20).contains(number.utf8.count) && number.utf8.first == 43, "a number is E.164: \(number)")
    precondition(number.utf8.dropFirst().allSatisfy { (48...57).contains($0) }, "a number is of digits: \(number)")
}

private func isReason(_ text: String) -> Bool {
    text.count <= 255 && text.unicodeScalars.allSatisfy { $0 != "$" && $0.properties.generalCategory != .control }
}

private func recognise(_ bytes: [UInt8]) {
    for isWhole in [false, true] {
        let recognition = FormatRecognition.recognise(bytes, isWhole: isWhole)
        guard let best = recognition.best, let format = try? FormatDefinition.preset(best.name) else { continue }
        let survey = try? SampleSurvey(bytes, isWhole: isWhole, format: format, dialect: best.dialect)
        precondition(survey != nil, "what is recognised can be read")
    }
}
