// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The local portal as a process.
final class Portal: Sendable {
    let url: String
    private let program: RunningProgram
    private let folder: TemporaryFolder

    private init(url: String, program: RunningProgram, folder: TemporaryFolder) {
        self.url = url
        self.program = program
        self.folder = folder
    }

    /// Where the importers of all workspaces remember their deliveries to the portal, as those of one machine do.
    var stateFolder: String { folder.file("state") }

    /// Starts a portal on a free port and waits until it listens.
    static func start(_ arguments: [String] = []) async throws -> Portal {
        let folder = try TemporaryFolder()
        let program = try RunningProgram(
            "bitrix24-sim", ["--port", "0", "--ready-file", "ready", "--request-log", "requests.log"] + arguments,
            in: folder.path)
        for _ in 0..<500 {
            let url = folder.text("ready").trimmingCharacters(in: .whitespacesAndNewlines)
            if !url.isEmpty {
                return Portal(url: url, program: program, folder: folder)
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        program.send(SIGKILL)
        throw StartFault(description: await program.outcome().errors)
    }

    struct StartFault: Error { var description: String }

    deinit { program.send(SIGKILL) }

    /// Ends the portal; nobody answers at its address any more.
    func stop() async {
        program.send(SIGKILL)
        _ = await program.outcome()
    }

    /// The portal's host and port.
    var base: String { String(url[..<(url.range(of: "/rest/")?.lowerBound ?? url.endIndex)]) }

    /// Everything that the portal holds and has counted.
    func audit() async throws -> Audit {
        guard let url = URL(string: base + "/audit") else { throw StartFault(description: base) }
        let (data, _) = try await URLSession.shared.data(from: url)
        return Audit(try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:])
    }

    /// Waits until the portal holds a request, as a fault of the kind `stall` lets it.
    ///
    /// - Returns: Whether it came to that.
    func holdsRequest() async throws -> Bool {
        for _ in 0..<1_200 {
            if try await audit().isHolding { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    /// Loses all calls.
    func forgetsAll() async throws {
        guard let url = URL(string: base + "/audit/reset") else { throw StartFault(description: base) }
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        _ = try await URLSession.shared.data(for: request)
    }

    /// Waits until the log of requests shows an event of the k-th REST request, and does something at that moment.
    ///
    /// A thread of its own waits: those that the tests share are busy for seconds now and then, which is too late for a
    /// process that has to be hit while a request is under way.
    ///
    /// - Parameter act: What is to be done; nothing when the event does not come.
    /// - Returns: Whether the event came in time.
    func waits(
        for event: String, ofRequest k: Int, upTo limit: Duration = .seconds(60),
        then act: @escaping @Sendable () -> Void = {}
    ) async -> Bool {
        let log = folder.file("requests.log")
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let end = ContinuousClock.now + limit
                while ContinuousClock.now < end {
                    if Self.shows(event, ofRequest: k, log) {
                        act()
                        return continuation.resume(returning: true)
                    }
                    Thread.sleep(forTimeInterval: 0.003)
                }
                continuation.resume(returning: false)
            }
        }
    }

    private static func shows(_ event: String, ofRequest k: Int, _ log: String) -> Bool {
        let text = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
        return text.split(separator: "\n").contains { line in
            guard let entry = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
                return false
            }
            return entry["event"] as? String == event && entry["request"] as? Int == k
        }
    }
}

/// What a portal holds.
struct Audit {
    private let root: [String: Any]

    init(_ root: [String: Any]) { self.root = root }

    /// The rows of the statistics.
    var rows: [[String: Any]] { root["statistics"] as? [[String: Any]] ?? [] }

    /// The lines, of all applications and of webhooks.
    var lines: [[String: Any]] { root["lines"] as? [[String: Any]] ?? [] }

    /// What users find under the bell.
    var notifications: [[String: Any]] { root["notifications"] as? [[String: Any]] ?? [] }

    /// Whether a request is held.
    var isHolding: Bool { !(root["held"] as? [Any] ?? []).isEmpty }

    /// How many rows each client and second of start have.
    var rowsPerMoment: [String: Int] {
        rows.reduce(into: [:]) { counts, row in
            counts["\(row["PHONE_NUMBER"] ?? "") \(row["CALL_START_DATE"] ?? "")", default: 0] += 1
        }
    }

    /// How many rows each EXTERNAL_CALL_ID has.
    var rowsPerKey: [String: Int] {
        rows.reduce(into: [:]) { counts, row in counts[row["EXTERNAL_CALL_ID"] as? String ?? "", default: 0] += 1 }
    }

    func row(_ key: String) -> [String: Any]? { rows.first { $0["EXTERNAL_CALL_ID"] as? String == key } }

    func counter(_ name: String) -> Int { (root["counters"] as? [String: Any])?[name] as? Int ?? -1 }

    func method(_ name: String) -> Int { (root["methods"] as? [String: Any])?[name] as? Int ?? 0 }

    /// Whether nobody was disturbed: no card, no chat, no message, no lead.
    var isQuiet: Bool {
        ["popups", "chats", "chatMessages", "leads", "contacts", "deals"].allSatisfy { counter($0) == 0 }
    }
}
