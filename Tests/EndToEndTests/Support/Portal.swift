// SPDX-License-Identifier: Apache-2.0

import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The local portal as a process.
final class Portal: Sendable {
    let url: String
    private let program: RunningProgram
    private let folder: String

    private init(url: String, program: RunningProgram, folder: String) {
        self.url = url
        self.program = program
        self.folder = folder
    }

    /// Starts a portal on a free port and waits until it listens.
    static func start(_ arguments: [String] = []) async throws -> Portal {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("portal-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let program = try RunningProgram(
            "bitrix24-sim", ["--port", "0", "--ready-file", "ready", "--request-log", "requests.log"] + arguments,
            in: folder)
        for _ in 0..<500 {
            if let data = FileManager.default.contents(atPath: folder + "/ready"), !data.isEmpty {
                let url = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
                return Portal(url: url, program: program, folder: folder)
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        program.send(SIGKILL)
        throw StartFault(description: await program.outcome().errors)
    }

    struct StartFault: Error { var description: String }

    deinit {
        program.send(SIGKILL)
        try? FileManager.default.removeItem(atPath: folder)
    }

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

    /// Loses all calls.
    func forgetsAll() async throws {
        guard let url = URL(string: base + "/audit/reset") else { throw StartFault(description: base) }
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        _ = try await URLSession.shared.data(for: request)
    }

    /// Waits until the log of requests shows an event of the k-th REST request.
    func waits(for event: String, ofRequest k: Int, upTo limit: Duration = .seconds(20)) async throws -> Bool {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            let log = String(
                decoding: FileManager.default.contents(atPath: folder + "/requests.log") ?? Data(), as: UTF8.self)
            for line in log.split(separator: "\n") {
                guard let entry = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
                    continue
                }
                if entry["event"] as? String == event, entry["request"] as? Int == k { return true }
            }
            try await Task.sleep(for: .milliseconds(3))
        }
        return false
    }
}

/// What a portal holds.
struct Audit {
    private let root: [String: Any]

    init(_ root: [String: Any]) { self.root = root }

    /// The rows of the statistics.
    var rows: [[String: Any]] { root["statistics"] as? [[String: Any]] ?? [] }

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
