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

    @Test func `a folder takes rotated files, and a glob those without an end`() throws {
        let folder = try TemporaryFolder()
        let rotated = [
            "Master.csv", "Master.csv-20261101", "Master.csv-20261101.gz", "Master.csv.1", "Master.csv.2.gz",
            "Master.csv.2026-11-01", "a.txt.10", "b.LOG-1795840737",
        ]
        let others = [
            "Master.csv.bak", "cdr_StandAloneCluster_01_202611010000_1", "cmr_x_01_1", "x-2026", "y.1", "z.csv.1x",
        ]
        for name in rotated + others { try folder.write("", to: name) }
        #expect(try FileSelection.files([folder.path]) == rotated.map { folder.file($0) })
        #expect(try FileSelection.files([folder.file("cdr_*")]) == [folder.file(others[1])])
    }

    @Test func `standard input is itself, and a path that is not there is refused`() throws {
        #expect(try FileSelection.files(["-"]) == ["-"])
        #expect(throws: ImportFault.self) { try FileSelection.files(["/no/such/file.csv"]) }
    }
}
