// SPDX-License-Identifier: Apache-2.0

import Bitrix24
package import CDRConfiguration
import CallRecords
import DelimitedText
import Delivery
package import ExitCodes
import Intake
package import Reporting
import Settings

/// `cdr24 preview`: shows what the records of one file become, without a ledger and without a portal.
package struct Preview: Sendable {
    private let configuration: ImportConfiguration
    private let source: SourceSettings
    private let reader: SampleReader
    private let limit: Int

    /// The intake's word for a call before `not_before`.
    private static let tooOld = "tooOld"

    /// Prepares to show a file.
    ///
    /// - Parameters:
    ///   - configuration: Its first source says how the file is read.
    ///   - path: The file, also `*.gz`, or `-` for standard input.
    ///   - limit: The most calls, and the most examples of what is left out, that are shown; 0 or more.
    /// - Throws: ``ImportFault``: `configuration` when no format is set, `input` when the file cannot be read.
    package init(_ configuration: ImportConfiguration, path: String, limit: Int) throws(ImportFault) {
        self.configuration = configuration
        source = configuration.sources.first ?? SourceSettings()
        self.limit = limit
        reader = try SampleReader(path: path, source, configuration)
    }

    /// Reads the file, once for its calls and once more for where their values came from.
    ///
    /// - Throws: ``ImportFault/configuration(_:)`` when the source's zone, patterns or lines cannot be used.
    package func report() throws(ImportFault) -> PreviewReport {
        var report = PreviewReport(file: reader.file.path, format: reader.format.title, limit: limit)
        let reading = try read(tracing: [])
        let chosen = fold(reading, &report)
        let traces = try read(tracing: Set(chosen.flatMap(\.lines))).traces
        report.calls = chosen.map { shown($0.call, lines: $0.lines, traces) }
        report.records = reading.records
        for (line, reason) in reading.skipped { report.skip(lines: [line], reason: reason) }
        for (line, rejection) in reading.rejected {
            report.reject(line: line, reason: rejection.reason, message: rejection.sentence)
        }
        if !reader.file.isWhole {
            report.notes.append("only the beginning of the file was read, so the last call may be incomplete")
        }
        if let note = zoneNote(reading.mapper.zoneEvidence) { report.notes.append(note) }
        report.notes += reading.mapper.clockDoubts.remarks
        return report
    }

    /// Makes calls of the groups of legs, and picks those that are shown.
    private func fold(_ reading: Reading, _ report: inout PreviewReport) -> [(call: Call, lines: [Int])] {
        let folder = CallFolder(format: reader.format)
        var chosen: [(call: Call, lines: [Int])] = []
        for key in reading.order {
            let lines = reading.lines[key] ?? []
            switch folder.fold(reading.groups[key] ?? []) {
            case .skipped(let reason): report.skip(lines: lines, reason: reason.rawValue)
            case .call(let call):
                if let notBefore = source.notBefore, call.start.epochSeconds < notBefore {
                    report.skip(lines: lines, reason: Self.tooOld)
                    continue
                }
                report.callCount += 1
                if chosen.count < limit { chosen.append((call, lines)) }
            }
        }
        return chosen
    }

    private func zoneNote(_ evidence: ZoneEvidence) -> String? {
        guard let mode = evidence.mode, mode.minutes != 0, mode.share > 0.5 else { return nil }
        return """
            according to the IDs, \(Int(mode.share * 100)) % of the times are \
            \(counted(Int(mode.minutes.magnitude), "minute")) too \(mode.minutes > 0 ? "late" : "early"); check time_zone
            """
    }

    private func shown(_ call: Call, lines: [Int], _ traces: [Int: [FieldTrace]]) -> PreviewReport.Call {
        let start = PortalDate(epochSeconds: call.start.epochSeconds, offsetSeconds: Int(call.start.offsetSeconds))
        let employee = configuration.users.employee(of: call)
        var shown = PreviewReport.Call(
            key: call.key, start: start.description, direction: "\(call.type)", phone: call.phoneNumber,
            employee: words(call.employeeExtension, employee), line: call.line ?? "none",
            talkSeconds: Int(call.talk.components.seconds), status: call.status.rawValue,
            failedReason: call.failedReason ?? "")
        if lines.count > 1 { shown.folding = "\(lines.count) records: \(reader.format.foldRules.sentence)" }
        shown.records = lines.map { line in
            PreviewReport.Record(line: line, fields: (traces[line] ?? []).map { PreviewReport.Field($0) })
        }
        guard let employee else {
            shown.notes.append("no user is known for this call, so it would be held; set users.default")
            return shown
        }
        shown.requests = [
            PreviewReport.Request(
                call.registerCommand(key: "r", employee: employee, crm: configuration.crm.treatment(of: call))),
            PreviewReport.Request(call.finishCommand(key: "f", callID: "<from the reply>", employee: employee)),
        ]
        if let callID = call.details.portalCallID {
            // What the portal registered itself is only finished.
            shown.requests = [
                PreviewReport.Request(call.finishCommand(key: "f", callID: callID, employee: employee))
            ]
        }
        return shown
    }

    private func words(_ name: String?, _ employee: Employee?) -> String {
        switch employee {
        case nil: "unknown"
        case .user(let id)?: "\(name.map { "\($0) = " } ?? "")USER_ID \(id)\(name == nil ? " (users.default)" : "")"
        case .inner(let inner)?: "\(inner) (looked up by the portal)"
        }
    }

    /// One pass over the file.
    ///
    /// - Parameter lines: Those of the records whose values are to be explained.
    private func read(tracing lines: Set<Int>) throws(ImportFault) -> Reading {
        let reading = Reading(try reader.mapper(), tracing: lines)
        reader.forEachRecord { reading.take($0) }
        reading.group()
        return reading
    }

    /// What a pass over the file collects.
    private final class Reading {
        var mapper: RecordMapper
        private let traced: Set<Int>
        var records = 0
        private var legs: [Leg] = []
        private var marks: [JoinMarks] = []
        private var legLines: [Int] = []
        var order: [String] = []
        var groups: [String: [Leg]] = [:]
        var lines: [String: [Int]] = [:]
        var traces: [Int: [FieldTrace]] = [:]
        var skipped: [(line: Int, reason: String)] = []
        var rejected: [(line: Int, reason: RecordRejection)] = []

        init(_ mapper: RecordMapper, tracing traced: Set<Int>) {
            self.mapper = mapper
            self.traced = traced
        }

        func take(_ record: borrowing Record) {
            let line = Int(record.position.line)
            switch mapper.map(record) {
            case .notData: return
            case .leg(let leg):
                legs.append(leg)
                marks.append(mapper.joins)
                legLines.append(line)
                if traced.contains(line) { traces[line] = mapper.trace() }
            case .skipped(let reason): skipped.append((line, reason.rawValue))
            case .rejected(let rejection): rejected.append((line, rejection))
            }
            records += 1
        }

        /// Brings the legs together by their calls, once all are there.
        func group() {
            LegGrouping.correctKeys(of: &legs, marks: marks)
            for (leg, line) in zip(legs, legLines) {
                if groups[leg.key] == nil { order.append(leg.key) }
                groups[leg.key, default: []].append(leg)
                lines[leg.key, default: []].append(line)
            }
        }
    }
}

extension RecordRejection {
    /// Where, what and what to do, as one clause without a full stop.
    fileprivate var sentence: String {
        let place = column.map { "column \($0)\(field.map { " (\($0))" } ?? ""): " } ?? ""
        return place + message + (hint.map { "; \($0)" } ?? "")
    }
}

extension PreviewReport.Field {
    fileprivate init(_ trace: FieldTrace) {
        self.init(
            rule: trace.rule, value: trace.value, branches: trace.branches,
            columns: trace.columns.map { PreviewReport.Column(number: $0.number, name: $0.name, text: $0.text) })
    }
}

extension PreviewReport.Request {
    fileprivate init(_ command: Command) {
        self.init(
            method: command.method,
            parameters: command.parameters.map { parameter in
                let value =
                    switch parameter.value {
                    case .text(let text): text
                    case .list(let texts): texts.joined(separator: ", ")
                    case .fields(let fields): counted(fields.count, "field")
                    }
                return PreviewReport.Parameter(name: parameter.name, value: value)
            })
    }
}
