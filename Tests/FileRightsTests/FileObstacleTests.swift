// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import FileRights

/// Root may do everything, so what others may not is tested by a command of the built program elsewhere.
@Suite struct FileObstacleTests {
    private static let isRoot = geteuid() == 0

    @Test func `what can be read and written has no obstacle`() throws {
        let folder = try TemporaryFolder()
        try folder.write("text", to: "a")
        #expect(FileObstacle.reading(folder.file("a")) == nil)
        #expect(FileObstacle.writing(folder.file("a")) == nil)
        #expect(FileObstacle.writing(folder.file("not there yet")) == nil)
        #expect(FileObstacle.reading(folder.file("not there")) == nil)
    }

    @Test func `a missing folder is named with the command that makes it`() throws {
        let folder = try TemporaryFolder()
        let obstacle = try #require(FileObstacle.writing(folder.file("alpha/cdr24.sqlite")))
        #expect(obstacle.hasPrefix("the folder \(folder.file("alpha")) does not exist; "))
        #expect(obstacle.contains("run: install -d -m 700 ") && obstacle.hasSuffix(folder.file("alpha")))
    }

    @Test(.enabled(if: !isRoot, "root may read everything"))
    func `a closed file and a closed folder are named`() throws {
        let folder = try TemporaryFolder()
        try folder.write("text", to: "a")
        chmod(folder.file("a"), 0)
        #expect(FileObstacle.reading(folder.file("a"))?.contains("may not read it; ") == true)
        try FileManager.default.createDirectory(atPath: folder.file("b"), withIntermediateDirectories: false)
        chmod(folder.file("b"), 0)
        defer { chmod(folder.file("b"), 0o700) }
        #expect(FileObstacle.reading(folder.file("b/c"))?.contains("may not look into \(folder.file("b"))") == true)
        #expect(FileObstacle.writing(folder.file("b/c"))?.contains("may not write in \(folder.file("b"))") == true)
    }
}
