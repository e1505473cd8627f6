// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallLifecycle
import CallRecords
import DryRun
import Ledger
import Reporting

@testable import Intake

/// Legs brought to a ledger over batches and runs, with the account of records beside them.
struct AssemblyScene {
    static let now: Int64 = 1_790_000_000

    /// What legs are brought to: the ledger, or what a dry run has over it.
    let store: any CallStore
    let ledger: Ledger
    let source: LedgerSource
    var settings = SourceSettings()
    private(set) var assembler: CallAssembler
    private(set) var tally = RecordTally()
    private(set) var held: [String: Int] = [:]
    private var runID: Int64 = 1
    private let folder = CallFolder(rules: FoldRules())
    /// Whether calls are whole as soon as they are read.
    private let isExport: Bool

    /// - Parameter base: The ledger that a dry run sees beneath it.
    init(
        isExport: Bool = false, isDryRun: Bool = false, over base: Ledger? = nil,
        _ change: (inout SourceSettings) -> Void = { _ in }
    ) throws {
        self.isExport = isExport
        ledger = try base ?? Ledger.temporary(wallClock: { Self.now })
        store = isDryRun ? try DryRunCallStore(over: base, wallClock: { Self.now }) : ledger
        source = try store.source(keyPrefix: "pbx", keyRule: "rule")
        change(&settings)
        assembler = CallAssembler(
            sourceID: source.id, runID: 1, folder: folder, settings: settings, wholeIfEndedBy: isExport ? .max : .min,
            now: Self.now)
    }

    /// The leg of a call; `at` is in seconds before now.
    static func leg(
        _ key: String, at age: Int64 = 7_200, number: String? = "+12025550101", direction: LegDirection = .incoming,
        employee: String? = "101", talk: Int64 = 0, length: Int64 = 20, aliases: [String] = []
    ) -> Leg {
        let start = CallTime(epochSeconds: now - age)
        var leg = Leg(
            key: key, aliases: aliases, direction: direction, external: number.map { .number($0) } ?? .none,
            start: start, end: CallTime(epochSeconds: start.epochSeconds + length), employeeExtension: employee,
            talk: .seconds(talk), isAnswered: talk > 0, status: talk > 0 ? .success : .missed)
        var hash: UInt64 = 14_695_981_039_346_656_037
        for byte in leg.encoded() { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        leg.fingerprint = hash
        return leg
    }

    /// One transaction of intake.
    ///
    /// - Parameter marks: What each leg shares with others of its call; empty if none shares anything.
    mutating func batch(_ legs: [Leg], marks: [JoinMarks] = []) throws {
        var order: [String] = []
        var groups: [String: [Int]] = [:]
        var legs = legs
        LegGrouping.join(&legs, marks: marks)
        for (index, leg) in legs.enumerated() {
            if groups[leg.key] == nil { order.append(leg.key) }
            groups[leg.key, default: []].append(index)
            tally.read()
        }
        var assembler = assembler
        var tally = tally
        try store.intake { transaction in
            var batch = MappedBatch(calls: PackedCalls(sourceID: assembler.sourceID, runID: assembler.runID))
            for key in order {
                let indices = groups[key] ?? []
                for index in indices where !marks.isEmpty && marks[index].isMarked {
                    batch.marked.append(
                        .init(place: batch.keys.count, leg: MarkedLeg(legs[index]), marks: marks[index]))
                }
                batch.add(indices.map { legs[$0] }, by: assembler)
            }
            try assembler.take(batch, transaction, tally: &tally)
            try assembler.saveMarks(transaction)
        }
        self.assembler = assembler
        self.tally = tally
    }

    /// Decides which calls are whole; `nil` stands for an export, in which all are.
    mutating func close(patience: Int64? = nil) throws {
        var assembler = assembler
        var tally = tally
        let limit = patience.map { Self.now - $0 } ?? .max
        try store.intake { transaction in
            try assembler.decideUndecided(openAfter: limit, transaction, tally: &tally)
        }
        var held = held
        try CallCompletion(store: store, assembler: assembler, wholeIfEndedBy: limit, now: Self.now)
            .run(tally: &tally, held: &held)
        self.assembler = assembler
        self.tally = tally
        self.held = held
    }

    /// Begins the next run, with an empty account.
    mutating func nextRun() throws {
        runID += 1
        assembler = CallAssembler(
            sourceID: source.id, runID: runID, folder: folder, settings: settings,
            wholeIfEndedBy: isExport ? .max : .min, now: Self.now,
            marks: MarkMemory(try store.marks(sourceID: source.id)))
        tally = RecordTally()
        held = [:]
    }

    func deliver(_ key: String) throws {
        guard var call = try ledger.call(key: key) else { return }
        call.progress = DeliveryProgress(stored: .delivered)
        call.history.legs = []
        try ledger.save([call])
    }

    var records: Summary.Records { tally.records }

    /// Whether every record read is booked exactly once, and nothing is booked below nothing.
    var addsUp: Bool {
        let booked =
            records.calls + records.merged + records.waiting + records.late + records.duplicates
            + records.skipped.values.reduce(0, +) + records.rejected.values.reduce(0, +)
        return booked == records.read && records.calls >= 0 && records.merged >= 0 && records.waiting >= 0
    }
}

extension MappedBatch {
    /// Adds the legs of a key as they are mapped.
    mutating func add(_ legs: [Leg], by assembler: CallAssembler) {
        let begin = calls.count
        for leg in legs {
            leg.withView { view in
                calls.append(
                    view, as: assembler.wholeCall(view.facts), keyHash: PackedCalls.hash(ofKey: view.key))
            }
        }
        if legs.count == 1, calls.isCall(begin) { return keys.append(.call(begin)) }
        members += begin..<calls.count
        keys.append(.legs(members.count - legs.count..<members.count))
    }
}
