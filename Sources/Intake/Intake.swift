// SPDX-License-Identifier: Apache-2.0

package import CDRConfiguration
package import CallRecords
package import Clocks
package import ExitCodes
package import Ledger
package import Logging
import Phrases
import Reporting
import Settings

/// Takes all sources in: files -> calls in a store. Needs no portal.
package struct Intake: Sendable {
    private let configuration: ImportConfiguration
    private let store: any CallStore
    private let runID: Int64
    private let time: TimeSource
    private let stop: StopSignal
    private let log: Logger

    /// The place of what no file says.
    static let commandLine = SettingsPlace(file: "the command line", line: 0, column: 0)

    /// The oldest a new ledger's calls may be without `not_before`.
    private static let historyLimit: Int64 = 3 * 86_400

    /// Prepares an intake.
    ///
    /// - Parameter runID: The run's number in the ledger; 0 for a dry run.
    package init(
        _ configuration: ImportConfiguration, store: any CallStore, runID: Int64, time: TimeSource, stop: StopSignal,
        log: Logger
    ) {
        self.configuration = configuration
        self.store = store
        self.runID = runID
        self.time = time
        self.stop = stop
        self.log = log
    }

    /// Reads the files of each source and decides which calls are whole, on threads of its own.
    ///
    /// - Parameters:
    ///   - files: The files of each source of the configuration, in the order of the sources.
    ///   - report: What was read is added to it, also when something is thrown.
    /// - Throws: ``ImportFault``; what was read until then stays in the store, except where going on would send
    ///   something wrong.
    package func takeIn(_ files: [[String]], _ report: inout IntakeReport) async throws(ImportFault) {
        let former = report
        let (result, fault) = await onOwnThread("cdr24-intake") {
            var report = former
            do throws(ImportFault) {
                try read(files, &report)
                return (report, ImportFault?.none)
            } catch {
                return (report, error)
            }
        }
        report = result
        if let fault { throw fault }
    }

    private func read(_ files: [[String]], _ report: inout IntakeReport) throws(ImportFault) {
        try ImportFault.translating { () throws(LedgerFault) in try store.beginReading() }
        var fault: ImportFault?
        do throws(ImportFault) { try readSources(files, &report) } catch { fault = error }
        do throws(LedgerFault) { try store.endReading() } catch { throw fault ?? ImportFault(error) }
        if let fault { throw fault }
    }

    private func readSources(_ files: [[String]], _ report: inout IntakeReport) throws(ImportFault) {
        var limits: [String: Int64] = [:]
        for (index, (settings, files)) in zip(configuration.sources, files).enumerated() {
            // Sources of one phone system share their calls, which are completed once, with the longest patience.
            let isLast = !configuration.sources.dropFirst(index + 1).contains { $0.keyPrefix == settings.keyPrefix }
            try read(settings, files, completes: isLast, &limits, &report)
            if stop.isStopped { return }
        }
        try guardHistory(&report)
    }

    private func read(
        _ settings: SourceSettings, _ files: [String], completes: Bool, _ limits: inout [String: Int64],
        _ report: inout IntakeReport
    ) throws(ImportFault) {
        var intake = try sourceIntake(settings)
        do {
            // Whoever has files moved away has none left on a day without a new one.
            if files.isEmpty, settings.moveTo == nil || intake.source.newestLeg == nil {
                intake.alarms.append(
                    Phrase(
                        """
                        no file matches \(settings.files.joined(separator: ", ")); check the path, and whether the phone \
                        system still writes its files
                        """))
            }
            try readAll(files, &intake)
            try complete(&intake, completes: completes, &limits, &report)
        } catch {
            report.take(intake)
            throw Self.fault(error)
        }
        report.take(intake)
        report.newlyHeld.merge(intake.assembler.newlyHeld, uniquingKeysWith: +)
        try raiseSilenceAlarm(settings, &report)
    }

    /// Reads those of the files that were not read to their end before, or have changed since.
    private func readAll(_ files: [String], _ intake: inout SourceIntake) throws {
        var rest = files[...]
        while !rest.isEmpty, !stop.isStopped {
            let part = rest.prefix(FileMemory.partFiles)
            rest = rest.dropFirst(part.count)
            for file in try intake.memory.changed(part) where !stop.isStopped { try intake.read(file) }
        }
        try intake.memory.save()
        guard !stop.isStopped else { return }
        try intake.memory.forgetMissing()
        intake.remarkOnReplaced(files)
        if intake.assembler.renewedCalls > 0 {
            intake.remarks.append(
                Phrase(
                    "read anew by the present rules, before anything was sent: \(intake.assembler.renewedCalls, .ofCall)"
                ))
        }
    }

    private func sourceIntake(_ settings: SourceSettings) throws(ImportFault) -> SourceIntake {
        guard let format = settings.format else {
            throw .configuration("no format is named; write format: (for example asterisk), or use --format")
        }
        let rule = KeyRule(format, settings)
        let source = try ImportFault.translating { () throws(LedgerFault) in
            try store.source(keyPrefix: settings.keyPrefix, keyRule: rule.text)
        }
        let hasCalls = try ImportFault.translating { () throws(LedgerFault) in try store.hasCalls(sourceID: source.id)
        }
        guard rule.makesKeys(of: source.keyRule) || !hasCalls else {
            throw .configuration(
                """
                the calls of \(settings.keyPrefix) in the ledger have keys made by another rule\(
                    format.keyRestarts ? " or in another time_zone" : ""), and this one would \
                send them again under new keys; go back to the former format\(
                    format.keyRestarts ? " and time_zone" : ""), or give the source a new key_prefix and \
                set its not_before to the first day that was not imported
                """)
        }
        if source.keyRule != rule.text {
            // No call has a key by another rule: the format was named wrongly, or is only being tried.
            try ImportFault.translating { () throws(LedgerFault) in
                try store.change(keyRule: rule.text, sourceID: source.id)
            }
        }
        let context = MappingContext(settings, configuration)
        let now = time.wallSeconds
        let patience = settings.completeAfter.components.seconds
        let marks = try ImportFault.translating { () throws(LedgerFault) in try store.marks(sourceID: source.id) }
        let assembler = CallAssembler(
            sourceID: source.id, runID: runID, folder: CallFolder(format: format), settings: settings,
            wholeIfEndedBy: format.waitsForRecords ? now - patience : .max, now: now, marks: MarkMemory(marks))
        let rules = format.rulesFingerprint(settings, configuration)
        let memory = try ImportFault.translating { () throws(LedgerFault) in
            try FileMemory(store, sourceID: source.id, settings, rules: rules, runID: runID, now: now)
        }
        return SourceIntake(
            store: store, source: source, settings: settings, format: format, context: context, log: log,
            stop: stop, assembler: assembler, tally: RecordTally(),
            rules: rules, memory: memory, workers: MappingWorkers(format: format, context: context))
    }

    /// Decides which calls are whole: an export's are, a live log's are when nothing was added for a while.
    private func complete(
        _ intake: inout SourceIntake, completes: Bool, _ limits: inout [String: Int64], _ report: inout IntakeReport
    ) throws {
        let now = time.wallSeconds
        let newest = try store.newestLeg(sourceID: intake.source.id) ?? now
        let isLive = intake.format.waitsForRecords
        let patience = intake.settings.completeAfter.components.seconds
        let own = isLive ? max(now, newest) - patience : Int64.max
        let limit = min(own, limits[intake.settings.keyPrefix] ?? .max)
        limits[intake.settings.keyPrefix] = limit
        var assembler = intake.assembler
        var tally = intake.tally
        let decidedBefore = tally.leftOut
        try store.intake { transaction in
            try assembler.decideUndecided(openAfter: own, transaction, tally: &tally)
            try assembler.saveMarks(transaction)
            try transaction.settleWholeFiles(sourceID: intake.source.id)
            // Groups of records that make no call are decided when all files are read.
            if var reading = intake.lastReading, tally.leftOut > decidedBefore {
                reading.leftOut += tally.leftOut - decidedBefore
                try transaction.save(reading)
            }
        }
        if completes {
            try CallCompletion(store: store, assembler: assembler, wholeIfEndedBy: limit, now: now)
                .run(tally: &tally, held: &report.newlyHeld)
        }
        intake.assembler = assembler
        intake.tally = tally
    }

    /// A new ledger and years of history: nothing is sent before somebody has said from when on.
    private func guardHistory(_ report: inout IntakeReport) throws(ImportFault) {
        let limit = time.wallSeconds - Self.historyLimit
        for settings in configuration.sources where settings.notBefore == nil && !settings.isCorrection {
            let old = try ImportFault.translating { () throws(LedgerFault) in try oldCalls(settings, before: limit) }
            guard let old else { continue }
            _ = try ImportFault.translating { () throws(LedgerFault) in try store.forgetIntake() }
            let zone = SourceZone(settings.timeZone)
            throw .configuration(
                """
                this ledger is new and \(old.count) calls of \(settings.keyPrefix) are older than three days, the \
                oldest of \(zone.day(old.oldest)); nothing was sent. Say from which day on calls are wanted: \
                write not_before: \(zone.day(old.oldest)) to import them all, or not_before: \
                \(zone.day(time.wallSeconds)) to leave the past out
                """)
        }
    }

    private func oldCalls(
        _ settings: SourceSettings, before limit: Int64
    ) throws(LedgerFault) -> (count: Int, oldest: Int64)? {
        guard try !store.hasDelivered(), let format = settings.format else { return nil }
        let source = try store.source(keyPrefix: settings.keyPrefix, keyRule: KeyRule(format, settings).text)
        return try store.pendingBefore(limit, sourceID: source.id)
    }

    private func raiseSilenceAlarm(
        _ settings: SourceSettings, _ report: inout IntakeReport
    ) throws(ImportFault) {
        guard let limit = settings.expectWithin, let format = settings.format else { return }
        let newest = try ImportFault.translating { () throws(LedgerFault) in
            let source = try store.source(keyPrefix: settings.keyPrefix, keyRule: KeyRule(format, settings).text)
            return try store.newestLeg(sourceID: source.id)
        }
        let silence = newest.map { time.wallSeconds - $0 }
        guard silence.map({ Duration.seconds($0) > limit }) ?? true else { return }
        guard let newest else {
            report.alarms.append(
                Phrase("\(settings.keyPrefix) has brought no call yet; check that the phone system writes its file"))
            return
        }
        let since = SourceZone(settings.timeZone).text(newest)
        report.alarms.append(
            Phrase(
                """
                \(settings.keyPrefix) has brought no call since \(since); check that the \
                phone system still writes its file
                """))
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
    package init(_ source: SourceSettings, _ configuration: ImportConfiguration) {
        self.init(
            timeZone: source.timeZone, region: configuration.numbers.region,
            internalPattern: configuration.numbers.internal, rewrites: configuration.numbers.rewrite,
            keyPrefix: source.keyPrefix, lines: configuration.lines, callLists: configuration.callLists,
            trunks: source.trunks)
        skipsBadNumbers = configuration.numbers.skipsUnreadable
        hiddenWords = configuration.numbers.hidden
        currency = source.currency
        checksTimes = source.checksZone
        place = source.place ?? Intake.commandLine
    }
}
