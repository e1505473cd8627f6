// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A program started by a test, awaited without blocking a thread.
struct ChildProcess {
    struct Outcome {
        var status: Int32
        var output: Data
        var errors: String
    }

    /// Runs a program to its end.
    ///
    /// Its output goes to files: the end of a pipe is not seen while a child of another test holds a copy of it.
    static func run(_ program: URL, _ arguments: [String]) async throws -> Outcome {
        let folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try handle("stdout", folder)
        process.standardError = try handle("stderr", folder)
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
        return Outcome(
            status: process.terminationStatus, output: folder.bytes("stdout") ?? Data(), errors: folder.text("stderr"))
    }

    private static func handle(_ name: String, _ folder: TemporaryFolder) throws -> FileHandle {
        try FileHandle(forWritingTo: URL(fileURLWithPath: folder.write("", to: name)))
    }

    /// A program of this package, which lies beside the test bundle.
    static func built(_ name: String) throws -> URL {
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent(name)
        if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
        let debug = PackageFolder.url.appendingPathComponent(".build/debug/\(name)")
        try #require(
            FileManager.default.isExecutableFile(atPath: debug.path), "\(name) has not been built: swift build")
        return debug
    }
}
