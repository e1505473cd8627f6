// SPDX-License-Identifier: Apache-2.0

/// What a record turned out to be.
package enum MappedRecord: Sendable, Hashable {
    /// A header, a row of types, a footer: not counted as a record of a call.
    case notData
    /// A call, or part of one.
    case leg(Leg)
    /// Passed over by a rule of the format.
    case skipped(SkipReason)
    /// Cannot become a call as it stands.
    case rejected(RecordRejection)
}

/// What a record turned out to be; see ``MappedRecord``.
package enum ViewedRecord {
    /// A header, a row of types, a footer.
    case notData
    /// A call, or part of one: the mapper's ``RecordMapper/leg``.
    case leg
    /// Passed over by a rule of the format.
    case skipped(SkipReason)
    /// Cannot become a call as it stands.
    case rejected(RecordRejection)
}

/// Why a record cannot become a call, and where in the record the reason stands.
///
/// Few records are rejected, and each is asked whether it is: a rejection is no larger than its place.
package struct RecordRejection: Sendable, Hashable {
    private struct Values: Hashable {
        let reason: String
        let column: Int?
        let field: String?
        let expected: String
        let found: String?
        let hint: String?
    }

    private final class Box: Sendable {
        let values: Values

        init(_ values: Values) { self.values = values }
    }

    private let box: Box

    /// A stable camelCase word that the summary counts under: `badDate`, `badDuration`, `badNumber`, `brokenRecord`,
    /// `doubtfulTime`, `missingColumn`, `missingKey`, `noHeader`, `tooFewColumns`, `tooManyColumns`, `unknownDirection`.
    package var reason: String { box.values.reason }
    /// The column, from 1, when the reason stands in one.
    package var column: Int? { box.values.column }
    /// The name of that column in the format or the header.
    package var field: String? { box.values.field }
    /// What was expected; it has nothing of the record. Empty where ``found`` says all.
    package var expected: String { box.values.expected }
    /// What was found; values are shortened and printable. `nil` where ``expected`` says all.
    package var found: String? { box.values.found }
    /// What can be done about it, if anything more can be said.
    package var hint: String? { box.values.hint }

    /// Whether all is the same.
    package static func == (a: RecordRejection, b: RecordRejection) -> Bool { a.box.values == b.box.values }

    /// Takes in all that the rejection says.
    package func hash(into hasher: inout Hasher) { hasher.combine(box.values) }

    /// What was expected and what was found, as one sentence without a full stop.
    package var message: String {
        guard let found else { return expected }
        return expected.isEmpty ? found : "\(expected), found \(found)"
    }

    /// Creates a rejection; what is left out is not known.
    package init(
        reason: String, column: Int? = nil, field: String? = nil, expected: String, found: String?, hint: String? = nil
    ) {
        box = Box(
            Values(reason: reason, column: column, field: field, expected: expected, found: found, hint: hint))
    }
}

extension String {
    /// The text in quotes, shortened to 40 characters, without anything that would disturb a terminal or a log.
    var quotedForMessage: String {
        // A file may have a million of them, nearly all of plain characters.
        if utf8.count <= 40, utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return "\"" + self + "\"" }
        var result = ""
        for scalar in unicodeScalars.prefix(40) {
            result.unicodeScalars.append(scalar.properties.isPrintableInMessage ? scalar : "\u{FFFD}")
        }
        return "\"\(result)\(unicodeScalars.count > 40 ? "…" : "")\""
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isPrintableInMessage: Bool {
        switch generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
