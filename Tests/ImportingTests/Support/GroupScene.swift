// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Ledger
import Reporting

@testable import Importing

/// Legs brought to a ledger over batches and runs, with the account of records beside them.
struct GroupScene {
    static let now: Int64 = 1_790_000_000

    let ledger: Ledger
    let source: LedgerSource
    var settings = SourceSettings()
    private(set) var keeper: GroupKeeper
    private(set) var tally = RecordTally()
    private(set) var held: [String: Int] = [:]
    private var runID: Int64 = 1
    private let folder = CallFolder(rules: FoldRules())
    /// Whether calls are whole as soon as they are read.
    private let isExport: Bool

    /// - Parameter pilesCalls: Whether the ledger is one of a dry run.
    init(
        isExport: Bool = false, pilesCalls: Bool = false, over base: Ledger? = nil,
        _ change: (inout SourceSettings) -> Void = { _ in }
    ) throws {
        self.isExport = isExport
        ledger = try Ledger.scratch(over: base, pilesCalls: pilesCalls, wallClock: { Self.now })
        source = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        change(&settings)
        keeper = GroupKeeper(
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
    mutating func batch(_ legs: [Leg]) throws {
        var order: [String] = []
        var groups: [String: [Leg]] = [:]
        for leg in legs {
            if groups[leg.key] == nil { order.append(leg.key) }
            groups[leg.key, default: []].append(leg)
            tally.read()
        }
        var keeper = keeper
        var tally = tally
        try ledger.intake { writer in
            var calls = PackedCalls(sourceID: keeper.sourceID, runID: keeper.runID)
            for key in order {
                let legs = groups[key] ?? []
                let group = legs.count == 1 ? keeper.group(of: legs[0], packing: &calls) : .legs(legs, folded: nil)
                try keeper.take(group, of: calls, writer: writer, tally: &tally)
            }
        }
        self.keeper = keeper
        self.tally = tally
    }

    /// Decides which calls are whole; `nil` stands for an export, in which all are.
    mutating func close(patience: Int64? = nil) throws {
        var keeper = keeper
        var tally = tally
        let limit = patience.map { Self.now - $0 } ?? .max
        try ledger.intake { writer in
            try keeper.closeSetAside(openAfter: limit, writer: writer, tally: &tally)
        }
        var held = held
        try GroupClosing(ledger: ledger, keeper: keeper, wholeIfEndedBy: limit, now: Self.now)
            .run(tally: &tally, held: &held)
        self.keeper = keeper
        self.tally = tally
        self.held = held
    }

    /// Begins the next run, with an empty account.
    mutating func nextRun() {
        runID += 1
        keeper = GroupKeeper(
            sourceID: source.id, runID: runID, folder: folder, settings: settings,
            wholeIfEndedBy: isExport ? .max : .min, now: Self.now)
        tally = RecordTally()
        held = [:]
    }

    func deliver(_ key: String) throws {
        guard var call = try ledger.call(key: key) else { return }
        call.state = .delivered
        call.legs = []
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
