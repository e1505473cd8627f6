// SPDX-License-Identifier: Apache-2.0

import Bitrix24
package import CallLifecycle
import CallRecords
import Matching

/// Before a ledger's first delivery, and that of a new source: does another integration register these calls already?
///
/// A sample of the calls is looked up by number, type and start. The question rides in the request that asks for clock and
/// rights, so that it costs an ordinary first run no request, and later runs nothing.
struct NeighbourGuard: Sendable {
    /// What an answer showed.
    enum Reading {
        /// Every answer can be used.
        case ok
        /// Ask again.
        case failed(RequestVerdict)
        /// The calling user may not read the statistics.
        case noRight
    }

    /// By how many seconds a row and a call may differ, once a constant offset is taken away.
    private static let tolerance: Int64 = 120
    /// The largest constant offset that is found, in seconds: an hour of daylight saving time, and clocks that are wrong.
    static let mostOffset: Int64 = 7_200
    /// The most commands of one request: the others that ride along need room.
    private static let commandsPerRequest = 40

    private let samples: [NeighbourSample]
    /// The calls of each command that was not answered yet.
    private var lots: [[TrackedCall]]
    private var rows: [StatisticRow] = []
    private let spelling: NumberSpelling

    /// - Parameter samples: Calls of the sources that were not checked yet; none asks for nothing.
    init(_ samples: [NeighbourSample], spelling: NumberSpelling) {
        self.samples = samples
        self.spelling = spelling
        lots = samples.flatMap { sample in
            sample.runs.flatMap { $0.chunks(of: AttributeLookUp.callsPerSpeltCommand) }
        }
    }

    /// The key prefixes of the sources that are checked.
    var prefixes: [String] { samples.map(\.prefix) }
    /// Whether there is nothing more to ask.
    var isOver: Bool { lots.isEmpty }

    /// The next question; without commands when there is none.
    ///
    /// - Parameters:
    ///   - name: The beginning of its commands' names.
    ///   - room: How many commands it may have at most.
    func question(_ name: String, room: Int) -> AttributeLookUp {
        AttributeLookUp(
            name, lots: Array(lots.prefix(max(0, min(Self.commandsPerRequest, room)))),
            margin: Self.mostOffset + Self.tolerance,
            spelling: spelling)
    }

    /// Takes in the answer to the last question.
    mutating func read(_ lookUp: AttributeLookUp, _ reply: BatchReply) -> Reading {
        let findings = lookUp.readEach(reply)
        var again: [[TrackedCall]] = []
        var found: [StatisticRow] = []
        for (lot, finding) in zip(lots, findings) {
            switch finding {
            case .rows(let rows): found += rows
            // A busy number hides the rows of the others; alone it may fill a page.
            case .incomplete where lot.count > 1: again += lot.map { [$0] }
            case .incomplete(let rows): found += rows
            case .failed(let verdict): return .failed(verdict)
            case .noRight: return .noRight
            }
        }
        lots = again + lots.dropFirst(findings.count)
        rows += found
        return .ok
    }

    /// Asks for nothing more.
    mutating func giveUp() { lots = [] }

    /// What the portal has of each source.
    func findings(_ judge: NeighbourJudge) -> [NeighbourFinding] {
        samples.map { sample in
            let calls = sample.runs.flatMap(\.self)
            let matching = NeighbourMatching(
                calls, rows: rows, judge,
                rules: .init(tolerance: Self.tolerance, maximumOffset: Self.mostOffset))
            return NeighbourFinding(prefix: sample.prefix, calls, matching)
        }
    }
}

/// Calls of a source that are looked up to see whether somebody else has registered them.
package struct NeighbourSample: Sendable, Equatable {
    /// The key prefix of the source.
    package let prefix: String
    /// Runs of calls that follow each other, spread over the days of the source.
    package let runs: [[TrackedCall]]

    /// A sample of one source.
    package init(prefix: String, runs: [[TrackedCall]]) {
        self.prefix = prefix
        self.runs = runs
    }
}
