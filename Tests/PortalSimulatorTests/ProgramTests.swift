// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import PortalSimulator

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// `bitrix24-sim` itself, as a process.
@Suite(.serialized) struct ProgramTests {
    /// Starts the program, waits for its ready file, and ends it by SIGKILL when the body is done.
    static func withProgram(
        _ arguments: [String], in folder: URL, _ body: (URL, String) async throws -> Void
    ) async throws {
        let ready = folder.appendingPathComponent("ready-\(UUID().uuidString)")
        let process = Process()
        process.executableURL = try ChildProcess.built("bitrix24-sim")
        process.arguments = ["--port", "0", "--ready-file", ready.path] + arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        let start = ContinuousClock.now
        while !FileManager.default.fileExists(atPath: ready.path), ContinuousClock.now - start < .seconds(60) {
            try await Task.sleep(for: .milliseconds(20))
        }
        let address = try String(contentsOf: ready, encoding: .utf8).trimmingBlanks
        let url = try #require(URL(string: "/", relativeTo: URL(string: address))?.absoluteURL)
        try await body(url, address)
        kill(process.processIdentifier, SIGKILL)
        while process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
    }

    static func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        try await body(URL(fileURLWithPath: folder.path))
    }

    @Test func aKilledPortalComesBackWithItsCalls() async throws {
        try await Self.withFolder { folder in
            let arguments = ["--state", folder.appendingPathComponent("state").path, "--user", "7:107:Greta Hale"]
            try await Self.withProgram(arguments + ["--user", "1:101:Alma Reed"], in: folder) { url, address in
                #expect(address.hasSuffix("/rest/1/secret/"))
                let (status, _) = try await ServerTests.post(url, ServerTests.method, ServerTests.register)
                #expect(status == 200)
            }
            try await Self.withProgram(arguments, in: folder) { url, _ in
                let audit = try await ServerTests.get(url, "audit")
                #expect(audit.contains(#""registers":1"#))
                let (_, text) = try await ServerTests.post(url, "rest/1/secret/user.get", "{}")
                #expect(text.contains(#""total":2"#))
            }
        }
    }

    @Test func theRequestLogShowsARequestWhoseReplyIsHeld() async throws {
        try await Self.withFolder { folder in
            let log = folder.appendingPathComponent("requests")
            let arguments = ["--request-log", log.path, "--fault", "stall-after@1"]
            try await Self.withProgram(arguments, in: folder) { url, _ in
                async let answer = ServerTests.post(url, ServerTests.method, ServerTests.register)
                let start = ContinuousClock.now
                while ContinuousClock.now - start < .seconds(60) {
                    if try String(contentsOf: log, encoding: .utf8).contains(#""event":"executed","request":1"#) {
                        break
                    }
                    try await Task.sleep(for: .milliseconds(10))
                }
                #expect(try !String(contentsOf: log, encoding: .utf8).contains("replied"))
                let (released, _) = try await ServerTests.post(url, "control", #"{"release":1}"#)
                #expect(released == 200)
                #expect(try await answer.0 == 200)
            }
        }
    }

    @Test(arguments: [
        (["--fault", "nonsense@1"], "--fault"), (["--user", "x"], "--user x: expected ID:INNER:NAME"),
        (["--latency", "finish"], "expected METHOD=SECONDS"), (["--users", "/nowhere.json"], "/nowhere.json"),
        (["--time-scale", "0"], "expected a number above 0"), (["--limiter", "C"], "--limiter"),
    ])
    func aWrongCommandLineIsQuotedBack(_ arguments: [String], _ complaint: String) async throws {
        let outcome = try await ChildProcess.run(ChildProcess.built("bitrix24-sim"), arguments)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(complaint), "\(outcome.errors)")
    }

    @Test func anAddressInUseIsSaid() async throws {
        try await Self.withFolder { folder in
            try await Self.withProgram([], in: folder) { url, _ in
                let outcome = try await ChildProcess.run(
                    ChildProcess.built("bitrix24-sim"), ["--port", "\(url.port ?? 0)"])
                #expect(outcome.status == 1)
                #expect(outcome.errors.contains("cannot listen on 127.0.0.1:\(url.port ?? 0)"))
            }
        }
    }

    @Test func theHelpNamesEveryFault() async throws {
        let outcome = try await ChildProcess.run(ChildProcess.built("bitrix24-sim"), ["--help"])
        #expect(outcome.status == 0)
        let help = String(decoding: outcome.output, as: UTF8.self)
        for kind in Fault.kinds { #expect(help.contains(kind.prefix { $0 != "=" && $0 != "[" }), "\(kind)") }
    }
}
