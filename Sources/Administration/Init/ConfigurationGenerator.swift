// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Clocks
import DelimitedText
package import ExitCodes
import Foundation
import Importing
import Intake
package import Reporting
import Settings

/// `cdr24 init`: recognises the phone system that wrote a file and makes the configuration that it needs.
package struct ConfigurationGenerator: Sendable {
    private let recognition: FormatRecognition
    private let file: SampleFile

    /// Reads the beginning of a file.
    ///
    /// - Parameter path: The file, also `*.gz`, or `-` for standard input.
    /// - Throws: ``ImportFault/input(_:)`` when it cannot be read.
    package init(path: String) throws(ImportFault) {
        file = try SampleFile(path: path)
        recognition = FormatRecognition.recognise(file.head, isWhole: file.isWhole)
    }

    /// The configuration for the file.
    ///
    /// - Throws: ``ImportFault/input(_:)`` where the file holds no calls of a known system, with what it is instead.
    package func configuration() throws(ImportFault) -> StarterConfiguration {
        guard let best = recognition.best else { throw .input(refusal) }
        let survey: SampleSurvey
        let changes: [String]
        do throws(SettingsFault) {
            changes = try overrides(best)
            survey = try SampleSurvey(file.head, isWhole: file.isWhole, format: try format(best, changes))
        } catch {
            throw ImportFault(error)
        }
        return StarterConfiguration(
            file: file.path == "-" ? "PATH OF THE FILE" : URL(fileURLWithPath: file.path).path,
            formatName: best.name, formatTitle: best.title, confidence: best.confidence,
            evidence: best.evidence + survey.findings, warnings: warnings(best, survey),
            fileOverrides: changes, timeZone: survey.timeZoneLine, notBefore: survey.notBeforeLine,
            region: survey.regionLine, internalPattern: survey.internalPattern,
            innerPattern: survey.innerPattern,
            extensions: Self.ranked(survey.extensions), lines: Self.ranked(survey.lines))
    }

    /// The format with what this file needs changed.
    private func format(
        _ candidate: FormatCandidate, _ changes: [String]
    ) throws(SettingsFault) -> FormatDefinition {
        guard !changes.isEmpty else { return try FormatDefinition.preset(candidate.name) }
        let text = "extends: \(candidate.name)\nfile:\n" + changes.map { "  \($0)\n" }.joined()
        return try FormatDefinition(try SettingsNode(yaml: text, file: "<format>"))
    }

    /// The keys of `file:` in which the file differs from the preset.
    private func overrides(_ candidate: FormatCandidate) throws(SettingsFault) -> [String] {
        let preset = try FormatDefinition.preset(candidate.name).dialect
        let own = candidate.dialect
        var lines: [String] = []
        if own.delimiter != preset.delimiter {
            let name = own.delimiter == 0x09 ? "tab" : String(UnicodeScalar(own.delimiter))
            lines.append("delimiter: \"\(name)\"")
        }
        if own.quote != preset.quote { lines.append("quote: \(own.quote == nil ? "none" : "'\"'")") }
        if own.escape != preset.escape {
            let word =
                switch own.escape {
                case .doubledQuote: "doubled"
                case .backslash: "backslash"
                case .none: "none"
                }
            lines.append("escape: \(word)")
        }
        if own.lineEnd != preset.lineEnd { lines.append("line_end: \(own.lineEnd == .cr ? "cr" : "lf")") }
        if candidate.lacksHeader {
            lines.append("header: none")
            lines.append("columns: [\(candidate.assumedColumns.joined(separator: ", "))]")
        }
        return lines
    }

    private func warnings(_ best: FormatCandidate, _ survey: SampleSurvey) -> [String] {
        var warnings: [String] = []
        if let rival = recognition.rival {
            warnings.append(
                "\(rival.title) (format: \(rival.name)) fits nearly as well: \(Int(rival.confidence * 100)) %")
        }
        if best.lacksHeader {
            warnings.append(
                """
                the header is missing or has unknown column names; compare the columns below, which are the usual ones, \
                with the file, or export the file again with its header
                """)
        }
        warnings += survey.advice
        let rejected = survey.rejected.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (reason, count) in rejected {
            warnings.append(
                """
                rejected (\(reason)): \(grouped(count)) of \(counted(survey.records, "record")); cdr24 preview shows them
                """)
        }
        return warnings
    }

    /// What the file is where it is no file of calls.
    private var refusal: String {
        let name = file.path == "-" ? "standard input" : file.path
        if let kind = recognition.otherKind { return "\(name) is \(kind); it contains no calls to import" }
        let shape =
            recognition.detection.fieldCount > 1
            ? "a table of \(recognition.detection.fieldCount) columns" : "text without columns"
        let nearest = recognition.candidates.first.map {
            " (closest match: \($0.title), \(Int($0.confidence * 100)) %)"
        }
        return """
            \(name) is \(shape), but not the call records of a known phone system\(nearest ?? ""); for the known systems \
            see cdr24 formats, for another system docs/mapping.md
            """
    }

    private static func ranked(_ counts: [String: Int]) -> [(name: String, count: Int)] {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }
}

extension SampleSurvey {
    fileprivate var findings: [String] {
        let incoming = calls["incoming"] ?? 0
        let outgoing = calls["outgoing"] ?? 0
        var lines = [
            """
            \(counted(records, "record")) read: \(counted(incoming, "incoming call")), \
            \(counted(outgoing, "outgoing call"))
            """
        ]
        for (reason, count) in skipped.sorted(by: { $0.key < $1.key }) {
            lines.append("skipped (\(reason)): \(grouped(count))")
        }
        return lines
    }

    fileprivate var timeZoneLine: (name: String?, remark: String)? {
        switch zone {
        case .notNeeded: return nil
        case .shown(let name, let minutes, let count):
            let sign = minutes < 0 ? "behind" : "ahead of"
            let hours = Double(minutes.magnitude) / 60
            let difference = minutes == 0 ? "equal to UTC" : "\(hours.formatted()) h \(sign) UTC"
            return (
                name,
                "According to the IDs in \(counted(count, "record")), the file's clock is \(difference); the zone is a guess."
            )
        case .unknown(let likely):
            return (
                likely,
                likely == nil
                    ? "REQUIRED: the file does not show the time zone."
                    : "CHECK: the file does not show the time zone; this is the usual one of the region."
            )
        }
    }

    fileprivate var notBeforeLine: (day: String, remark: String)? {
        guard let oldest, let newest else { return nil }
        let first = UTCText.day(oldest.epochSeconds + Int64(oldest.offsetSeconds))
        let last = UTCText.day(newest.epochSeconds + Int64(newest.offsetSeconds))
        return (
            first,
            """
            Calls before this day are not imported; this is the first day of the file. The records read are from \(first) to \
            \(last). Calls cannot be removed from the portal: set a later day to leave out the past.
            """
        )
    }

    fileprivate var regionLine: (code: String?, remark: String) {
        guard let region else {
            return (nil, "REQUIRED: the region of national numbers; the numbers in the file fit no region well.")
        }
        let part = Int((region.share * 100).rounded())
        var remark = "Region of national numbers: \(part) % of the numbers seen are possible in \(region.code)."
        if !otherRegions.isEmpty {
            let others = otherRegions.prefix(6).joined(separator: ", ")
            remark = "CHECK: \(remark) They are also possible in \(others)."
        }
        return (region.code, remark)
    }
}
