// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A program started by a test, awaited without blocking a thread.
struct ChildProcess {
    /// Where the package lies.
    static let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    struct Outcome {
        var status: Int32
        var output: Data
        var errors: String
    }

    /// Runs a program to its end.
    ///
    /// Its output goes to files: the end of a pipe is not seen while a child of another test holds a copy of it.
    static func run(_ program: URL, _ arguments: [String]) async throws -> Outcome {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("child-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appendingPathComponent("stdout")
        let errors = folder.appendingPathComponent("stderr")
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try handle(output)
        process.standardError = try handle(errors)
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
        return try Outcome(
            status: process.terminationStatus, output: Data(contentsOf: output),
            errors: String(decoding: Data(contentsOf: errors), as: UTF8.self))
    }

    private static func handle(_ file: URL) throws -> FileHandle {
        try Data().write(to: file)
        return try FileHandle(forWritingTo: file)
    }

    /// A program of this package, which lies beside the test bundle.
    static func built(_ name: String) throws -> URL {
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent(name)
        if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
        let debug = packageRoot.appendingPathComponent(".build/debug/\(name)")
        try #require(
            FileManager.default.isExecutableFile(atPath: debug.path), "\(name) has not been built: swift build")
        return debug
    }
}
