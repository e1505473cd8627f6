// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reporting

/// A program that is given the summary on its standard input, for a limited time.
struct ToldCommand: Sendable {
    let program: String
    let arguments: [String]
    let environment: [String: String]
    let limit: Duration

    /// Runs the program to its end, or to the end of its time.
    ///
    /// The input lies in a file that has no name any more: a program that does not read it holds nobody up. What the
    /// program prints to standard error stays visible; standard output belongs to the summary.
    ///
    /// - Returns: What went wrong, to follow the program's name; `nil` where nothing did.
    func run(input: String) async -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = environment
        process.standardOutput = FileHandle.nullDevice
        do {
            process.standardInput = try Self.unnamedFile(input)
        } catch {
            return "was not run: \(error.localizedDescription)"
        }
        let (ends, signal) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in signal.finish() }
        do {
            try process.run()
        } catch {
            return "cannot be run: \(error.localizedDescription)"
        }
        let group = ProcessGroup(leader: process.processIdentifier)
        let guardian = Task {
            // A cancelled sleep means that the program has ended.
            do { try await Task.sleep(for: limit) } catch { return false }
            group.end()
            return true
        }
        for await _ in ends {}
        guardian.cancel()
        if await guardian.value { return "was stopped after \(counted(Int(limit.components.seconds), "second"))" }
        if process.terminationReason == .uncaughtSignal { return "was ended by signal \(process.terminationStatus)" }
        return process.terminationStatus == 0 ? nil : "ended with exit code \(process.terminationStatus)"
    }

    private static func unnamedFile(_ text: String) throws -> FileHandle {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("cdr24-\(UUID().uuidString)")
        guard
            FileManager.default.createFile(
                atPath: url.path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
        defer { try? FileManager.default.removeItem(at: url) }  // Left behind, it holds no more than a report does.
        return try FileHandle(forReadingFrom: url)
    }

    /// A program with the programs that it has started.
    private struct ProcessGroup: Sendable {
        let leader: Int32

        /// Not by a request to end: who has not ended by now does not listen.
        func end() {
            // Foundation makes each child the leader of a group; the group of another one must not be hit.
            kill(getpgid(leader) == leader ? -leader : leader, SIGKILL)
        }
    }
}
