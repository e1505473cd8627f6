// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallRecords
import Clocks
import DelimitedText
import ExitCodes
import Foundation
import Ledger
import Logging
import Phrases
import Reporting

/// Takes in the files of one source.
struct SourceIntake {
    let store: any CallStore
    let source: LedgerSource
    let settings: SourceSettings
    let format: FormatDefinition
    let context: MappingContext
    let log: Logger
    let stop: StopSignal

    var assembler: CallAssembler
    var tally: RecordTally
    var files = ReadFiles()
    var unmappedLines: [String: Int] = [:]
    var clockDoubts = ClockDoubts()
    /// What a person should know about the files.
    var remarks: [Phrase] = []
    /// What a person should do something about.
    var alarms: [Phrase] = []
    /// Live logs that were continued, by the hashes of what was known of them.
    private(set) var continued: Set<[UInt8]> = []
    /// Live logs that were known by their names and have another content now.
    private(set) var replaced: [LedgerFile] = []
    /// How the file was read that came last; `nil` before the first one.
    var lastReading: LedgerReading?
    /// The fingerprint of the rules that decide what becomes of a record.
    let rules: String
    /// Knows which files need not be read again.
    var memory: FileMemory
    /// Map the source's records.
    var workers: MappingWorkers
    /// The rejected records that those of further files may take the place of.
    var rejects: [Dialect: RejectIndex] = [:]

    /// Reads one file to its end, or from where an earlier run stopped.
    ///
    /// - Throws: ``ImportFault`` when it cannot be read, `LedgerFault` when the ledger cannot be written.
    mutating func read(_ path: String) throws {
        // A pipe gives its bytes once: whatever looked at it first would take them from the records.
        let isRegular = FilePart.isRegular(path)
        let stamp = FilePart.stamp(path)
        let alarmsBefore = alarms.count
        let mayContinue =
            format.isAppended && isRegular && !settings.isCorrection && (format.encoding ?? .utf8) == .utf8
        let identity = mayContinue ? try FileIdentity(path: path) : nil
        let former = mayContinue ? try continuation(path) : nil
        let lost = mayContinue ? try lost(path, former) : []
        let known = settings.isReread ? nil : former
        let prefixCheck = known == nil ? try PrefixCheck(store, source: source, settings: settings) : nil
        if mayContinue { try prefixCheck?.check(file: path) }
        let start = RecordPosition(
            record: (known?.records ?? 0) + 1, line: (known?.lines ?? 0) + 1, byte: known?.bytes ?? 0)
        // A log that was continued at a byte was UTF-8 until there, whatever came since.
        let encoding = known == nil ? format.encoding : .utf8
        var bytes = try opened { () throws(ByteSourceFault) in
            try ByteSource.open(
                path: path, encoding: encoding, guessesEncoding: true, keepsOriginals: true, from: start.byte)
        }
        let dialect = try opened { () throws(ByteSourceFault) in
            try bytes.peek().map { format.dialect.adapted(to: $0) } ?? format.dialect
        }
        if start.byte == 0,
            let kind = try opened({ () throws(ByteSourceFault) in
                try bytes.peek().flatMap { NotCalls.document($0) }
            })
        {
            // Booked as rejected records, it would hide what is wrong with those of other files.
            alarms.append(Phrase("\(path) is \(kind); it was not read, remove it from files"))
            return
        }
        let isContinued = mayContinue && !bytes.isPacked && bytes.encoding == .utf8
        if isRegular, !bytes.isPacked, bytes.encoding == .utf8 {
            let probe = ZoneProbe(path: path, format: format, dialect: dialect, settings: settings, start: start.byte)
            try workers.first().withFreshMapper(probe.check)
        }
        let reading = try nextReading(path, isWhole: start.byte == 0)
        let storer = BatchStorer(
            store: store, assembler: assembler, tally: tally, zoneCheck: ZoneCheck(path: path, settings: settings),
            prefixCheck: prefixCheck, reading: reading, isWhole: start.byte == 0)
        let collector = try RecordCollector(
            storer, &workers, format: format, dialect: dialect, path: path, encoding: bytes.encoding,
            rejects: try matching(path, isWhole: start.byte == 0, dialect), size: stamp?.size)
        // Whatever goes wrong here, nothing may still be written when the store is used for something else.
        defer { collector.stop() }
        var scanner = RecordScanner(
            dialect: dialect, start: RecordPosition(record: start.record, line: start.line, byte: bytes.position)
        )
        scanner.expectedFieldCount = format.expectedFieldCount
        var hasHalf = false
        while let slice = try opened({ () throws(ByteSourceFault) in try bytes.next() }) {
            try scanner.scan(slice) { record in try collector.take(record, original: bytes.original(of: record)) }
            bytes.forgetOriginals(before: scanner.nextRecord.byte)
            if stop.isStopped { break }
        }
        if !stop.isStopped {
            // The writer of a live log may be in the middle of its last record: that waits for the next run.
            if isContinued, !isOld(path) {
                try scanner.pause { record in try collector.take(record, original: nil) }
                hasHalf = scanner.pendingBytes > 0
            } else {
                try scanner.finish { record in try collector.take(record, original: bytes.original(of: record)) }
            }
        }
        let end = scanner.nextRecord
        // First where the file has come to, then whether it is that file: it may turn over at any moment.
        var place = isContinued ? try place(path, known: former, end: end) : nil
        if isContinued, try identity?.isStill(at: path) != true {
            place = nil
            remarks.append(
                Phrase("\(path) was replaced or written anew while it was read: the next run reads it whole"))
        }
        let stored = try collector.finish(file: place)
        let fates = stored.tally.records.since(tally.records)
        let records = fates.read
        // A log that repeats records is the former one, with a change in it.
        if fates.duplicates == 0 { replaced += lost }
        lastReading = stored.lastReading
        assembler = stored.assembler
        tally = stored.tally
        if stored.hasReplaced { rejects = [:] }
        if hasHalf { waitForEnd(of: path) }
        unmappedLines.merge(stored.notes.unmappedLines, uniquingKeysWith: +)
        clockDoubts.merge(stored.notes.clockDoubts)
        files.add(Summary.File(path: path, bytes: collector.fileBytes, records: records))
        if !stop.isStopped {
            alarms +=
                FileAlarms(
                    path: path, fates: fates, isWhole: start.byte == 0, format: format,
                    isExpectedEmpty: format.isAppended && source.newestLeg != nil
                ).sentences
        }
        if !isContinued, !stop.isStopped, alarms.count == alarmsBefore {
            try memory.remember(path, stamp, span: stored.span)
        }
        log.info("read \(path): \(records) records from byte \(start.byte)")
    }

    /// How the file is read: the rules of this run where all its records are read, else those that left records out.
    private mutating func nextReading(_ path: String, isWhole: Bool) throws -> LedgerReading {
        let former = try store.reading(sourceID: source.id, path: path)
        var reading = former ?? LedgerReading(sourceID: source.id, path: path)
        let isByOtherRules = !reading.rules.isEmpty && reading.rules != rules
        if isByOtherRules, !isWhole { try refuseToSendByFormerRules(path) }
        assembler.rereads =
            try isWhole && (settings.isReread || isByOtherRules) && store.hasUnsent(sourceID: source.id)
        if isWhole || reading.leftOut == 0 || reading.rules.isEmpty {
            reading.rules = rules
        } else if reading.rules != rules {
            alarms.append(
                Phrase(
                    """
                    the rules for \(path) have changed; left out under the former ones: \(reading.leftOut, .record); \
                    run: cdr24 import --reread
                    """))
        }
        return reading
    }

    /// Calls that wait to be sent were read by the former rules, and would be sent as those had them.
    private func refuseToSendByFormerRules(_ path: String) throws {
        let waiting = try store.pendingCount(sourceID: source.id, readBefore: assembler.runID)
        guard waiting > 0 else { return }
        throw ImportFault.configuration(
            """
            the rules for \(path) have changed, and \(counted(waiting, "call")) of \(source.keyPrefix) that \
            \(waiting == 1 ? "waits" : "wait") to be sent \(waiting == 1 ? "was" : "were") read by the former ones; to read the \
            file anew, run: cdr24 import --reread; or go back to the former rules
            """)
    }

    /// What was known of a live log whose content is another one now: at most one.
    private mutating func lost(_ path: String, _ former: LedgerFile?) throws -> [LedgerFile] {
        if let former {
            continued.insert(former.tailHash)
            return []
        }
        return try Array(
            store.files(sourceID: source.id, path: path).filter { $0.path == path && $0.bytes > 0 }.prefix(1))
    }

    /// Remarks on live logs that have begun anew while nothing shows what was written to the former file at last. Nobody knows
    /// whether anything was: a person may empty a log when it is read.
    ///
    /// - Parameter files: All files of the source.
    mutating func remarkOnReplaced(_ files: [String]) {
        for lost in replaced where !continued.contains(lost.tailHash) {
            // A rotated file has the name of the log and something more; a packed one is read as a whole.
            guard !files.contains(where: { $0 != lost.path && $0.hasPrefix(lost.path) }) else { continue }
            remarks.append(
                Phrase(
                    """
                    \(lost.path) is another file than at the last import, and what was written to the former one after byte \
                    \(Int(lost.bytes)) was not read; name rotated files too, for example \(lost.path)*; for a file that is written \
                    anew each day, write file: { appended: false } in the format
                    """))
        }
    }

    /// What finds the rejected records of the source whose place those of a file take; `nil` where there are none.
    private mutating func matching(_ path: String, isWhole: Bool, _ dialect: Dialect) throws -> RejectMatching? {
        let empty = RejectIndex(isCorrection: settings.isCorrection, dialect: dialect)
        var index = rejects[dialect] ?? empty
        let most = RejectIndex.mostCandidates
        var added = try store.openRejects(sourceID: source.id, after: index.newest, limit: most)
        // A quarter more, so that not every further file leads to a new one.
        if index.count + added.count > most + most / 4 {
            index = empty
            added = try store.openRejects(sourceID: source.id, after: 0, limit: most)
        }
        try index.add(added) { path in
            try store.reading(sourceID: source.id, path: path)?.header ?? []
        } mapper: {
            try RecordMapper(format: format, context: context)
        }
        rejects[dialect] = index
        return index.count == 0 ? nil : RejectMatching(index, path: path, isWhole: isWhole)
    }

    /// For how many seconds nobody must have written to a live log: no phone system takes a minute for a line.
    private var stillTime: Int64 { max(60, settings.completeAfter.components.seconds) }

    /// Whether nobody has written to a live log for as long as calls wait for their legs: then its last line is whole.
    private func isOld(_ path: String) -> Bool {
        guard let written = FilePart.lastWritten(path) else { return false }
        return assembler.now - written > stillTime
    }

    /// Books the last line of a live log, which has no line end yet.
    private mutating func waitForEnd(of path: String) {
        tally.waitsForEnd()
        remarks.append(
            Phrase(
                """
                the last line of \(path) has no line end yet: an import reads it when it is complete, or when the file has \
                not changed for \(Int(stillTime)) s
                """))
    }

    /// What was taken in of a file by an earlier run; `nil` when it is not one that was read before.
    private func continuation(_ path: String) throws -> LedgerFile? {
        try FileContinuation.find(path: path, among: try store.files(sourceID: source.id, path: path))
    }

    /// What to remember of a live log.
    private func place(_ path: String, known: LedgerFile?, end: RecordPosition) throws(ImportFault) -> LedgerFile? {
        guard let tail = try FileContinuation.tail(path: path, before: end.byte) else { return nil }
        return LedgerFile(
            id: known?.id ?? 0, sourceID: source.id, path: path, bytes: end.byte, lines: end.line - 1,
            records: end.record - 1, tailBytes: tail.count, tailHash: tail.hash)
    }

    private func opened<T: ~Copyable>(_ body: () throws(ByteSourceFault) -> T) throws(ImportFault) -> T {
        do throws(ByteSourceFault) {
            return try body()
        } catch {
            throw ImportFault(error)
        }
    }
}
