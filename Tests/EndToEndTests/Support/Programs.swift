// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The built programs, found beside the test bundle; a name with a path is taken as it is.
enum Programs {
    static func path(_ name: String) throws -> String {
        if name.hasPrefix("/") { return name }
        if name == "cdr24", let other = ProcessInfo.processInfo.environment["CDR24_PROGRAM"] { return other }
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent(name).path
        guard FileManager.default.isExecutableFile(atPath: path) else { throw MissingProgram(path: path) }
        return path
    }

    /// Copies a program into a folder, for a user who may not read that of the built ones.
    ///
    /// Another process writes the copy: a file that is open for writing cannot be started, and whatever a test starts
    /// meanwhile would hold open what this process has open.
    ///
    /// - Returns: The path of the copy.
    static func copy(_ name: String, to folder: String) async throws -> String {
        let copy = "\(folder)/\(name)"
        let outcome = await (try RunningProgram("/bin/cp", [try path(name), copy], in: folder)).outcome()
        guard outcome.status == 0 else { throw FailedCopy(said: outcome.errors) }
        return copy
    }

    struct FailedCopy: Error {
        var said: String
    }

    struct MissingProgram: Error, CustomStringConvertible {
        var path: String
        var description: String { "\(path) is not built; run: swift build --build-tests" }
    }
}

/// What one run of a program printed and how it ended.
struct Outcome: Sendable {
    /// The exit code, or minus the signal that ended it.
    var status: Int
    var output: String
    var errors: String
    var elapsed: Duration
}

/// A program that runs, with its output collected.
final class RunningProgram: Sendable {
    private let process: Process
    private let ended: Task<Outcome, Never>
    private let outputFile: String

    /// Starts a program; its output goes to files in `folder`, so that no pipe can fill up.
    init(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], input: String? = nil,
        pipe: Pipe? = nil, in folder: String
    ) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try Programs.path(name))
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        var variables = [
            "PATH": "/usr/bin:/bin", "TZ": "UTC", "HOME": folder, "STATE_DIRECTORY": "\(folder)/.state",
            // A crash ends a program at once: nobody reads its trace, which takes minutes.
            "SWIFT_BACKTRACE": "enable=no",
        ]
        variables.merge(environment) { $1 }
        process.environment = variables
        let stem = "\(folder)/.\((name as NSString).lastPathComponent)-\(UUID().uuidString)"
        for path in [stem + ".out", stem + ".err"] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        process.standardOutput = FileHandle(forWritingAtPath: stem + ".out")
        process.standardError = FileHandle(forWritingAtPath: stem + ".err")
        outputFile = stem + ".out"
        if let pipe {
            process.standardInput = pipe
        } else if let input {
            try Data(input.utf8).write(to: URL(fileURLWithPath: stem + ".in"))
            process.standardInput = FileHandle(forReadingAtPath: stem + ".in")
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        let (stream, continuation) = AsyncStream<Int>.makeStream()
        process.terminationHandler = { ended in
            let status = Int(ended.terminationStatus)
            continuation.yield(ended.terminationReason == .uncaughtSignal ? -status : status)
            continuation.finish()
        }
        let started = ContinuousClock.now
        try process.run()
        self.process = process
        ended = Task {
            var status = Int.min
            for await value in stream { status = value }
            func text(_ path: String) -> String {
                String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
            }
            return Outcome(
                status: status, output: text(stem + ".out"), errors: text(stem + ".err"),
                elapsed: ContinuousClock.now - started)
        }
    }

    func outcome() async -> Outcome { await ended.value }

    /// The outcome of a program that is killed if it has not ended by itself after a time.
    func outcome(within limit: Duration) async -> Outcome {
        let end = Task {
            try await Task.sleep(for: limit)
            send(SIGKILL)
        }
        defer { end.cancel() }
        return await outcome()
    }

    /// What has been written to standard output until now.
    var outputSoFar: String {
        String(decoding: FileManager.default.contents(atPath: outputFile) ?? Data(), as: UTF8.self)
    }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    var pid: Int32 { process.processIdentifier }
}
