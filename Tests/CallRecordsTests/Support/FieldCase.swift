// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import Testing

@testable import CallRecords

/// A file as people have it, and the calls that they had.
struct FieldCase: Sendable, CustomTestStringConvertible {
    var what: String
    var preset = "asterisk"
    /// The file, as UTF-8.
    var text: String
    var zone = "Europe/Moscow"
    var region: String? = "RU"
    var `internal` = #"^\d{3}$"#
    var lines = ["trunk1": "+74950000000"]
    /// Direction, number, start in UTC as HH:MM:SS, talk, employee or -, status.
    var calls: [String] = []
    /// Reasons of rejected records.
    var rejected: [String] = []
    /// Reasons of skipped records and calls; a call counts once.
    var skipped: [String] = []

    var testDescription: String { what }

    var context: MappingContext {
        var context = MappingContext(
            timeZone: zone, region: region, internalPattern: self.internal, keyPrefix: "pbx1", lines: lines)
        context.checksTimes = true
        return context
    }

    /// The file, read as the import reads it.
    func mapped() throws -> MappedFile {
        let format = try FormatDefinition.preset(preset)
        var bytes = Array(text.utf8)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        let dialect = bytes.withUnsafeBytes { format.dialect.adapted(to: $0) }
        return try map(bytes, format: format, dialect: dialect, context: context)
    }

    func check() throws {
        let file = try mapped()
        #expect(file.calls.map { Self.line($0) } == calls)
        #expect(file.rejections.map(\.reason) == rejected)
        let left = file.skips + file.skippedCalls.flatMap { Array(repeating: $0.key, count: $0.value) }
        #expect(left.sorted() == skipped.sorted())
        // Nothing depends on where the file happens to be cut.
        let format = try FormatDefinition.preset(preset)
        #expect(brokenPromise(of: file.records, format) == nil)
    }

    static func line(_ call: Call) -> String {
        let time = CivilTime(secondsSinceEpoch: call.start.epochSeconds)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(call.type) \(call.phoneNumber) \(two(time.hour)):\(two(time.minute)):\(two(time.second)) "
            + "\(call.talk.components.seconds) \(call.employeeExtension ?? "-") \(call.status.rawValue)"
    }
}
