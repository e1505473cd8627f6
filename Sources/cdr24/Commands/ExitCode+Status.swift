// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ExitCodes

/// Runs the body of a command and turns a fault into its message and its exit status.
func reporting(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let fault as ImportFault {
        StandardErrorLog.say("\(fault)")
        throw ExitCode(fault.exitStatus)
    }
}

extension ExitCode {
    /// The exit code of a status.
    init(_ status: ExitStatus) { self.init(Int32(status.rawValue)) }
}
