// SPDX-License-Identifier: Apache-2.0

import ExitCodes
import Foundation
import TestSupport
import Testing

@testable import Intake

@Suite struct FileSelectionTests {
    @Test(arguments: [
        (["b.csv"], ["b.csv"]), (["*.csv"], ["a.csv", "b.csv"]), (["?.csv"], ["a.csv", "b.csv"]),
        (["[b-z].csv"], ["b.csv"]), (["none-*.csv"], []), (["b.csv", "*.csv", "a.csv"], ["b.csv", "a.csv"]),
        ([""], ["a.csv", "b.csv", "c.CSV.GZ", "d.txt", "e.log"]), (["[x].csv"], ["[x].csv"]),
    ])
    func `paths, globs and folders`(_ patterns: [String], _ expected: [String]) throws {
        var names = ["b.csv", "a.csv", "c.CSV.GZ", "d.txt", "e.log", "f.pdf", ".hidden.csv"]
        if patterns == ["[x].csv"] { names.append("[x].csv") }
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.file("sub.csv"), withIntermediateDirectories: false)
        for name in names { try folder.write("", to: name) }
        let files = try FileSelection.files(patterns.map { $0.isEmpty ? folder.path : folder.file($0) })
        #expect(files == expected.map { folder.file($0) })
    }

    @Test func `standard input is itself, and a path that is not there is refused`() throws {
        #expect(try FileSelection.files(["-"]) == ["-"])
        #expect(throws: ImportFault.self) { try FileSelection.files(["/no/such/file.csv"]) }
    }
}
