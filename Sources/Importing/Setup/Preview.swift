// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallRecords
import DelimitedText
package import Reporting
import Settings

/// Shows what the records of one file become, without a ledger and without a portal.
package struct Preview: Sendable {
    let configuration: Configuration
    let source: SourceSettings
    let format: FormatDefinition
    let file: SampleFile
    /// The most calls, and the most examples of what is left out, that are shown.
    let limit: Int

    /// Prepares to show a file.
    ///
    /// - Parameters:
    ///   - configuration: Its first source says how the file is read.
    ///   - path: The file, also `*.gz`, or `-` for standard input.
    /// - Throws: ``ImportFault`` when no format is named or the file cannot be read.
    package init(_ configuration: Configuration, path: String, limit: Int) throws(ImportFault) {
        guard let source = configuration.sources.first, let format = source.format else {
            throw .configuration(
                "no format is named; write format: (for example asterisk), use --format, or begin with: cdr24 init \(path)"
            )
        }
        self.configuration = configuration
        self.source = source
        self.format = format
        self.limit = limit
        file = try SampleFile(path: path, encoding: format.encoding)
    }

    /// The report.
    ///
    /// - Throws: ``ImportFault/configuration(_:)`` when the source's zone, patterns or lines cannot be used.
    package func report() throws(ImportFault) -> PreviewReport {
        var report = PreviewReport(file: file.path, format: format.title)
        let reading = try read(Set())
        let folder = CallFolder(format: format)
        var chosen: [(call: Call, lines: [Int])] = []
        for key in reading.order {
            let legs = reading.groups[key] ?? []
            let lines = reading.lines[key] ?? []
            switch folder.fold(legs) {
            case .skipped(let reason): report.skip(lines, reason.rawValue, limit: limit)
            case .call(let call):
                if let notBefore = source.notBefore, call.start.epochSeconds < notBefore {
                    report.skip(lines, "tooOld", limit: limit)
                    continue
                }
                report.callCount += 1
                if chosen.count < limit { chosen.append((call, lines)) }
            }
        }
        let traces = try read(Set(chosen.flatMap(\.lines))).traces
        report.calls = chosen.map { shown($0.call, lines: $0.lines, traces) }
        report.records = reading.records
        for (line, reason) in reading.skipped { report.skip([line], reason, limit: limit) }
        for rejection in reading.rejected { report.reject(rejection.line, rejection.reason, limit: limit) }
        if !file.isWhole {
            report.notes.append("only the beginning of the file was read: the last call may go on behind it")
        }
        if let note = zoneNote(reading.mapper.zoneEvidence) { report.notes.append(note) }
        report.notes += reading.mapper.clockDoubts.remarks
        return report
    }

    private func zoneNote(_ evidence: ZoneEvidence) -> String? {
        guard let mode = evidence.mode, mode.minutes != 0, mode.share > 0.5 else { return nil }
        return """
            by the ids in the records \(Int(mode.share * 100)) % of them are \(mode.minutes.magnitude) minutes too \
            \(mode.minutes > 0 ? "late" : "early"): check time_zone
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
        if lines.count > 1 { shown.folding = "\(lines.count) records: \(format.foldRules.sentence)" }
        shown.records = lines.map { line in
            PreviewReport.Record(line: line, fields: (traces[line] ?? []).map { PreviewReport.Field($0) })
        }
        guard let employee else {
            shown.notes.append("nobody is known for this call: it would be held; set users.default")
            return shown
        }
        shown.requests = [
            PreviewReport.Request(call.registerCommand(key: "r", employee: employee)),
            PreviewReport.Request(call.finishCommand(key: "f", callID: "<from the answer>", employee: employee)),
        ]
        return shown
    }

    private func words(_ name: String?, _ employee: Employee?) -> String {
        switch employee {
        case nil: "nobody"
        case .user(let id)?: "\(name.map { "\($0) = " } ?? "")USER_ID \(id)\(name == nil ? " (users.default)" : "")"
        case .inner(let inner)?: "\(inner) (looked up by the portal)"
        }
    }

    /// One pass over the file.
    ///
    /// - Parameter wanted: The lines whose records are to be explained.
    private func read(_ wanted: Set<Int>) throws(ImportFault) -> Reading {
        let context = MappingContext(source, configuration)
        let reading: Reading
        do throws(SettingsFault) {
            reading = Reading(try RecordMapper(format: format, context: context), wanted)
        } catch {
            throw ImportFault(error)
        }
        var scanner = RecordScanner(dialect: format.dialect)
        scanner.expectedFieldCount = format.expectedFieldCount
        file.head.withUnsafeBytes { all in scanner.scan(all) { reading.take($0) } }
        if file.isWhole { scanner.finish { reading.take($0) } }
        return reading
    }

    /// What a pass over the file collects.
    private final class Reading {
        var mapper: RecordMapper
        let wanted: Set<Int>
        var records = 0
        var order: [String] = []
        var groups: [String: [Leg]] = [:]
        var lines: [String: [Int]] = [:]
        var traces: [Int: [FieldTrace]] = [:]
        var skipped: [(line: Int, reason: String)] = []
        var rejected: [(line: Int, reason: RecordRejection)] = []

        init(_ mapper: RecordMapper, _ wanted: Set<Int>) {
            self.mapper = mapper
            self.wanted = wanted
        }

        func take(_ record: borrowing Record) {
            let line = Int(record.position.line)
            switch mapper.map(record) {
            case .notData: return
            case .leg(let leg):
                if groups[leg.key] == nil { order.append(leg.key) }
                groups[leg.key, default: []].append(leg)
                lines[leg.key, default: []].append(line)
                if wanted.contains(line) { traces[line] = mapper.trace() }
            case .skipped(let reason): skipped.append((line, reason.rawValue))
            case .rejected(let rejection): rejected.append((line, rejection))
            }
            records += 1
        }
    }
}

extension PreviewReport {
    fileprivate mutating func skip(_ lines: [Int], _ reason: String, limit: Int) {
        skippedCounts[reason, default: 0] += 1
        if skipped.count < limit { skipped.append(LeftOut(lines: lines, reason: reason)) }
    }

    fileprivate mutating func reject(_ line: Int, _ rejection: RecordRejection, limit: Int) {
        rejectedCounts[rejection.reason, default: 0] += 1
        guard rejected.count < limit else { return }
        let place = rejection.column.map { "column \($0)\(rejection.field.map { " (\($0))" } ?? ""): " } ?? ""
        let hint = rejection.hint.map { "; \($0)" } ?? ""
        rejected.append(
            LeftOut(lines: [line], reason: rejection.reason, message: place + rejection.message + hint))
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
                    case .fields(let fields): "\(fields.count) fields"
                    }
                return PreviewReport.Parameter(name: parameter.name, value: value)
            })
    }
}
