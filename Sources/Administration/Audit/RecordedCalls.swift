// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import Clocks
import ExitCodes
import Importing
import Intake
import Ledger
import Logging
import Reporting

/// The calls of CDR files, read into a store of their own that is gone when the process ends.
struct RecordedCalls {
    private let configuration: ImportConfiguration
    private let time: TimeSource
    private let log: Logger

    init(_ configuration: ImportConfiguration, time: TimeSource, log: Logger) {
        self.configuration = configuration
        self.time = time
        self.log = log
    }

    /// How much of the store is kept in memory. An audit needs its memory for the rows of the portal: with four times as
    /// much, one of 100,000 calls took 66.2 MiB.
    private static let cacheKibibytes = 1_024

    /// What was read.
    struct Result {
        /// The calls.
        let ledger: Ledger
        /// Reason -> records that did not become calls.
        let leftOut: [String: Int]
    }

    /// Reads the whole of all files, however old their calls are.
    ///
    /// - Throws: ``ImportFault`` as an import does.
    func read() async throws(ImportFault) -> Result {
        var configuration = configuration
        configuration.sources.removeAll { $0.files.isEmpty }
        for index in configuration.sources.indices {
            configuration.sources[index].notBefore = configuration.sources[index].notBefore ?? 0
            configuration.sources[index].expectWithin = nil
            // Nothing follows: a call is as whole as it is in the file.
            configuration.sources[index].completeAfter = .zero
        }
        let files = try configuration.sourceFiles()
        let ledger = try ImportFault.translating { () throws(LedgerFault) in
            try Ledger.temporary(cacheKibibytes: Self.cacheKibibytes, wallClock: { [time] in time.wallSeconds })
        }
        var report = IntakeReport()
        try await Intake(
            configuration, store: ledger, runID: 0, time: time, stop: StopSignal(), log: log
        ).takeIn(files, &report)
        let records = report.tally.records
        return Result(ledger: ledger, leftOut: records.rejected.merging(records.skipped, uniquingKeysWith: +))
    }
}
