// SPDX-License-Identifier: Apache-2.0

package import CDRConfiguration
private import CMemory
package import Clocks
package import Delivery
import DryRun
package import ExitCodes
import FileRights
import Intake
import Ledger
package import Logging
import Phrases
package import Reporting

/// One import: intake of all sources, then delivery, then the summary.
package struct ImportRun: Sendable {
    /// What the command line adds to the configuration.
    package struct Options: Sendable {
        /// Whether nothing is written and nothing sent.
        package var isDryRun = false
        /// Whether a dry run asks the portal, where one is configured, what it would make of the calls.
        package var asksPortal = false
        /// The most calls to deliver; `nil`: no limit.
        package var maximumCalls: Int?
        /// The moment by which the last batch must be over, in seconds since 1970.
        package var until: Double?
        /// Whether every undelivered call is looked up at the portal before anything is sent.
        package var verifiesPortal = false

        /// A run without limits.
        package init() {}
    }

    /// How a run ended: the summary is there even if the run failed half-way.
    package struct Result: Sendable {
        /// What the run did.
        package private(set) var summary: Summary
        /// What the program ends with.
        package private(set) var status: ExitStatus
        /// Why the run could not go on, or stopped with work left, as one sentence without a full stop; the summary has it
        /// among what needs a person.
        package let complaint: String?
        /// Whether nobody has to do anything: all is delivered, or a limit of the user's or a signal has left work that the
        /// next run goes on with.
        package private(set) var isGood: Bool

        init(_ report: RunReport) {
            summary = report.summary
            status = report.status
            complaint = report.complaint
            isGood = report.isGood
        }

        /// The result of a run that could not begin, for example because the configuration is wrong.
        package static func notBegun(
            _ fault: ImportFault, isDryRun: Bool, time: TimeSource = .system
        ) -> Result {
            var report = RunReport(time: time, isDryRun: isDryRun)
            report.failed(fault)
            return Result(report)
        }

        /// The result with something that failed after the run; a run that failed itself has a graver reason already.
        package func failing(_ fault: ImportFault) -> Result {
            guard !status.isFailure else { return self }
            var result = self
            result.status = fault.exitStatus
            result.isGood = false
            result.summary.fail(fault.exitStatus, complaint: .verbatim(fault.description))
            return result
        }
    }

    private let configuration: ImportConfiguration
    private let options: Options
    private let time: TimeSource
    private let stop: StopSignal
    private let log: Logger
    private let onProgress: @Sendable (RunProgress) -> Void
    private let connect: PortalConnector

    /// - Parameters:
    ///   - stop: Ends the run early; what is in flight is awaited.
    ///   - onProgress: Called after every reply.
    ///   - connect: Connects to the portal; not called in a dry run unless that asks the portal.
    package init(
        configuration: ImportConfiguration, options: Options, time: TimeSource = .system, stop: StopSignal, log: Logger,
        onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in },
        connect: @escaping PortalConnector
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
            let files = try configuration.sourceFiles()
            // The address is looked at next: a run that could not deliver should say so before it reads for minutes.
            let connection = options.isDryRun ? nil : try connect(configuration.portal)
            await run(&report, files, connection)
            await connection?.close()
        } catch {
            report.failed(error)
        }
        return Result(report)
    }

    private func run(_ report: inout RunReport, _ files: [[String]], _ connection: PortalConnection?) async {
        do throws(ImportFault) {
            guard let connection else { return try await rehearse(&report, files) }
            report.connected(to: connection.host)
            let lock = try access.lock()
            let portal = await onOwnThread("cdr24-resolver") {
                PortalIdentity(host: connection.host, memberID: connection.memberID)
            }
            let portalLock = try PortalLock(portal)
            let memory = try memory(of: portal)
            let ledger = try lock.open()
            for path in [ledger.path, memory?.path].compactMap(\.self) {
                if let warning = FileOwner.warning(aboutRootsFile: path, command: "cdr24 import") {
                    log.warning("\(warning)")
                }
            }
            do throws(ImportFault) {
                try await work(&report, files, ledger, connection, portal, memory)
            } catch {
                report.failed(error)
            }
            conclude(&report, ledger)
            _ = consume portalLock
            _ = consume lock
        } catch {
            report.failed(error)
        }
    }

    private var access: LedgerAccess {
        LedgerAccess(path: configuration.ledger, wallClock: { [time] in time.wallSeconds })
    }

    /// What this machine remembers of the portal; `nil` when it has no folder to remember anything in.
    private func memory(of portal: PortalIdentity) throws(ImportFault) -> PortalMemory? {
        guard let folder = configuration.stateFolder else { return nil }
        do throws(LedgerFault) {
            return try PortalMemory(folder: folder, portal: portal)
        } catch {
            if case .locked = error {
                throw .busy("another run uses \(folder) for \(portal.host); wait until it ends, then run again")
            }
            guard !configuration.isStateFolderGiven else { throw ImportFault(error) }
            log.warning(
                "\(error); without this folder cdr24 cannot notice that the ledger was lost or restored: set state_folder"
            )
            return nil
        }
    }

    /// What a dry run does: it reads the files over the ledger that there is, and writes and sends nothing.
    private func rehearse(_ report: inout RunReport, _ files: [[String]]) async throws(ImportFault) {
        let store = try access.openForRehearsal()
        do throws(ImportFault) {
            try await takeIn(files, store, &report)
            report.foresaw(try forecast(store), deadline: options.until)
            report.foresaw(try await check(store))
        } catch {
            report.failed(error)
        }
        countWhatIsLeft(&report, store)
        close(store)
    }

    /// What stands between the calls and the portal.
    private func check(_ store: any CallStore) async throws(ImportFault) -> CheckReport {
        var found = CheckReport()
        if let obstacle = FileObstacle.writing(access.path) { found.warn("ledger \(access.path)", obstacle) }
        let asksPortal = options.asksPortal && configuration.portal.isConfigured
        // Without a question there is no reason to look at every call once more.
        guard asksPortal || configuration.mayCreate || configuration.users.fallback == nil else { return found }
        let demand = try CallDemand(store, users: configuration.users, crm: configuration.crm)
        if demand.withoutEmployee > 0 { EmployeeCheck(configuration.users, demand).run(&found) }
        if asksPortal {
            await ask(demand, &found)
        } else if configuration.mayCreate {
            CreationCheck(demand).announce(&found)
        }
        return found
    }

    /// Asks the portal what it would make of the calls. A portal that cannot be asked is only mentioned: a dry run needs
    /// none.
    private func ask(_ demand: CallDemand, _ report: inout CheckReport) async {
        let remedy = "the portal was not asked; use --offline if that is intended"
        do throws(ImportFault) {
            let connection = try connect(configuration.portal)
            do throws(PortalProbe.Failure) {
                try await PortalCheck(configuration, demand, time: time).run(connection, &report)
            } catch  where error.mayPass {
                report.note("portal \(connection.host)", "\(error); \(remedy)")
            } catch {
                report.fail("portal \(connection.host)", "\(error)", exitStatus: .portalRefuses)
            }
            await connection.close()
        } catch {
            report.note("portal", "\(error); \(remedy)")
        }
    }

    /// What a run does with its ledger and its portal.
    private func work(
        _ report: inout RunReport, _ files: [[String]], _ ledger: Ledger, _ connection: PortalConnection,
        _ portal: PortalIdentity, _ memory: PortalMemory?
    ) async throws(ImportFault) {
        try bind(ledger, to: connection)
        report.began(try ImportFault.translating { () throws(LedgerFault) in try ledger.beginRun() })
        try await takeIn(files, ledger, &report)
        if let warning = report.unmappedExtensionsWarning { log.warning("\(warning.english)") }
        guard !stop.isStopped else { return report.interrupted() }
        try await deliver(&report, ledger, connection, portal, memory)
        try await moveFiles(files, ledger, &report)
        try ImportFault.translating { () throws(LedgerFault) in try ledger.bind(to: connection) }
    }

    /// Checks that the ledger belongs to the portal; one that was renamed is still the same.
    private func bind(_ ledger: Ledger, to connection: PortalConnection) throws(ImportFault) {
        let binding = try ImportFault.translating { () throws(LedgerFault) in try LedgerBinding(ledger) }
        guard let former = try binding.check(against: connection) else { return }
        log.notice("the portal \(former) was renamed to \(connection.host); the ledger stays bound to it")
        try ImportFault.translating { () throws(LedgerFault) in
            try ledger.bind(to: connection, renamedFrom: former)
        }
    }

    private func takeIn(
        _ files: [[String]], _ store: any CallStore, _ report: inout RunReport
    ) async throws(ImportFault) {
        let intake = Intake(configuration, store: store, runID: report.runID, time: time, stop: stop, log: log)
        var found = IntakeReport()
        defer {
            report.took(found)
            // Delivery needs none of what the threads of the intake had, and may go on for hours.
            memory_give_back()
        }
        try await intake.takeIn(files, &found)
        if stop.isStopped { report.interrupted() }
        let extensions = try ImportFault.translating { () throws(LedgerFault) in
            try store.extensionsToSend(limit: Self.mostCounted)
        }
        report.found(unmappedExtensions: extensions.filter { configuration.users.extensions.isUnknown($0.key) })
    }

    /// How many calls are counted by their extension before they are sent.
    private static let mostCounted = 100_000

    private func deliver(
        _ report: inout RunReport, _ ledger: Ledger, _ connection: PortalConnection, _ portal: PortalIdentity,
        _ memory: PortalMemory?
    ) async throws(ImportFault) {
        var settings = DeliverySettings(configuration, options, time)
        settings.host = connection.host
        settings.access = connection.access
        if !portal.isInCloud { settings.portal = settings.portal.selfHosted() }
        let (prefixes, settleAfter) = (settings.keyPrefixes, settings.portal.settleAfter)
        let check = try ImportFault.translating { () throws(LedgerFault) in
            try FormerRunCheck(memory, ledger, prefixes: prefixes, settleAfter: settleAfter, time: time)
        }
        check.apply(to: &settings)
        let deliverer = Deliverer(
            ledger: ledger, portal: connection.portal, settings: settings, memoir: memory, time: time, stop: stop,
            log: log, onProgress: onProgress)
        do throws(LedgerFault) {
            let delivery = try await deliverer.run()
            report.delivered(delivery, deadline: options.until)
            check.note(after: delivery)
        } catch {
            check.noteFault()
            report.delivered(await deliverer.report, deadline: options.until)
            throw ImportFault(error)
        }
    }

    /// Moves the files away that are done with, where the configuration says so.
    private func moveFiles(
        _ files: [[String]], _ ledger: Ledger, _ report: inout RunReport
    ) async throws(ImportFault) {
        let sources = configuration.sources
        guard !stop.isStopped, sources.contains(where: { $0.moveTo != nil }) else { return }
        let moving = await onOwnThread("cdr24-move") {
            do throws(LedgerFault) {
                return Swift.Result<FileMoving.Result, LedgerFault>.success(try FileMoving(ledger).run(sources, files))
            } catch {
                return .failure(error)
            }
        }
        switch moving {
        case .success(let result): report.moved(result)
        case .failure(let fault): throw ImportFault(fault)
        }
    }

    /// How long a delivery of everything that waits in the ledger would take.
    private func forecast(_ store: any CallStore) throws(ImportFault) -> Forecast {
        let pace = try ImportFault.translating { () throws(LedgerFault) in
            try DeliveryPace(settings: configuration.portal, ledger: store, time: time)
        }
        let calls = try ImportFault.translating { () throws(LedgerFault) in try store.deliverableCount() }
        return pace.forecast(
            calls: calls, allowed: options.maximumCalls ?? .max, lanes: configuration.portal.lanes,
            within: options.until.map { .seconds(max(0, $0 - time.wall())) }, at: time.monotonic())
    }

    /// Looks up what is left, writes the end of the run into the ledger and closes it.
    ///
    /// A ledger that cannot be read or written any more makes the run a failure, whatever was delivered.
    private func conclude(_ report: inout RunReport, _ ledger: Ledger) {
        countWhatIsLeft(&report, ledger)
        do throws(LedgerFault) {
            report.found(try ledger.health(leavingOut: report.leftOutOnPurpose))
            if report.runID > 0 { try ledger.end(report) }
        } catch {
            report.failed(ImportFault(error))
        }
        close(ledger)
    }

    private func countWhatIsLeft(_ report: inout RunReport, _ store: any CallStore) {
        do throws(LedgerFault) {
            report.left(try Remainder(store))
        } catch {
            report.failed(ImportFault(error))
        }
    }

    private func close(_ store: any CallStore) {
        do throws(LedgerFault) {
            try store.close()
        } catch {
            // Everything is committed: the next run finds it in the ledger's log.
            log.warning("\(error)")
        }
    }
}
