// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import Foundation
import Reporting
import TestSupport
import Testing

@testable import Administration
@testable import Delivery
@testable import Importing
@testable import Intake

/// Files that grow, turn over and break off: each record is read once, each call sent once.
@Suite struct ImportRunTests {
    @Test func `a log that grows is read from where it ended`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.records(1...3))
            expect(try await scene.run(), read: 3, delivered: 3)
            try scene.append(scene.records(4...5))
            expect(try await scene.run(), read: 2, delivered: 2)
            expect(try await scene.run(), read: 0, delivered: 0)
            #expect(try await scene.rowCount() == 5)
        }
    }

    @Test func `a log that is rotated is known under its new name`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.records(1...3))
            expect(try await scene.run(["Master.csv*"]), read: 3, delivered: 3)
            try scene.append(scene.record(4))
            try FileManager.default.moveItem(atPath: scene.path("Master.csv"), toPath: scene.path("Master.csv.1"))
            try scene.write(scene.records(5...6))
            expect(try await scene.run(["Master.csv*"]), read: 3, delivered: 3)
            expect(try await scene.run(["Master.csv*"]), read: 0, delivered: 0)
            #expect(try await scene.rowCount() == 6)
        }
    }

    @Test func `a log that is emptied and begun anew is read from its beginning`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.records(1...5))
            expect(try await scene.run(), read: 5, delivered: 5)
            try scene.write(scene.records(6...7))
            // What came between the last import and the emptying, nobody knows.
            let next = try await scene.run()
            expect(next, read: 2, delivered: 2)
            #expect(next.summary.warnings.contains { $0.contains("is another file than at the last import") })
            expect(try await scene.run(), read: 0, delivered: 0)
        }
    }

    @Test func `a log that is replaced by a longer one that repeats it is read whole`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            let records = (scene.record(1), scene.records(2...4), scene.record(5))
            try scene.write(records.1)
            expect(try await scene.run(), read: 3, delivered: 3)
            try scene.write(records.0 + records.1 + records.2)
            expect(try await scene.run(), read: 5, delivered: 2, duplicates: 3)
            #expect(try await scene.rowCount() == 5)
        }
    }

    @Test(arguments: [1, 20, 150])
    func `a last line that is half written waits for the next run`(_ missing: Int) async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            let text = scene.records(1...3)
            try scene.write(String(text.dropLast(missing)))
            let first = try await scene.run()
            expect(first, read: 3, delivered: 2)
            #expect(first.summary.records.waiting == 1 && first.summary.records.addsUp)
            #expect(first.summary.warnings.contains { $0.contains("has no line end yet") }, "\(first.summary.warnings)")
            try scene.append(String(text.suffix(missing)))
            expect(try await scene.run(), read: 1, delivered: 1)
        }
    }

    @Test func `two files of one phone system share their calls and are booked once`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.records(1...3) + scene.record(9, age: 60), to: "a.csv")
            try scene.write(scene.records(2...4) + scene.record(10, age: 60), to: "b.csv")
            let result = try await scene.run(["a.csv", "b.csv"], sources: 2)
            let records = result.summary.records
            #expect(records.read == 8 && records.calls == 4 && records.waiting == 2 && records.duplicates == 2)
            #expect(records.addsUp, "\(records)")
            #expect(result.summary.calls.delivered == 4 && result.summary.calls.waiting == 2)
        }
    }

    @Test func `a source with patience keeps its calls open beside one without`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.record(1, age: 60), to: "a.csv")
            try scene.write(scene.record(2), to: "b.csv")
            let result = try await scene.run(["a.csv", "b.csv"], sources: 2) { $0.sources[1].completeAfter = .zero }
            #expect(result.summary.calls.delivered == 1 && result.summary.calls.waiting == 1)
        }
    }

    @Test func `an id that is given twice is told by the exit code`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.record(1, age: 200_000, id: "1.1") + scene.record(2, id: "1.1"))
            let result = try await scene.run { $0.sources[0].checksZone = false }
            #expect(result.summary.run.exitCode == 3)
            #expect(result.summary.calls.held == ["keyCollision": 1] && result.summary.calls.delivered == 1)
            #expect(result.summary.records.addsUp)
        }
    }

    @Test func `a dry run over a ledger in use says what a run would do`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.records(1...3))
            expect(try await scene.run(), read: 3, delivered: 3)
            try scene.append(scene.record(4, age: 10 * 86_400))
            let requests = scene.portal.requests
            let result = try await scene.run(isDryRun: true) { $0.sources[0].notBefore = nil }
            #expect(result.summary.run.exitCode == 0, "\(result.complaint ?? "")")
            #expect(result.summary.records.read == 1 && result.summary.calls.pending == 1)
            #expect(scene.portal.requests == requests)
            let real = try await scene.run { $0.sources[0].notBefore = nil }
            expect(real, read: 1, delivered: 1)
        }
    }

    @Test func `an old call in a new ledger without not_before stops the run before anything is sent`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.records(1...3) + scene.record(4, age: 10 * 86_400))
            let result = try await scene.run { $0.sources[0].notBefore = nil }
            #expect(result.summary.run.exitCode == 78 && scene.portal.requests == 0)
            #expect(result.complaint?.contains("not_before") == true)
            expect(try await scene.run(), read: 4, delivered: 4)
        }
    }
}
