// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Importing

@Suite struct FileSelectionTests {
    private func folder(_ names: [String]) throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("cdr24-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path + "/sub.csv", withIntermediateDirectories: true)
        for name in names { try Data().write(to: URL(fileURLWithPath: "\(path)/\(name)")) }
        return path
    }

    @Test(arguments: [
        (["b.csv"], ["b.csv"]), (["*.csv"], ["a.csv", "b.csv"]), (["?.csv"], ["a.csv", "b.csv"]),
        (["[b-z].csv"], ["b.csv"]), (["none-*.csv"], []), (["b.csv", "*.csv", "a.csv"], ["b.csv", "a.csv"]),
        ([""], ["a.csv", "b.csv", "c.CSV.GZ", "d.txt", "e.log"]), (["[x].csv"], ["[x].csv"]),
    ])
    func `paths, globs and folders`(_ patterns: [String], _ expected: [String]) throws {
        var names = ["b.csv", "a.csv", "c.CSV.GZ", "d.txt", "e.log", "f.pdf", ".hidden.csv"]
        if patterns == ["[x].csv"] { names.append("[x].csv") }
        let folder = try folder(names)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = try FileSelection.files(patterns.map { $0.isEmpty ? folder : "\(folder)/\($0)" })
        #expect(files == expected.map { "\(folder)/\($0)" })
    }

    @Test func `standard input is itself, and a path that is not there is refused`() throws {
        #expect(try FileSelection.files(["-"]) == ["-"])
        #expect(throws: ImportFault.self) { try FileSelection.files(["/no/such/file.csv"]) }
    }
}
