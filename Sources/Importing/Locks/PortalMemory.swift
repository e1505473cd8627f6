// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords
import Clocks
import Delivery
import Foundation
import Ledger
import Synchronization

/// What a machine remembers of its deliveries to one portal, apart from its ledgers: a file in the state folder.
///
/// A ledger can be lost, restored from a copy, or be one of several; this memory tells. It is written before each request
/// that may change something, so that it never knows more of the future than the ledger that was used last.
final class PortalMemory: Sendable, DeliveryMemoir {
    /// How a run stands with the portal.
    enum Mark: String, Codable, Sendable {
        /// It sends requests.
        case working
        /// It ended by itself and left an answer unknown.
        case stopped
        /// It ended by itself, and the answer to each of its requests is known.
        case settled
    }

    /// What is known of the ledger that delivered calls of one phone system last.
    struct Entry: Codable, Sendable, Equatable {
        /// The ledger's own word.
        var ledger: String
        /// The number of its latest request.
        var sequence: Int64
        /// When it took the place of another ledger, or of a later state of itself; `nil` when it did not.
        var takenOver: Instant?
        /// Rows that it has: the newest of each extension.
        var rows: [RowWitness] = []
    }

    /// A moment by the clock that counts since the machine started.
    struct Instant: Codable, Sendable, Equatable {
        var boot: String
        var milliseconds: Int64

        /// Now.
        static var now: Instant {
            var now = timespec()
            clock_gettime(CLOCK_BOOTTIME, &now)
            return Instant(boot: boot, milliseconds: Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000)
        }

        /// How long ago it was; for a moment before the machine started, at least how long the machine runs.
        var ago: Duration {
            let now = Instant.now
            return .milliseconds(
                boot == now.boot && milliseconds <= now.milliseconds
                    ? now.milliseconds - milliseconds : now.milliseconds)
        }

        private static let boot: String =
            // Without /proc, which a container may lack, only an uptime that has gone back tells one boot from another.
            (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
    }

    private struct Record: Codable, Sendable {
        var version = 1
        var mark = Mark.settled
        var spoken: Instant?
        /// Key prefix -> what is known of its ledger.
        var entries: [String: Entry] = [:]
    }

    private struct State: Sendable {
        var record: Record
        /// The ledger of this run and its key prefixes.
        var ledger = ""
        var prefixes: [String] = []
        /// The newest row of each extension, by key prefix.
        var newest: [String: [String: RowWitness]] = [:]

        mutating func remember(_ rows: [(TrackedCall, RowWitness)]) {
            for (call, row) in rows {
                guard let prefix = prefixes.first(where: { call.key.hasPrefix($0 + ":") }) else { continue }
                let extensionName = call.call.employeeExtension ?? ""
                if row.id > newest[prefix]?[extensionName]?.id ?? 0 {
                    newest[prefix, default: [:]][extensionName] = row
                }
            }
            for (prefix, newest) in newest {
                let former = record.entries[prefix]?.rows ?? []
                let rows = Set(newest.values).union(former).sorted { $0.id > $1.id }
                record.entries[prefix]?.rows = Array(rows.prefix(PortalMemory.mostRows))
            }
        }
    }

    /// The most rows that are remembered of a phone system: the portal is asked for all of them in one command.
    static let mostRows = 20

    /// The path of the file.
    let path: String
    private let file: FileLock
    private let state: Mutex<State>

    /// Opens the memory of a portal; it is made if there is none.
    ///
    /// - Throws: `LedgerFault` when the file cannot be made or written, or another process has it.
    init(folder: String, portal: PortalIdentity) throws(LedgerFault) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .cannotOpen(path: folder, reason: error.localizedDescription)
        }
        let paths = portal.names.map { "\(folder)/\(Self.fileName($0))" }
        path = paths.first { FileManager.default.fileExists(atPath: $0) } ?? paths[0]
        file = try FileLock(path: path)
        // The end of a longer former text may stand behind the first line.
        let line = file.text().prefix { $0 != "\n" }
        // What cannot be read is no memory: the ledger is then believed as on a new machine.
        let record = (try? JSONDecoder().decode(Record.self, from: Data(line.utf8))) ?? Record()
        state = Mutex(State(record: record))
    }

    private static func fileName(_ name: String) -> String {
        let safe = name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") ? $0 : "_" }
        return "portal-\(String(safe).prefix(120)).json"
    }

    /// When the last run spoke to the portal, on the clock of this process, at the latest; `nil` when none is remembered.
    ///
    /// A run that was killed may have sent a request up to the moment at which this one got the lock.
    func lastSpoken(_ time: TimeSource) -> Duration? {
        state.withLock { state in
            guard let spoken = state.record.spoken else { return nil }
            return state.record.mark == .working ? time.monotonic() : time.monotonic() - spoken.ago
        }
    }

    /// What is known of the ledgers of these phone systems.
    func entries(_ prefixes: [String]) -> [Entry] {
        state.withLock { state in prefixes.compactMap { state.record.entries[$0] } }
    }

    /// A ledger begins to deliver.
    ///
    /// - Parameter takesOver: Whether it takes the place of another one, or of a later state of itself.
    func begins(_ ledger: String, prefixes: [String], sequence: Int64, takesOver: Bool) {
        change { state in
            state.ledger = ledger
            state.prefixes = prefixes
            for prefix in prefixes {
                var entry = state.record.entries[prefix] ?? Entry(ledger: ledger, sequence: sequence)
                if takesOver { entry.takenOver = .now }
                state.record.entries[prefix] = entry
            }
            state.record.mark = .working
            state.record.spoken = .now
        }
    }

    func saved(_ commit: DeliveryCommit) {
        let rows = commit.progress.compactMap { call in RowWitness(call).map { (call, $0) } }
        guard commit.sequence != nil || !rows.isEmpty else { return }
        change { state in
            if let sequence = commit.sequence {
                for prefix in state.prefixes {
                    state.record.entries[prefix]?.ledger = state.ledger
                    state.record.entries[prefix]?.sequence = sequence
                }
            }
            if !rows.isEmpty { state.remember(rows) }
        }
    }

    /// Notes how this run stands after its last request.
    func note(_ mark: Mark) {
        change { state in
            state.record.mark = mark
            state.record.spoken = .now
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let record = state.withLock { state in
            body(&state)
            return state.record
        }
        // Its values are numbers and words: the encoder has nothing to refuse.
        guard let text = try? JSONEncoder().encode(record) else { return }
        file.write(String(decoding: text, as: UTF8.self) + "\n")
    }
}
