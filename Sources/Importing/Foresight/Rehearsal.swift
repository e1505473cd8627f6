// SPDX-License-Identifier: Apache-2.0

package import CDRConfiguration
package import Clocks
import DryRun
package import ExitCodes
import Intake
import Ledger
import Logging

/// Takes files in as an import would, over the ledger that there is, and leaves nothing behind.
package struct Rehearsal: Sendable {
    private let configuration: ImportConfiguration
    private let time: TimeSource

    /// Prepares to take in the files of a configuration.
    package init(_ configuration: ImportConfiguration, time: TimeSource) {
        self.configuration = configuration
        self.time = time
    }

    /// What the calls that an import would send now ask of the portal.
    ///
    /// - Throws: ``ImportFault`` where an import would end before it sends anything.
    package func demand() async throws(ImportFault) -> CallDemand {
        let files = try configuration.sourceFiles()
        let time = time
        let access = LedgerAccess(path: configuration.ledger, wallClock: { time.wallSeconds })
        let store = try access.openForRehearsal()
        var found = IntakeReport()
        let silence = Logger(label: "rehearsal") { _ in SwiftLogNoOpLogHandler() }
        do throws(ImportFault) {
            let intake = Intake(
                configuration, store: store, runID: 0, time: time, stop: StopSignal(), log: silence)
            try await intake.takeIn(files, &found)
            let demand = try CallDemand(store, users: configuration.users, crm: configuration.crm)
            try ImportFault.translating { () throws(LedgerFault) in try store.close() }
            return demand
        } catch {
            // What could not be taken in is told; a store without a name needs no farewell.
            try? store.close()
            throw error
        }
    }
}
