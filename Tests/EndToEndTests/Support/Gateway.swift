// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A server between the importer and the local portal that changes what the portal answers.
final class Gateway: Sendable {
    private let program: RunningProgram
    private let folder: TemporaryFolder
    /// The webhook address at the gateway.
    let url: String

    private init(program: RunningProgram, folder: TemporaryFolder, url: String) {
        self.program = program
        self.folder = folder
        self.url = url
    }

    /// Starts a gateway and waits until it listens.
    ///
    /// - Parameter kind: What it does to replies, as `Sinks/gateway.py` tells.
    static func start(_ kind: String, to portal: Portal) async throws -> Gateway {
        let folder = try TemporaryFolder()
        let script = "\(PackageFolder.path)/Tests/EndToEndTests/Sinks/gateway.py"
        let host = String(portal.base.dropFirst("http://".count))
        let program = try RunningProgram("/usr/bin/python3", [script, kind, folder.path, host], in: folder.path)
        for _ in 0..<1_000 {
            let port = folder.text("port")
            if !port.isEmpty {
                let url = portal.url.replacing(portal.base, with: "http://127.0.0.1:" + port)
                return Gateway(program: program, folder: folder, url: url)
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        program.send(SIGKILL)
        throw Portal.StartFault(description: await program.outcome().errors)
    }

    deinit { program.send(SIGKILL) }
}
