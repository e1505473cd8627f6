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

    @Test func `links are followed, and what is no regular file is left out`() throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "a.csv")
        try folder.write("", to: "-b.csv")
        try FileManager.default.createDirectory(atPath: folder.file("sub.csv"), withIntermediateDirectories: false)
        let links = [("to-a.csv", "a.csv"), ("to-sub.csv", "sub.csv"), ("to-none.csv", "none.csv")]
        for (link, target) in links {
            try FileManager.default.createSymbolicLink(
                atPath: folder.file(link), withDestinationPath: folder.file(target))
        }
        #expect(mkfifo(folder.file("pipe.csv"), 0o600) == 0)
        let files = ["-b.csv", "a.csv", "to-a.csv"].map { folder.file($0) }
        #expect(try FileSelection.files([folder.file("*.csv")]) == files)
        #expect(try FileSelection.files([folder.path]) == files)
        #expect(try FileSelection.files([folder.path + "/"]) == files)
        #expect(try FileSelection.files([folder.file("*.csv")], onlyRegular: false).count == 7)
        // Wildcards in the folder's name, and a folder that is not there.
        let parent = String(folder.path.dropLast()) + "?/*.csv"
        #expect(try FileSelection.files([parent]).filter { $0.hasPrefix(folder.path) } == files)
        #expect(try FileSelection.files([folder.file("none/*.csv")]).isEmpty)
    }

    /// A name that is too long stands for every folder that is there and cannot be opened: root may open the others.
    @Test(arguments: ["/*.csv", "/x*/*.csv", "*/a.csv"])
    func `a folder that cannot be read is no empty one`(_ rest: String) throws {
        let folder = try TemporaryFolder()
        let name = String(repeating: "a", count: 300)
        let pattern = rest.hasPrefix("/") ? folder.file(name + rest) : folder.file(name + "/b" + rest)
        #expect { try FileSelection.files([pattern]) } throws: { "\($0)".contains("cannot be read") }
    }

    @Test func `standard input is itself, and a path that is not there is refused`() throws {
        #expect(try FileSelection.files(["-"]) == ["-"])
        #expect(throws: ImportFault.self) { try FileSelection.files(["/no/such/file.csv"]) }
    }
}
