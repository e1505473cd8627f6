// SPDX-License-Identifier: Apache-2.0

import CallRecords
import DelimitedText
import Settings

// Used by the tests and, outside the package, by bench/fuzz.

/// Records of five columns, for formats that bring none along.
let usualRecords = Array(
    """
    7,2026-11-20 09:00:00,89000000001,101,12
    8,1795154400,+79000000002,"SIP/trunk1-0001",-1
    9,20.11.2026 09:00,,Anonymous,99999999999999999999
    ,,,,

    """.utf8)

/// What is wrong with a format in the mapping language, which may be none, and with the records that it reads: a fault
/// without a place, or what ``brokenPromise(of:_:)`` finds. Nil if nothing is.
func brokenPromise(ofFormat text: String, _ records: [UInt8]) -> String? {
    let format: FormatDefinition
    do throws(SettingsFault) {
        format = try FormatDefinition(try SettingsNode(yaml: text, file: "format.yaml"))
    } catch {
        let hasPlace = error.place.line > 0 && error.place.column > 0
        return hasPlace && !error.message.isEmpty ? nil : "a fault does not say what is wrong and where: \(error)"
    }
    let context = MappingContext(
        timeZone: "Europe/Moscow", region: "RU", keyPrefix: "pbx1", lines: ["trunk1": "+74950000000"],
        callLists: ["7": 7], trunks: ["trunk1"])
    // A format may refuse a context.
    guard let mapper = try? RecordMapper(format: format, context: context) else { return nil }
    let whole = mapped(records, format, mapper, sliceLength: max(1, records.count))
    if whole != mapped(records, format, mapper, sliceLength: 7) { return "slices make a difference" }
    if whole != mapped(records, format, mapper.rememberingNothing(), sliceLength: 7) {
        return "what is remembered makes a difference"
    }
    return brokenPromise(of: whole, format)
}

/// The records of a file that comes in slices.
func mapped(
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

/// What is wrong with the records that a file gave: a call that the portal would choke on, a rejection without a reason,
/// a group of legs that depends on their order. Nil if nothing is.
func brokenPromise(of records: [MappedRecord], _ format: FormatDefinition) -> String? {
    var legs: [Leg] = []
    for record in records {
        switch record {
        case .leg(let leg):
            if let broken = brokenPromise(of: leg) { return broken }
            legs.append(leg)
        case .rejected(let rejection):
            if rejection.reason.isEmpty || rejection.message.isEmpty { return "a rejection does not say why" }
            let isPrintable = rejection.message.unicodeScalars.allSatisfy { $0.value >= 32 }
            if !isPrintable { return "a message cannot be printed: \(rejection.message)" }
        case .notData, .skipped: break
        }
    }
    if Leg.decode(Leg.encode(legs)) != legs { return "legs are not kept as they are: \(legs)" }
    if legs.map({ $0.withView { Leg($0) } }) != legs { return "legs are not seen as they are: \(legs)" }
    return brokenPromise(ofGroups: Dictionary(grouping: legs, by: \.key), CallFolder(format: format))
}

private func brokenPromise(ofGroups groups: [String: [Leg]], _ folder: CallFolder) -> String? {
    for (key, group) in groups {
        let folded = folder.fold(group)
        if folder.fold(group.reversed()) != folded { return "the order of legs makes a difference: \(group)" }
        guard case .call(let call) = folded else { continue }
        if call.key != key || call.start > call.end { return "a call ends before it begins: \(call)" }
        if call.talk < .zero || call.talk > .seconds(86_400) { return "the portal does not take the talk: \(call)" }
        if !isNumber(call.phoneNumber) { return "no number: \(call)" }
        if (call.line?.utf8.count ?? 0) > 50 { return "the portal does not take the line: \(call)" }
        if let reason = call.failedReason, !isReason(reason) { return "the portal does not take the reason: \(call)" }
    }
    return nil
}

private func brokenPromise(of leg: Leg) -> String? {
    for key in [leg.key] + leg.aliases {
        let isPrintable = key.utf8.allSatisfy { (33...126).contains($0) && !(65...90).contains($0) }
        if !isPrintable || !(1...64).contains(key.utf8.count) { return "no key: \(leg)" }
    }
    if case .number(let number) = leg.external, !isNumber(number) { return "no number: \(leg)" }
    if leg.talk < .zero || leg.talk > .seconds(86_400) { return "the portal does not take the talk: \(leg)" }
    if let reason = leg.failedReason, !isReason(reason) { return "the portal does not take the reason: \(leg)" }
    return nil
}

/// E.164 with a plus, or a short number such as 112 as it is.
private func isNumber(_ number: String) -> Bool {
    let digits = number.utf8.drop { $0 == UInt8(ascii: "+") }
    return (2...20).contains(number.utf8.count) && number.utf8.count - digits.count <= 1
        && digits.allSatisfy { (48...57).contains($0) }
}

private func isReason(_ text: String) -> Bool {
    text.count <= 255 && text.unicodeScalars.allSatisfy { $0 != "$" && $0.properties.generalCategory != .control }
}
