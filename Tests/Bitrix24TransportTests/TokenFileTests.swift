// SPDX-License-Identifier: Apache-2.0

import Clocks
import Foundation
import Testing

@testable import Bitrix24Transport

@Suite struct TokenFileTests {
    private typealias Sample = OAuthSample

    /// A folder of its own, removed afterwards.
    static func folder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tokens-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test func `tokens come back as they were written, in a file for their owner alone`() async throws {
        try await Self.folder { folder in
            let file = TokenFile(path: folder.appendingPathComponent("tokens.json").path)
            var tokens = Sample.tokens(1, at: 1_795_000_000.25, lifetime: 1_800)
            tokens.userID = nil
            for tokens in [Sample.tokens(2), tokens] {
                try file.replace(tokens)
                #expect(try file.read() == tokens)
                #expect(try mode(file.path) == 0o600)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["tokens.json"])
        }
    }

    @Test func `a prepared file leaves the old one in its place until it is whole`() async throws {
        try await Self.folder { folder in
            let file = TokenFile(path: folder.appendingPathComponent("tokens.json").path)
            try file.replace(Sample.tokens(1))
            try file.prepare()
            // As a process that was killed here leaves it.
            #expect(try file.read() == Sample.tokens(1))
            #expect(try mode(file.path + ".new") == 0o600)
            try file.prepare()
            try file.replace(Sample.tokens(2))
            #expect(try file.read() == Sample.tokens(2))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["tokens.json"])
        }
    }

    @Test func `a symbolic link is followed, not replaced`() async throws {
        try await Self.folder { folder in
            let real = folder.appendingPathComponent("real.json").path
            let link = folder.appendingPathComponent("tokens.json").path
            try TokenFile(path: real).replace(Sample.tokens(1))
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: real)
            try TokenFile(path: link).replace(Sample.tokens(2))
            #expect(try TokenFile(path: real).read() == Sample.tokens(2))
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == real)
        }
    }

    @Test func `a file that cannot be used says why and what to do, without a token`() async throws {
        try await Self.folder { folder in
            let path = folder.appendingPathComponent("tokens.json").path
            let file = TokenFile(path: path)
            func fault() -> TokenFileFault? { #expect(throws: TokenFileFault.self) { try file.read() } }
            #expect(fault() == .missing(path: path))
            #expect(fault()?.description.contains("cdr24 login") == true)
            try file.replace(Sample.tokens(1))
            chmod(path, 0o640)
            #expect(fault() == .openToOthers(path: path))
            #expect(fault()?.description.contains("chmod 600") == true)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            for wrong in [
                "", "{}", String(text.dropLast(20)), text.replacing("cdr24.tokens/1", with: "cdr24.tokens/9"),
                text.replacing("https://company.test/rest/", with: "nowhere"), "\0\0\0",
            ] {
                try Data(wrong.utf8).write(to: URL(fileURLWithPath: path))
                chmod(path, 0o600)
                #expect(fault() == .notTokens(path: path))
                #expect(fault()?.description.contains(Sample.planted) == false)
            }
        }
    }

    @Test func `a folder that is not there, or a directory in the file's place`() async throws {
        try await Self.folder { folder in
            let lost = TokenFile(path: folder.appendingPathComponent("no/tokens.json").path)
            #expect(throws: TokenFileFault.self) { try lost.prepare() }
            let place = folder.appendingPathComponent("tokens.json")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            #expect(throws: TokenFileFault.self) { try TokenFile(path: place.path).replace(Sample.tokens(1)) }
        }
    }

    // MARK: The lock

    @Test func `the lock is held by one, and freed with its holder`() async throws {
        try await Self.folder { folder in
            let file = TokenFile(path: folder.appendingPathComponent("tokens.json").path)
            let clock = HandClock()
            do {
                let first = try await TokenLock(beside: file, time: clock.source, waitingAtMost: .zero)
                await #expect(throws: TokenFileFault.locked(path: file.path)) {
                    _ = try await TokenLock(beside: file, time: clock.source, waitingAtMost: .seconds(3))
                }
                #expect(clock.now >= 3)
                _ = consume first
            }
            _ = try await TokenLock(beside: file, time: clock.source, waitingAtMost: .zero)
        }
    }

    @Test func `who waits gets the lock when it is freed`() async throws {
        try await Self.folder { folder in
            let file = TokenFile(path: folder.appendingPathComponent("tokens.json").path)
            let child = Process()
            child.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
            // Longer than any machine takes to notice it; it ends with the test.
            child.arguments = ["--no-fork", file.path + ".lock", "sleep", "900"]
            try child.run()
            while !FileManager.default.fileExists(atPath: file.path + ".lock") { await Task.yield() }
            while child.isRunning, (try? await TokenLock(beside: file, time: .system, waitingAtMost: .zero)) != nil {
                await Task.yield()
            }
            #expect(child.isRunning)
            let waiting = Task {
                _ = try await TokenLock(beside: file, time: .system, waitingAtMost: .seconds(60))
            }
            kill(child.processIdentifier, SIGKILL)
            try await waiting.value
        }
    }
}
