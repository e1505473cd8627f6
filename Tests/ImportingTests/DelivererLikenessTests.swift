// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallRecords
import Foundation
import Ledger
import Testing
import VirtualTime

@testable import Importing

/// Portals that keep no keys: lost ledgers are recognised by what calls are.
@Suite struct DelivererLikenessTests {
    private func expectEachOnce(_ scene: DeliveryScene, _ count: Int, _ note: String = "") {
        let rows = scene.rowsPerKey
        #expect(rows.count == count, "\(note): \(rows.count) rows")
        #expect(rows.values.allSatisfy { $0 == 1 }, "\(note): \(rows.filter { $0.value > 1 })")
    }

    @Test(arguments: [7_200, 60], [FakePortal.Loss?.none, .after, .late])
    func `a ledger that is deleted half-way`(age: Int, loss: FakePortal.Loss?) async throws {
        try await VirtualTime.run { time in
            for request in [2, 3, 4, 5, 6, 8, 10, 12, 13, 14] {
                var scene = try DeliveryScene(time, .init(keepsKeys: false), batch: 8)
                let calls = DeliveryScene.calls(30, endingBefore: Int64(age), time: time)
                try scene.store(calls)
                scene.portal.change {
                    if let loss { $0.losses = [request: loss] }
                    $0.mostRequests = request
                }
                _ = try await scene.deliverer().run()
                scene = try DeliveryScene(time, portal: scene.portal, batch: 8)
                try scene.store(calls)
                scene.settings.othersMayWorkUntil = time.now + scene.settings.portal.settleAfter
                scene.settings.mayBeSetBack = true
                let (reports, _) = try await scene.deliverAll()
                #expect(age < 1_800 || reports.last?.end == .finished, "request \(request): \(reports.map(\.end))")
                // Calls of the last half hour that the lost ledger left unfinished at the portal wait for its end.
                if reports.last?.end != .finished {
                    time.advance(by: .seconds(1_900))
                    let (later, _) = try await scene.deliverAll()
                    #expect(later.last?.end == .finished, "request \(request): \(later.map(\.end))")
                }
                expectEachOnce(scene, 30, "request \(request)")
            }
        }
    }

    @Test(arguments: [3, 5, 8, 11])
    func `a ledger that is set back without anything that shows it`(_ requests: Int) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cdr24-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await VirtualTime.run { time in
            let path = "\(folder)/a.sqlite"
            let clock: @Sendable () -> Int64 = { time.wallSeconds }
            let scene = try DeliveryScene(
                time, .init(keepsKeys: false), batch: 20, ledger: .open(path: path, wallClock: clock))
            try scene.store(DeliveryScene.calls(40, time: time))
            scene.portal.change { $0.mostRequests = requests }
            _ = try await scene.deliverer().run()
            try scene.ledger.close()
            try FileManager.default.copyItem(atPath: path, toPath: "\(folder)/b.sqlite")
            let first = try DeliveryScene(
                time, portal: scene.portal, batch: 20, ledger: .open(path: path, wallClock: clock))
            let (finished, _) = try await first.deliverAll()
            #expect(finished.last?.end == .finished)
            try first.ledger.close()
            time.advance(by: .seconds(3_600))
            let restored = try DeliveryScene(
                time, portal: first.portal, batch: 20, ledger: .open(path: "\(folder)/b.sqlite", wallClock: clock))
            let (reports, _) = try await restored.deliverAll()
            #expect(reports.last?.end == .finished, "\(reports)")
            #expect(reports.reduce(0) { $0 + $1.delivered } == 0)
            expectEachOnce(restored, 40)
            try restored.ledger.close()
        }
    }

    @Test func `an unfinished look-alike of a lost ledger lends its CALL_ID to nobody`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, .init(keepsKeys: false))
            let calls = [600, 300].enumerated().map { Self.call($0, startedBefore: Int64($1), time) }
            // The ledger that is lost had registered the later of the two.
            let lost = Portal(transport: scene.portal, timeout: .seconds(75))
            _ = await lost.batch([calls[1].registerCommand(key: "r", employee: .user(1))])
            time.advance(by: .seconds(70))
            try scene.store(calls)
            try scene.ledger.remember([.keepsExternalCallIDs: "no"])
            let (reports, _) = try await scene.deliverAll()
            guard case .stopped(let reason) = reports.last?.end else {
                Issue.record("\(reports)")
                return
            }
            #expect(reason.contains("half an hour"))
            #expect(scene.portal.rows.isEmpty)
            time.advance(by: .seconds(1_800))
            _ = try await scene.deliverAll()
            expectEachOnce(scene, 2)
        }
    }

    private static func call(_ number: Int, startedBefore age: Int64, _ time: VirtualTime) -> LedgerCall {
        let start = CallTime(epochSeconds: time.wallSeconds - age)
        var call = LedgerCall(
            sourceID: 1,
            call: Call(
                key: "pbx:\(number)", type: .incoming, start: start, end: start, phoneNumber: "+12025550101",
                employeeExtension: "101", talk: .seconds(30), status: .success),
            state: .pending, legs: [1], fingerprints: [UInt64(number)], runID: 1, runLegs: 1)
        call.id = Int64(number) + 1
        return call
    }

    private static func row(_ id: Int64, of call: LedgerCall, user: Int = 1, key: String? = nil) -> StatisticRow {
        let fields: [String: JSONValue] = [
            "ID": .string("\(id)"), "CALL_ID": .string("externalCall.\(id).1"),
            "EXTERNAL_CALL_ID": key.map { .string($0) } ?? .null, "PHONE_NUMBER": .string(call.call.phoneNumber),
            "CALL_TYPE": .string("\(call.call.type.rawValue)"), "PORTAL_USER_ID": .string("\(user)"),
            "CALL_START_DATE": .string(PortalDate(epochSeconds: call.call.start.epochSeconds).description),
        ]
        guard let row = try? StatisticRow(.object(fields)) else { preconditionFailure("the row has an ID") }
        return row
    }

    @Test func `every row is one call's, and the employee tells apart what is alike`() {
        let time = VirtualTime()
        var users = DeliveryScene.users
        users.substitute = 9
        var calls = (0..<4).map { Self.call($0, startedBefore: 7_200, time) }
        calls[1].call.employeeExtension = "102"
        calls[3].call.employeeExtension = "104"
        func matches(_ rows: [StatisticRow]) -> [Int64: LikenessMatching.Match] {
            LikenessMatching(calls, rows: rows, users: users).matches
        }
        // Two calls of one employee need two rows; who is reached by an extension may be anybody.
        let one = Self.row(1, of: calls[0])
        #expect(matches([one]) == [1: .row(one)])
        let two = Self.row(2, of: calls[0])
        #expect(matches([one, two]) == [1: .row(one), 3: .row(two)])
        let other = Self.row(3, of: calls[0], user: 2)
        #expect(matches([other]) == [2: .row(other)])
        let substituted = Self.row(4, of: calls[0], user: 9)
        #expect(matches([substituted]) == [1: .row(substituted)])
        // Nobody's employee: the call behind the portal's own look-up of an extension takes it.
        let unknown = Self.row(5, of: calls[0], user: 77)
        #expect(matches([unknown]) == [4: .row(unknown)])
        let more = Self.row(6, of: calls[0], user: 78)
        #expect(matches([unknown, more])[1] == .ofAnotherEmployee)
        #expect(matches([Self.row(7, of: calls[0], key: "other:1")]).isEmpty)
        var later = Self.row(8, of: calls[0])
        later.startEpoch = calls[0].call.start.epochSeconds + 1
        #expect(matches([later]).isEmpty)
    }

    @Test func `a CALL_ID older than its register is the call's own only if a register was lost`() {
        var call = Self.call(0, startedBefore: 600, VirtualTime())
        var origins = CallIDOrigins()
        origins.clock = 1_000_000
        func isForeign(_ id: String, _ origins: CallIDOrigins, trusts: Bool = true) -> Bool {
            origins.isForeign("externalCall.a\(id)", to: call, askedAt: 1_000_100.9, trustsEarlierRuns: trusts)
        }
        #expect(!isForeign(".1000100", origins))
        #expect(isForeign(".1000099", origins))
        // Other forms tell nothing.
        #expect(!isForeign("", origins))
        origins.registers(call, at: .seconds(50))
        call.lostRegister = true
        #expect(!isForeign(".1000050", origins))
        #expect(isForeign(".1000049", origins))
        // Lost by an earlier run: any time since the ledger's first contact, if the ledger was surely not set back.
        var resumed = CallIDOrigins()
        resumed.clock = 1_000_000
        resumed.registers(call, at: .seconds(50))
        #expect(!isForeign(".1000049", resumed))
        #expect(isForeign(".1000049", resumed, trusts: false))
        #expect(!isForeign(".1000050", resumed, trusts: false))
        resumed.firstContact = 1_000_040
        #expect(!isForeign(".1000040", resumed))
        #expect(isForeign(".1000039", resumed))
    }
}
