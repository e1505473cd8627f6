// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import ExitCodes
import Ledger

/// Knows which files of a source were read to their end, so that they are not read again every night.
///
/// A file is known by its content. As long as the file system describes it as before, its content is taken for
/// unchanged without a look at it.
struct FileMemory {
    /// How many files are looked up at once.
    static let partFiles = 1_000
    /// How many nanoseconds before a look at a file it must have changed for its times to be trusted: file systems count
    /// in steps of up to two seconds.
    private static let clockStep: Int64 = 2_000_000_000

    private let store: any CallStore
    private let sourceID: Int64
    private let rules: String
    private let isReread: Bool
    /// Whether nothing is to be remembered: of a dry run, and of files that a person has corrected.
    private let isForgetful: Bool
    /// Whether any file was read to its end before this run.
    private let hasFiles: Bool
    /// Records that ended by then get no more company; seconds since 1970.
    private let settledBy: Int64
    /// The wall clock when the source was begun, in seconds since 1970.
    private let now: Int64
    /// Files that were read, or found elsewhere, and are not stored yet.
    private var unsaved: [LedgerWholeFile] = []
    /// Files that were read before, have not changed since, and were not read again.
    private(set) var unchanged = 0

    /// - Parameters:
    ///   - rules: The fingerprint of the rules that hold: a file that was read by others is read again.
    ///   - runID: The run's number in the ledger; 0 for a dry run.
    ///   - now: The wall clock in seconds since 1970.
    init(
        _ store: any CallStore, sourceID: Int64, _ settings: SourceSettings, rules: String, runID: Int64, now: Int64
    ) throws(LedgerFault) {
        self.store = store
        self.sourceID = sourceID
        self.rules = rules
        self.now = now
        isReread = settings.isReread || settings.isCorrection
        isForgetful = runID == 0 || settings.isCorrection
        settledBy = now - settings.maximumCall.components.seconds
        try store.intake { try $0.forgetUnsettledFiles(sourceID: sourceID) }
        hasFiles = try store.hasWholeFile(sourceID: sourceID, size: nil)
    }

    /// Those of some files that have to be read, in their order.
    mutating func changed(_ paths: ArraySlice<String>) throws -> [String] {
        guard !isReread else { return Array(paths) }
        // On the first night there is nothing to compare with.
        guard hasFiles else { return Array(paths) }
        let known = try store.stamps(sourceID: sourceID, rules: rules, paths: paths)
        var result: [String] = []
        for (path, known) in zip(paths, known) {
            if try isUnchanged(path, known) { unchanged += 1 } else { result.append(path) }
        }
        return result
    }

    private mutating func isUnchanged(_ path: String, _ known: FileStamp?) throws -> Bool {
        guard path != "-", let stamp = FilePart.stamp(path) else { return false }
        if known == stamp { return true }
        // Copied, renamed or touched it is still the same file.
        guard try store.hasWholeFile(sourceID: sourceID, size: stamp.size),
            let content = try FilePart.digest(path), FilePart.stamp(path) == stamp,
            var same = try store.wholeFile(sourceID: sourceID, size: stamp.size, content: content, rules: rules)
        else { return false }
        same.path = path
        same.stamp = trusted(stamp)
        try keep(same)
        return true
    }

    /// Remembers a file that was read to its end, unless its records may still get company from other files, or it has
    /// changed meanwhile.
    ///
    /// - Parameters:
    ///   - stamp: How the file system described it before it was read.
    ///   - span: The start of its oldest leg and the end of its newest one; `nil` where it has none.
    mutating func remember(_ path: String, _ stamp: FileStamp?, span: ClosedRange<Int64>?) throws {
        guard !isForgetful, let stamp, path != "-", (span?.upperBound ?? stamp.modified / 1_000_000_000) <= settledBy,
            let content = try FilePart.digest(path), FilePart.stamp(path) == stamp
        else { return }
        try keep(
            LedgerWholeFile(
                sourceID: sourceID, path: path, stamp: trusted(stamp), content: content, rules: rules,
                oldest: span?.lowerBound, newest: span?.upperBound))
    }

    private mutating func keep(_ file: LedgerWholeFile) throws {
        guard !isForgetful else { return }
        unsaved.append(file)
        if unsaved.count >= Self.partFiles { try save() }
    }

    /// Stores what is not stored yet.
    mutating func save() throws {
        guard !unsaved.isEmpty else { return }
        let files = unsaved
        try store.intake { transaction in for file in files { try transaction.save(file) } }
        unsaved = []
    }

    /// A file that changed just now may change again without its times telling: the next run looks at its content.
    private func trusted(_ stamp: FileStamp) -> FileStamp {
        var stamp = stamp
        if max(stamp.changed, stamp.modified) > now * 1_000_000_000 - Self.clockStep { stamp.changed = 0 }
        return stamp
    }

    /// How many files may be known that are not there any more.
    private static let mostMissing = 1_000

    /// Forgets files that are gone, once there are many.
    func forgetMissing() throws {
        guard !isForgetful, let ledger = store as? Ledger,
            try ledger.wholeFileCount(sourceID: sourceID) > unchanged + Self.mostMissing
        else { return }
        let missing = try ledger.wholeFilePaths(sourceID: sourceID).filter { FilePart.stamp($0) == nil }
        if missing.count > Self.mostMissing { try ledger.forgetWholeFiles(sourceID: sourceID, paths: missing) }
    }
}
