// SPDX-License-Identifier: Apache-2.0

package import CallRecords
package import Phrases
package import Reporting

/// What an intake has read, and what a person should know about it.
package struct IntakeReport: Sendable {
    /// The account of all records.
    package private(set) var tally = RecordTally()
    /// The files that were read, in order.
    package private(set) var files = ReadFiles()
    /// Files that were read before, have not changed since, and were not read again.
    package private(set) var unchangedFiles = 0
    /// Trunks and called numbers without a line -> records.
    package private(set) var unmappedLines: [String: Int] = [:]
    /// Times that may be wrong by an hour.
    package private(set) var clockDoubts = ClockDoubts()
    /// Sentences about files.
    package private(set) var remarks: [Phrase] = []
    /// Sources that are too silent, files that are cut or empty, rules that have changed: sentences that make the run end with exit code 3.
    package internal(set) var alarms: [Phrase] = []
    /// Newly held: reason -> calls.
    package internal(set) var newlyHeld: [String: Int] = [:]

    /// A report of an intake that has read nothing yet.
    package init() {}

    /// Adds what a source has brought.
    mutating func take(_ source: SourceIntake) {
        tally.add(source.tally)
        files.add(source.files)
        unchangedFiles += source.memory.unchanged
        unmappedLines.merge(source.unmappedLines, uniquingKeysWith: +)
        clockDoubts.merge(source.clockDoubts)
        remarks += source.remarks
        alarms += source.alarms
    }
}
