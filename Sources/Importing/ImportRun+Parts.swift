// SPDX-License-Identifier: Apache-2.0

package import CDRConfiguration
import CallRecords
import Clocks
import Delivery
import DryRun
package import ExitCodes
import Foundation
import Intake
import Ledger
import Reporting

extension ImportConfiguration {
    /// The files of each source; all of them are looked for before anything is read.
    ///
    /// - Throws: ``ImportFault``: `configuration` when there is no source, `input` for a path that does not exist.
    package func sourceFiles() throws(ImportFault) -> [[String]] {
        guard !sources.isEmpty else { throw .noSources }
        var files: [[String]] = []
        for source in sources {
            files.append(try FileSelection.files(source.files))
            try OwnFiles(self).refuse(sources: files[files.count - 1])
        }
        return files
    }
}

extension ImportConfiguration {
    /// Whether a record may ask that something is created for it in the CRM.
    var recordsMayCreate: Bool { sources.contains { $0.format?.mayAskForCreation == true } }

    /// Whether something may be created in the CRM for any call.
    package var mayCreate: Bool { crm.mayCreate || recordsMayCreate }
}

extension ImportFault {
    /// Neither the command line nor the configuration names a file.
    package static let noSources = ImportFault.configuration(
        "no files to import; name a file, or create a configuration with: cdr24 init FILE --output cdr24.yaml (all commands: "
            + "cdr24 --help)")
}

extension DeliverySettings {
    /// What the configuration and the command line say about a delivery.
    init(_ configuration: ImportConfiguration, _ options: ImportRun.Options, _ time: TimeSource) {
        self.init(
            portal: configuration.portal, users: configuration.users,
            keyPrefixes: Set(configuration.sources.map(\.keyPrefix)).sorted())
        crm = configuration.crm
        recordsMayCreate = configuration.recordsMayCreate
        currencies = Set(configuration.sources.compactMap(\.currency))
        newLines = configuration.newLines
        lineNames = configuration.lineNames
        // Calls of sources that are not read now wait in the ledger, too.
        for source in configuration.otherSources + configuration.sources {
            neighbours[source.keyPrefix] = configuration.neighbours(of: source)
        }
        spelling = NumberSpelling(region: configuration.numbers.region)
        verifiesPortal = options.verifiesPortal
        maximumCalls = options.maximumCalls
        deadline = options.until.map { .seconds($0 - time.wall()) + time.monotonic() }
    }
}

extension LedgerAccess {
    /// Opens what a dry run works on: a store of its own that sees the ledger at the path beneath it.
    func openForRehearsal() throws(ImportFault) -> DryRunCallStore {
        let base = try openForReading()
        return try ImportFault.translating { () throws(LedgerFault) in
            try DryRunCallStore(over: base, wallClock: wallClock)
        }
    }
}

extension Ledger {
    /// Notes how a run ended.
    func end(_ report: RunReport) throws(LedgerFault) {
        let summary = report.summary
        try endRun(
            report.runID, outcome: summary.run.outcome, exitCode: summary.run.exitCode, summary: summary.json)
    }

    /// The word by which this machine knows the ledger again; it is made when it is first asked for.
    func identity() throws(LedgerFault) -> String {
        if let known = try fact(.identity) { return known }
        let word = UUID().uuidString
        try remember([.identity: word])
        return word
    }
}
