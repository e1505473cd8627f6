// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Ledger
import Reporting
import Settings

/// Takes all sources in: files -> calls in the ledger. Needs no portal.
struct Intake {
    let run: ImportRun
    let ledger: Ledger

    /// The place of what no file says.
    private static let commandLine = SettingsPlace(file: "the command line", line: 0, column: 0)

    /// The oldest a new ledger's calls may be without `not_before`.
    private static let historyLimit: Int64 = 3 * 86_400

    /// Reads the files of each source and decides which calls are whole.
    ///
    /// - Throws: ``ImportFault``; what was read until then stays in the ledger, except where going on would send
    ///   something wrong.
    func takeIn(_ files: [[String]], _ report: inout RunReport) throws(ImportFault) {
        var limits: [String: Int64] = [:]
        for (index, (settings, files)) in zip(run.configuration.sources, files).enumerated() {
            // Sources of one phone system share their calls, which are closed once, with the longest patience.
            let isLast = !run.configuration.sources.dropFirst(index + 1).contains { $0.keyPrefix == settings.keyPrefix }
            try takeIn(settings, files, closes: isLast, &limits, &report)
            if run.stop.isStopped { return }
        }
        try guardHistory(&report)
    }

    private func takeIn(
        _ settings: SourceSettings, _ files: [String], closes: Bool, _ limits: inout [String: Int64],
        _ report: inout RunReport
    ) throws(ImportFault) {
        var intake = try sourceIntake(settings, report)
        do {
            for file in files where !run.stop.isStopped { try intake.read(file) }
            try close(&intake, closes: closes, &limits, &report)
        } catch {
            report.take(intake)
            throw Self.fault(error)
        }
        report.take(intake)
        report.newlyHeld.merge(intake.keeper.newlyHeld, uniquingKeysWith: +)
        try raiseSilenceAlarm(settings, &report)
    }

    private func sourceIntake(_ settings: SourceSettings, _ report: RunReport) throws(ImportFault) -> SourceIntake {
        guard let format = settings.format else {
            throw .configuration("no format is named; write format: (for example asterisk), or use --format")
        }
        let source = try run.translated { () throws(LedgerFault) in
            try ledger.source(keyPrefix: settings.keyPrefix, keyRule: format.keyRuleFingerprint)
        }
        let hasCalls = try run.translated { () throws(LedgerFault) in try ledger.hasCalls(sourceID: source.id) }
        guard source.keyRule == format.keyRuleFingerprint || !hasCalls else {
            throw .configuration(
                """
                the calls of \(settings.keyPrefix) in the ledger have keys made by another rule, and this one would \
                send them again under new keys; go back to the former format, or give the source a new key_prefix and \
                set its not_before to the first day that was not imported
                """)
        }
        let context = MappingContext(settings, run.configuration)
        let now = run.time.wallSeconds
        let patience = settings.completeAfter.components.seconds
        let keeper = GroupKeeper(
            sourceID: source.id, runID: report.runID, folder: CallFolder(format: format), settings: settings,
            wholeIfEndedBy: format.waitsForRecords ? now - patience : .max, now: now)
        return SourceIntake(
            ledger: ledger, source: source, settings: settings, format: format, context: context, log: run.log,
            stop: run.stop, keeper: keeper, tally: RecordTally())
    }

    /// Decides which groups are whole: an export's are, a live log's are when nothing was added for a while.
    private func close(
        _ intake: inout SourceIntake, closes: Bool, _ limits: inout [String: Int64], _ report: inout RunReport
    ) throws {
        let now = run.time.wallSeconds
        let newest = try ledger.newestLeg(sourceID: intake.source.id) ?? now
        let isLive = intake.format.waitsForRecords
        let patience = intake.settings.completeAfter.components.seconds
        let own = isLive ? max(now, newest) - patience : Int64.max
        let limit = min(own, limits[intake.settings.keyPrefix] ?? .max)
        limits[intake.settings.keyPrefix] = limit
        let keeper = intake.keeper
        var closing = keeper
        var tally = intake.tally
        try ledger.intake { writer in
            try closing.closeSetAside(openAfter: own, writer: writer, tally: &tally)
        }
        if closes {
            try GroupClosing(ledger: ledger, keeper: keeper, wholeIfEndedBy: limit, now: now)
                .run(tally: &tally, held: &report.newlyHeld)
        }
        intake.keeper = closing
        intake.tally = tally
    }

    /// A new ledger and years of history: nothing is sent before somebody has said from when on.
    private func guardHistory(_ report: inout RunReport) throws(ImportFault) {
        let limit = run.time.wallSeconds - Self.historyLimit
        for settings in run.configuration.sources where settings.notBefore == nil {
            let old = try run.translated { () throws(LedgerFault) in try oldCalls(settings, before: limit) }
            guard let old else { continue }
            if !run.options.isDryRun {
                _ = try run.translated { () throws(LedgerFault) in try ledger.forgetIntake() }
            }
            throw .configuration(
                """
                this ledger is new and \(old.count) calls of \(settings.keyPrefix) are older than three days, the \
                oldest of \(RunReport.day(old.oldest)); nothing was sent. Say from which day on calls are wanted: \
                write not_before: \(RunReport.day(old.oldest)) to import them all, or not_before: \
                \(RunReport.day(run.time.wallSeconds)) to leave the past out
                """)
        }
    }

    private func oldCalls(
        _ settings: SourceSettings, before limit: Int64
    ) throws(LedgerFault) -> (count: Int, oldest: Int64)? {
        guard try !ledger.hasDelivered(), let format = settings.format else { return nil }
        let source = try ledger.source(keyPrefix: settings.keyPrefix, keyRule: format.keyRuleFingerprint)
        return try ledger.pendingBefore(limit, sourceID: source.id)
    }

    private func raiseSilenceAlarm(
        _ settings: SourceSettings, _ report: inout RunReport
    ) throws(ImportFault) {
        guard let limit = settings.expectWithin, let format = settings.format else { return }
        let newest = try run.translated { () throws(LedgerFault) in
            let source = try ledger.source(keyPrefix: settings.keyPrefix, keyRule: format.keyRuleFingerprint)
            return try ledger.newestLeg(sourceID: source.id)
        }
        let silence = newest.map { run.time.wallSeconds - $0 }
        guard silence.map({ Duration.seconds($0) > limit }) ?? true else { return }
        let since = newest.map { "since \(RunReport.instant($0))" } ?? "at all"
        report.alarms.append(
            "\(settings.keyPrefix) has brought no call \(since); check that the phone system still writes its file")
    }

    private static func fault(_ error: any Error) -> ImportFault {
        switch error {
        case let fault as ImportFault: fault
        case let fault as LedgerFault: ImportFault(fault)
        case let fault as SettingsFault where fault.place == commandLine:
            .configuration(fault.message + (fault.hint.map { "; \($0)" } ?? ""))
        case let fault as SettingsFault: ImportFault(fault)
        default: .input("\(error)")
        }
    }
}

extension MappingContext {
    /// What the configuration says about the records of one of its sources.
    init(_ source: SourceSettings, _ configuration: Configuration) {
        self.init(
            timeZone: source.timeZone, region: configuration.numbers.region,
            internalPattern: configuration.numbers.internal, rewrites: configuration.numbers.rewrite,
            keyPrefix: source.keyPrefix, lines: configuration.lines, callLists: configuration.callLists,
            trunks: source.trunks)
        skipsBadNumbers = configuration.numbers.skipsUnreadable
    }
}
