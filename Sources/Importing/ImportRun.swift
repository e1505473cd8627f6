// SPDX-License-Identifier: Apache-2.0

import Bitrix24
private import CMemory
import CallRecords
import Foundation
import Ledger
package import Logging
package import Reporting

/// One import: intake of all sources, then delivery, then the summary.
package struct ImportRun: Sendable {
    /// What the command line adds to the configuration.
    package struct Options: Sendable {
        package var isDryRun = false
        package var maximumCalls: Int?
        /// The moment by which the last batch must be over, in seconds since 1970.
        package var until: Double?
        package var verifiesPortal = false

        package init() {}
    }

    /// How a run ended: the summary is there even if the run failed half-way.
    package struct Result: Sendable {
        package var summary: Summary
        /// Why the run could not go on, or stopped with work left, as one sentence; its exit code is in the summary.
        package var complaint: String?
    }

    /// How many calls are counted by their extension before they are sent.
    private static let mostCounted = 100_000

    let configuration: Configuration
    let options: Options
    let time: TimeSource
    let stop: StopSignal
    let log: Logger
    let onProgress: @Sendable (DeliveryProgress) -> Void
    /// Connects to the portal; called when there is something to send, and not in a dry run.
    let connect: @Sendable (PortalSettings) throws(ImportFault) -> PortalConnection

    package init(
        configuration: Configuration, options: Options, time: TimeSource = .system, stop: StopSignal, log: Logger,
        onProgress: @escaping @Sendable (DeliveryProgress) -> Void = { _ in },
        connect: @escaping @Sendable (PortalSettings) throws(ImportFault) -> PortalConnection
    ) {
        self.configuration = configuration
        self.options = options
        self.time = time
        self.stop = stop
        self.log = log
        self.onProgress = onProgress
        self.connect = connect
    }

    /// Runs the import and says how it ended.
    ///
    /// Nothing is thrown: whatever goes wrong is in the result, with what was done until then.
    package func run() async -> Result {
        var report = RunReport(time: time, isDryRun: options.isDryRun)
        do throws(ImportFault) {
            try await run(&report)
        } catch {
            report.fault = error
        }
        return Result(summary: report.summary, complaint: report.complaint)
    }

    private func run(_ report: inout RunReport) async throws(ImportFault) {
        let files = try sourceFiles()
        // The address is looked at next: a run that could not deliver should say so before it reads for minutes.
        let connection = options.isDryRun ? nil : try connect(configuration.portal)
        do throws(ImportFault) {
            try await run(&report, files, connection)
        } catch {
            await connection?.close()
            throw error
        }
        await connection?.close()
    }

    private func run(
        _ report: inout RunReport, _ files: [[String]], _ connection: PortalConnection?
    ) async throws(ImportFault) {
        let lock =
            options.isDryRun
            ? nil
            : try translated { () throws(LedgerFault) in
                try FileLock(path: configuration.ledger + ".lock")
            }
        let portalLock =
            if let connection { try PortalLock(host: connection.host, time: time) } else { PortalLock?.none }
        let ledger = try open()
        do throws(ImportFault) {
            if let connection { try checkBinding(ledger, host: connection.host) }
            report.ledger = ledger
            report.runID = options.isDryRun ? 0 : try translated { () throws(LedgerFault) in try ledger.beginRun() }
            try Intake(run: self, ledger: ledger).takeIn(files, &report)
            // Delivery needs none of what the threads of the intake had, and may go on for hours.
            memory_give_back()
            try listUnmappedExtensions(ledger, &report)
            if let connection, !stop.isStopped {
                try await deliver(ledger, connection, portalLock, &report)
            }
            report.countOpenCalls()
            report.until = options.until
            if options.isDryRun { report.forecast = try forecast(ledger) }
        } catch {
            report.fault = error
        }
        report.finish(remindAfter: configuration.remindAfter)
        try close(ledger)
        _ = consume lock
        if let fault = report.fault { throw fault }
    }

    /// The files of each source; all of them are looked for before anything is read.
    private func sourceFiles() throws(ImportFault) -> [[String]] {
        guard !configuration.sources.isEmpty else {
            throw .configuration("there is nothing to import: name a file, or write sources: into the configuration")
        }
        var files: [[String]] = []
        for source in configuration.sources { files.append(try FileSelection.files(source.files)) }
        return files
    }

    private func open() throws(ImportFault) -> Ledger {
        let time = time
        let clock: @Sendable () -> Int64 = { time.wallSeconds }
        return try translated { () throws(LedgerFault) in
            guard options.isDryRun else { return try Ledger.open(path: configuration.ledger, wallClock: clock) }
            return try Ledger.scratch(
                over: Ledger.openForReading(path: configuration.ledger, wallClock: clock), pilesCalls: true,
                wallClock: clock)
        }
    }

    private func close(_ ledger: Ledger) throws(ImportFault) {
        do throws(LedgerFault) {
            try ledger.close()
        } catch {
            log.warning("\(error)")
        }
    }

    /// A ledger belongs to one portal: "delivered" there would mean lost here.
    private func checkBinding(_ ledger: Ledger, host: String) throws(ImportFault) {
        let bound = try translated { () throws(LedgerFault) in try ledger.fact(.portalHost) }
        guard let bound, bound != host else { return }
        throw .configuration(
            """
            the ledger \(configuration.ledger) belongs to the portal \(bound), but webhook_url names \(host); \
            give each portal a ledger of its own, or, if the portal was only renamed, run: \
            cdr24 rebind --ledger \(configuration.ledger) --host \(host)
            """)
    }

    private func deliver(
        _ ledger: Ledger, _ connection: PortalConnection, _ lock: borrowing PortalLock?, _ report: inout RunReport
    ) async throws(ImportFault) {
        var settings = DeliverySettings(
            portal: configuration.portal, users: configuration.users,
            keyPrefixes: Array(Set(configuration.sources.map(\.keyPrefix))).sorted())
        settings.verifiesPortal = options.verifiesPortal
        settings.maximumCalls = options.maximumCalls
        settings.deadline = options.until.map { .seconds($0 - time.wall()) + time.monotonic() }
        try distrustFormerRun(lock, ledger, &settings)
        settings.host = connection.host
        let deliverer = Deliverer(
            ledger: ledger, portal: connection.portal, settings: settings, time: time, stop: stop, log: log,
            onProgress: onProgress)
        lock?.note(.working)
        do throws(LedgerFault) {
            report.delivery = try await deliverer.run()
            let seal = UUID().uuidString
            try ledger.remember([.seal: seal])
            lock?.note(hasSettled(report.delivery, settings) ? .settled : .stopped, seal: seal)
        } catch {
            lock?.note(.stopped)
            report.delivery = await deliverer.report
            throw ImportFault(error)
        }
    }

    /// Notes what a former run may mean for this one.
    ///
    /// A run that knew the answers to all its requests has left none behind that could still be at work. But the portal
    /// may not show its rows yet, and then only the ledger that it ended with knows of them: not a new one, another
    /// one, or a copy.
    private func distrustFormerRun(
        _ lock: borrowing PortalLock?, _ ledger: Ledger, _ settings: inout DeliverySettings
    ) throws(ImportFault) {
        guard let former = lock?.formerRun() else { return }
        let seal = try translated { () throws(LedgerFault) in try ledger.fact(.seal) }
        guard !former.hasSettled || seal == nil || former.seal != seal else { return }
        settings.othersMayWorkUntil = former.lastSpoken + configuration.portal.settleAfter
        settings.mayBeSetBack = true
    }

    /// Names the extensions that the portal will have to look up, before anything is sent.
    private func listUnmappedExtensions(_ ledger: Ledger, _ report: inout RunReport) throws(ImportFault) {
        let counts = try translated { () throws(LedgerFault) in try ledger.extensionsToSend(limit: Self.mostCounted) }
        report.unmappedExtensions = counts.filter { configuration.users.extensions.isUnknown($0.key) }
        if !options.isDryRun, let remark = report.unmappedExtensionsRemark { log.warning("\(remark)") }
    }

    /// How long a delivery of everything that waits in the ledger would take.
    private func forecast(_ ledger: Ledger) throws(ImportFault) -> Forecast {
        let pace = DeliveryPace(settings: configuration.portal, ledger: ledger, time: time)
        let calls = try translated { () throws(LedgerFault) in try ledger.deliverableCount() }
        return pace.forecast(
            calls: calls, allowed: options.maximumCalls ?? .max, lanes: configuration.portal.lanes,
            within: options.until.map { .seconds(max(0, $0 - time.wall())) }, at: time.monotonic())
    }

    /// Whether nothing that this machine sent to the portal can still be at work: neither this run's requests nor those
    /// of a former run that this one may have ended too early to wait for.
    private func hasSettled(_ delivery: DeliveryReport, _ settings: DeliverySettings) -> Bool {
        let hasWaited =
            !settings.mayBeSetBack || settings.othersMayWorkUntil <= time.monotonic()
            || (delivery.end == .finished && delivery.requests > 0)
        return hasWaited && (delivery.unknownReplies == 0 || delivery.end == .finished)
    }

    func translated<T: ~Copyable>(_ body: () throws(LedgerFault) -> T) throws(ImportFault) -> T {
        do throws(LedgerFault) {
            return try body()
        } catch {
            throw ImportFault(error)
        }
    }
}
