// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallRecords
import Clocks
import Foundation
import Logging
import PortalSimulator
import Reporting
import TestSupport
import Testing

@testable import Administration
@testable import Importing

/// What the phone system recorded and what the portal holds, side by side.
@Suite struct AuditTests {
    private static let count = 300

    /// How long before now a call of ``ImportScene/record(_:age:id:)`` began.
    private static func age(_ number: Int) -> Int { 7_200 + (count - number) * 60 }

    private static func scene(_ time: VirtualTime) throws -> ImportScene {
        let scene = try ImportScene(time)
        try scene.write((1...count).map { scene.record($0, age: age($0)) }.joined())
        return scene
    }

    private static func call(_ number: Int, _ scene: ImportScene) -> NeighbourPlan.Call {
        NeighbourPlan.Call(
            phone: "8900\(1_000_000 + number)", type: 2,
            start: Double(Int(scene.time.wallSeconds) - age(min(number, count - 10))), duration: 30, user: 1)
    }

    /// Five faults of each of the eight kinds, beside 260 calls that agree.
    private static func faultyPlan(_ scene: ImportScene) -> NeighbourPlan {
        var plan = NeighbourPlan()
        plan.skew = -17
        for number in 1...count {
            var call = Self.call(number, scene)
            call.start = Double(Int(scene.time.wallSeconds) - age(number))
            switch number {
            case 1...5: continue
            case 6...10:
                plan.calls.append(call)
                call.start += 3
            case 11...15: call.user = 9
            case 16...20: call.duration = 0
            case 21...25: call.duration = 75
            case 26...30: call.type = 1
            case 31...35: call.start += 3_600
            default: break
            }
            plan.calls.append(call)
        }
        plan.calls += (901...905).map { Self.call($0, scene) }
        return plan
    }

    private static func audit(_ scene: ImportScene, listsAll: Bool = true) async throws -> AuditReport {
        var configuration = ImportConfiguration()
        configuration.users.extensions = ["101": 1]
        configuration.numbers.region = "RU"
        configuration.numbers.internal = "^\\d{3}$"
        var source = SourceSettings()
        source.files = [scene.path("Master.csv")]
        source.format = try FormatDefinition.preset("asterisk")
        source.timeZone = "UTC"
        source.trunks = ["trunk1"]
        configuration.sources = [source]
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return try await Audit(configuration, time: scene.time.source, log: log).run(
            PortalConnection(portal: Portal(transport: scene.portal, timeout: .seconds(75)), host: "x", close: {}),
            listsAll: listsAll)
    }

    @Test func `forty planted faults of eight kinds are listed, and nothing else`() async throws {
        try await VirtualTime.run { time in
            let scene = try Self.scene(time)
            await scene.portal.portal.play(Self.faultyPlan(scene))
            let report = try await Self.audit(scene)
            #expect(report.calls == Self.count && report.rows == 305 && report.agreed == 265)
            #expect(report.offsetSeconds == -17 && report.applications == ["Live connector": 305])
            var found: [AuditReport.Kind: [Int]] = [:]
            for finding in report.findings {
                let number = finding.key.flatMap { Int($0.split(separator: ".").last ?? "") } ?? 0
                found[finding.kind, default: []].append(number)
            }
            let kinds: [AuditReport.Kind] = [
                .missing, .doubled, .otherEmployee, .otherOutcome, .otherDuration, .otherType, .shifted,
            ]
            for (index, kind) in kinds.enumerated() {
                #expect(found[kind]?.sorted() == Array((index * 5 + 1)...(index * 5 + 5)), "\(kind)")
            }
            #expect(found[.unrecorded] == [0, 0, 0, 0, 0])
            #expect(report.findings.count == 40 && report.counts.values.allSatisfy { $0 == 5 })
            #expect(report.text.hasPrefix("The portal differs from the records: 5 missing, 5 several times, "))
            #expect(report.csv.split(whereSeparator: \.isNewline).count == 41)
            for text in [report.text, report.csv, report.json] { #expect(!text.contains("9001000")) }
        }
    }

    @Test func `what an import has delivered agrees with its files`() async throws {
        try await VirtualTime.run { time in
            let scene = try Self.scene(time)
            expect(try await scene.run(), read: Self.count, delivered: Self.count)
            let before = scene.portal.requests
            let report = try await Self.audit(scene)
            #expect(report.agreed == Self.count && !report.hasDifferences, "\(report.text)")
            #expect(report.text.hasPrefix("The portal has every recorded call once, and nothing else."))
            // A page that tells how many there are, and five more in one request.
            #expect(scene.portal.requests == before + 2)
        }
    }

    @Test func `an empty portal lacks everything, and files without calls need no portal`() async throws {
        try await VirtualTime.run { time in
            let scene = try Self.scene(time)
            let report = try await Self.audit(scene)
            #expect(report.counts == ["missing": Self.count] && report.agreed == 0)
            #expect(report.text.split(separator: "\n").count < 30)
            let shown = try await Self.audit(scene, listsAll: false)
            #expect(shown.text == report.text && shown.counts == report.counts && shown.findings.count == 20)
            try scene.write("")
            let before = scene.portal.requests
            #expect(try await Self.audit(scene).hasDifferences == false)
            #expect(scene.portal.requests == before)
        }
    }
}
