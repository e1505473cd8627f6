// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import ExitCodes
import Intake
import Ledger

/// Moves files away whose calls are all done, as `after_import` says.
struct FileMoving {
    /// What came of it.
    struct Result: Sendable {
        /// How many files were moved.
        var moved = 0
        /// Files that stayed for a reason that a person should know, as sentences.
        var alarms: [String] = []
    }

    private let ledger: Ledger

    init(_ ledger: Ledger) { self.ledger = ledger }

    /// How many files are looked up at once.
    private static let partFiles = 1_000
    /// How many files that could not be moved are named.
    private static let mostNamed = 5
    /// How much earlier or later than a file's records their calls may begin, beside the longest call; in seconds.
    private static let margin: Int64 = 3_600

    /// Moves the files of the sources that are to be moved.
    ///
    /// A file stays that was not read to its end, that has changed since, whose records may still get company, or in whose
    /// time any call of its source is not done.
    func run(_ sources: [SourceSettings], _ files: [[String]]) throws(LedgerFault) -> Result {
        var result = Result()
        for (settings, files) in zip(sources, files) {
            guard let folder = settings.moveTo, !settings.isCorrection,
                let source = try ledger.source(keyPrefix: settings.keyPrefix)
            else { continue }
            try move(files, of: source, settings, to: FileMover(folder: folder), &result)
        }
        return result
    }

    private func move(
        _ files: [String], of source: LedgerSource, _ settings: SourceSettings, to mover: FileMover,
        _ result: inout Result
    ) throws(LedgerFault) {
        let undone = try ledger.undoneStarts(sourceID: source.id)
        let rejects = try ledger.rejectPaths(sourceID: source.id)
        let reach = settings.maximumCall.components.seconds + Self.margin
        var failures: [String] = []
        var rest = files[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.partFiles)
            rest = rest.dropFirst(part.count)
            let known = try ledger.wholeFiles(sourceID: source.id, paths: part)
            var moved: [String] = []
            for path in part where !rejects.contains(path) {
                guard let file = known[path], Self.isDone(file, undone, reach), !mover.hasInFolder(path) else {
                    continue
                }
                do throws(ImportFault) {
                    if try mover.move(file) { moved.append(path) }
                } catch {
                    failures.append("\(error)")
                }
            }
            try ledger.forgetWholeFiles(sourceID: source.id, paths: moved)
            result.moved += moved.count
        }
        result.alarms += failures.prefix(Self.mostNamed)
        if failures.count > Self.mostNamed {
            result.alarms.append(
                "\(failures.count - Self.mostNamed) further files of \(settings.keyPrefix) were not moved")
        }
    }

    /// Whether no call that is not done began in the time of a file.
    ///
    /// - Parameter undone: When the calls began that are not done, ascending.
    static func isDone(_ file: LedgerWholeFile, _ undone: [Int64], _ reach: Int64) -> Bool {
        guard let oldest = file.oldest, let newest = file.newest else { return true }
        var (low, high) = (0, undone.count)
        while low < high {
            let middle = (low + high) / 2
            if undone[middle] < oldest - reach { low = middle + 1 } else { high = middle }
        }
        return low == undone.count || undone[low] > newest + Self.margin
    }
}
