// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallLifecycle
import CallRecords
import Foundation
import Ledger
import Reporting
import Settings
import TestSupport
import Testing

@testable import Importing

/// Exports that lie in their folder for years: each is read once, and can be moved away when its calls are done.
@Suite struct UnchangedFileTests {
    private static let day = 86_400

    /// Asterisk's records as complete exports.
    private static func export() throws -> FormatDefinition {
        try FormatDefinition(
            SettingsNode(
                yaml: "extends: asterisk\nname: export\nfile: { appended: false }\n", file: "format.yaml"))
    }

    private func run(
        _ scene: ImportScene, _ files: [String] = ["*.csv"], _ change: (inout ImportConfiguration) -> Void = { _ in }
    ) async throws -> ImportRun.Result {
        let format = try Self.export()
        return try await scene.run(files) {
            $0.sources[0].format = format
            // Among the rules by which a file was read: it must not move with the clock.
            $0.sources[0].notBefore = 0
            change(&$0)
        }
    }

    /// A portal, and two exports whose records are more than a day old.
    private static func scene(_ time: VirtualTime) throws -> ImportScene {
        let scene = try ImportScene(time)
        try scene.write((1...3).map { scene.record($0, age: 3 * day) }.joined(), to: "a.csv")
        try scene.write((4...5).map { scene.record($0, age: 2 * day) }.joined(), to: "b.csv")
        return scene
    }

    @Test func `an export is read once, wherever it lies later`() async throws {
        try await VirtualTime.run { time in
            let scene = try Self.scene(time)
            expect(try await run(scene), read: 5, delivered: 5)
            let second = try await run(scene)
            expect(second, read: 0, delivered: 0)
            #expect(second.summary.unchangedFiles == 2 && second.summary.files.isEmpty)
            #expect(second.summary.text.contains("2 files not read again, unchanged since they were read"))
            // A copy is the same file, and so is one with another name or date.
            try FileManager.default.copyItem(atPath: scene.path("a.csv"), toPath: scene.path("c.csv"))
            try FileManager.default.moveItem(atPath: scene.path("b.csv"), toPath: scene.path("d.csv"))
            try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: scene.path("a.csv"))
            for _ in 1...2 {
                let third = try await run(scene)
                expect(third, read: 0, delivered: 0)
                #expect(third.summary.unchangedFiles == 3)
            }
            #expect(try await run(scene).summary.warnings.isEmpty)
        }
    }

    @Test func `an export that has grown, or was corrected in place, is read again`() async throws {
        try await VirtualTime.run { time in
            let scene = try Self.scene(time)
            expect(try await run(scene), read: 5, delivered: 5)
            try scene.append(scene.record(6, age: 2 * Self.day), to: "b.csv")
            expect(try await run(scene), read: 3, delivered: 1, duplicates: 2)
            // The same size and the same date, another call.
            let path = scene.path("b.csv")
            let date = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate]
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try text.replacingOccurrences(of: "89001000006", with: "89001000007").replacingOccurrences(
                of: ".6\"", with: ".7\""
            ).write(toFile: path, atomically: false, encoding: .utf8)
            try FileManager.default.setAttributes([.modificationDate: date as Any], ofItemAtPath: path)
            expect(try await run(scene), read: 3, delivered: 1, duplicates: 2)
        }
    }

    @Test func `records that may get company from another file are read until they cannot`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.record(1), to: "a.csv")
            expect(try await run(scene), read: 1, delivered: 1)
            expect(try await run(scene), read: 1, delivered: 0, duplicates: 1)
            time.advance(by: .seconds(13 * 3_600))
            expect(try await run(scene), read: 1, delivered: 0, duplicates: 1)
            expect(try await run(scene), read: 0, delivered: 0)
        }
    }

    @Test func `other rules and --reread read everything again, a dry run remembers nothing`() async throws {
        try await VirtualTime.run { time in
            let scene = try Self.scene(time)
            let format = try Self.export()
            let rehearsal = try await scene.run(["*.csv"], isDryRun: true) {
                $0.sources[0].format = format
                $0.sources[0].notBefore = 0
            }
            expect(rehearsal, read: 5, delivered: 0)
            expect(try await run(scene), read: 5, delivered: 5)
            let trial = try await scene.run(["*.csv"], isDryRun: true) {
                $0.sources[0].format = format
                $0.sources[0].notBefore = 0
            }
            #expect(trial.summary.records.read == 0 && trial.summary.unchangedFiles == 2)
            expect(try await run(scene) { $0.sources[0].isReread = true }, read: 5, delivered: 0, duplicates: 5)
            expect(
                try await run(scene) { $0.sources[0].notBefore = 1 }, read: 5, delivered: 0,
                duplicates: 5)
        }
    }

    @Test func `a file about which a person was told is read again until that is dealt with`() async throws {
        try await VirtualTime.run { time in
            let scene = try Self.scene(time)
            try scene.write("", to: "empty.csv")
            for read in [5, 0] {
                let result = try await run(scene)
                expect(result, read: read, delivered: read, exitCode: 3)
                #expect(result.summary.files.contains { $0.path == scene.path("empty.csv") })
            }
        }
    }

    @Test func `a file is moved when all its calls are done, and not before`() async throws {
        try await VirtualTime.run { time in
            let scene = try Self.scene(time)
            let done = scene.path("done")
            try FileManager.default.createDirectory(atPath: done, withIntermediateDirectories: false)
            try scene.append("not a record\n", to: "b.csv")
            // Nobody is user 99: the calls are held.
            let held = try await run(scene) {
                $0.sources[0].moveTo = done
                $0.users.extensions = ["101": 99]
            }
            #expect(held.summary.calls.held.values.reduce(0, +) == 5, "\(held.summary.text)")
            #expect(held.summary.movedFiles == 0)
            let ledger = try Ledger.open(path: scene.path("cdr24.sqlite"))
            try ledger.dismiss(callIDs: ledger.unfinishedCalls(in: .held, limit: 9).map(\.id))
            try ledger.close()
            let rejected = try await run(scene) { $0.sources[0].moveTo = done }
            #expect(rejected.summary.movedFiles == 1)
            #expect(FileManager.default.fileExists(atPath: scene.path("b.csv")))
            let dismissal = try Ledger.open(path: scene.path("cdr24.sqlite"))
            try dismissal.dismiss(rejectIDs: dismissal.rejects(limit: 9).map(\.id))
            try dismissal.close()
            try scene.write(scene.record(9), to: "young.csv")
            let result = try await run(scene) { $0.sources[0].moveTo = done }
            #expect(result.summary.run.exitCode == 0, "\(result.summary.text)")
            let left = try FileManager.default.contentsOfDirectory(atPath: scene.folder).filter { $0.hasSuffix(".csv") }
            #expect(left == ["young.csv"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: done).sorted() == ["a.csv", "b.csv"])
        }
    }

    @Test func `a file is never moved over another one, and a failure costs no call`() async throws {
        try await VirtualTime.run { time in
            let scene = try Self.scene(time)
            let done = scene.path("done")
            let missing = try await run(scene) { $0.sources[0].moveTo = done }
            expect(missing, read: 5, delivered: 5, exitCode: 3)
            #expect(missing.summary.warnings.contains { $0.contains("there is no folder \(done)") })
            try FileManager.default.createDirectory(atPath: done, withIntermediateDirectories: false)
            try scene.write("precious", to: "done/a.csv")
            let second = try await run(scene) { $0.sources[0].moveTo = done }
            expect(second, read: 0, delivered: 0, exitCode: 3)
            #expect(second.summary.movedFiles == 1)
            #expect(second.summary.warnings.contains { $0.contains("there is a file \(done)/a.csv already") })
            #expect(try String(contentsOfFile: done + "/a.csv", encoding: .utf8) == "precious")
            #expect(FileManager.default.fileExists(atPath: scene.path("a.csv")))
        }
    }

    @Test(.enabled(if: FileManager.default.isWritableFile(atPath: "/dev/shm")))
    func `a file is moved to another file system`() async throws {
        try await VirtualTime.run { time in
            let scene = try Self.scene(time)
            let done = "/dev/shm/cdr24-test-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: done, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(atPath: done) }  // nothing else is left to do about it
            let text = try String(contentsOfFile: scene.path("a.csv"), encoding: .utf8)
            let date = try FileManager.default.attributesOfItem(atPath: scene.path("a.csv"))[.modificationDate] as? Date
            let result = try await run(scene) { $0.sources[0].moveTo = done }
            expect(result, read: 5, delivered: 5)
            #expect(result.summary.movedFiles == 2)
            #expect(try String(contentsOfFile: done + "/a.csv", encoding: .utf8) == text)
            let moved = try FileManager.default.attributesOfItem(atPath: done + "/a.csv")[.modificationDate] as? Date
            #expect(moved == date)
            #expect(try FileManager.default.contentsOfDirectory(atPath: done).sorted() == ["a.csv", "b.csv"])
            #expect(!FileManager.default.fileExists(atPath: scene.path("a.csv")))
        }
    }

    @Test func `a live log cannot be moved`() throws {
        let text = "sources:\n  - { files: [x], format: asterisk, after_import: { move_to: done } }\n"
        let fault = #expect(throws: SettingsFault.self) { try ImportConfiguration(text: text, file: "cdr24.yaml") }
        #expect(fault?.message.contains("live logs, which are not moved") == true)
        let exports = text.replacingOccurrences(of: "asterisk", with: "freepbx")
        #expect(try ImportConfiguration(text: exports, file: "cdr24.yaml").sources[0].moveTo == "done")
    }
}
