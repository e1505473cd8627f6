// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A server on this machine that takes what is sent to it by HTTP and by SMTP.
final class Sink: Sendable {
    private let program: RunningProgram
    private let folder: TemporaryFolder
    /// The port for HTTP.
    let webPort: String
    /// The port for SMTP.
    let mailPort: String

    private init(program: RunningProgram, folder: TemporaryFolder, ports: [String]) {
        self.program = program
        self.folder = folder
        webPort = ports[0]
        mailPort = ports[1]
    }

    /// Starts a sink and waits until it listens.
    static func start() async throws -> Sink {
        let folder = try TemporaryFolder()
        let script = "\(PackageFolder.path)/Tests/EndToEndTests/Sinks/sink.py"
        let program = try RunningProgram("/usr/bin/python3", [script, folder.path], in: folder.path)
        for _ in 0..<1_000 {
            let ports = folder.text("ports").split(whereSeparator: \.isWhitespace).map(String.init)
            if ports.count == 2 { return Sink(program: program, folder: folder, ports: ports) }
            try await Task.sleep(for: .milliseconds(20))
        }
        program.send(SIGKILL)
        throw Portal.StartFault(description: await program.outcome().errors)
    }

    deinit { program.send(SIGKILL) }

    /// The address of a path by HTTP.
    func address(_ path: String) -> String { "http://127.0.0.1:\(webPort)/\(path)" }

    /// What has been sent until now, in order; each has `path`, `body` and `type`, or `mail` and `to`.
    var told: [[String: String]] {
        folder.text("told.jsonl").split(separator: "\n").compactMap { line in
            // A line that is being written is not there yet.
            (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: String]
        }
    }
}
