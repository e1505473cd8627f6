// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The drill in short: the long one is started by hand.
@Suite(.serialized) struct DrillTests {
    @Test(arguments: [["--seed", "24", "--rounds", "12"], ["--seed", "25", "--rounds", "4", "--neighbour"]])
    func `a short drill finds each call once`(_ options: [String]) async throws {
        let folder = try Workspace()
        let programs = URL(fileURLWithPath: try Programs.path("cdr24")).deletingLastPathComponent().path
        let drill = try RunningProgram(
            PackageFolder.path + "/bench/drill",
            options + ["--seconds", "30", "--jobs", "2", "--programs", programs],
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"],
            in: folder.folder)
        let outcome = await drill.outcome()
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        print(outcome.output)
    }
}
