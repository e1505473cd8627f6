// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallRecords
import Importing
import PortalSimulator
import TestSupport
import Testing

@testable import Administration

/// Questions that change nothing, and what is done when they get no reply.
@Suite struct PortalProbeTests {
    private func probe(_ scene: AdministrationScene, patience: Duration = .seconds(7)) -> PortalProbe {
        PortalProbe(scene.connection, time: scene.time.source, patience: patience)
    }

    @Test(arguments: [Loss.neverSent, .before, .after])
    func `a question whose reply is lost is asked again`(_ loss: Loss) async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            scene.portal.change { $0.losses = [1: loss] }
            let reply = try await probe(scene).ask([ScopeReply.command()])
            #expect(reply.outcomes.count == 1)
            #expect(scene.portal.requests == 2)
        }
    }

    @Test func `a portal that cannot be reached is asked after 1, 2 and 4 seconds, then given up`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            scene.portal.change { $0.unreachableUntil = .seconds(1_000_000) }
            let begin = time.now
            let failure = await #expect(throws: PortalProbe.Failure.self) {
                try await probe(scene).ask([ScopeReply.command()])
            }
            #expect(failure?.description.contains("cannot be reached") == true)
            #expect(scene.portal.requests == 4)
            #expect(time.now - begin < .seconds(8))
        }
    }

    @Test func `a portal that refuses is not asked again`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time) { $0.overloaded = true }
            let failure = await #expect(throws: PortalProbe.Failure.self) {
                try await probe(scene).ask([ScopeReply.command()])
            }
            #expect(failure?.description.contains("OVERLOAD_LIMIT") == true, "\(String(describing: failure))")
            #expect(scene.portal.requests == 1)
        }
    }

    @Test func `a user without the right to read the statistics is told so at once`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time) { $0.statisticsRights = .none }
            await #expect(throws: PortalProbe.Failure.self) {
                try await probe(scene).rows(key: "pbx:1", callID: nil)
            }
            #expect(scene.portal.requests == 1)
        }
    }

    @Test func `all pages are read, in order, and rows of others are left out`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            for number in 0..<110 { try await scene.finish(.numbered(number)) }
            try await scene.finish(.numbered(1, prefix: "otherpbx"))
            var ids: [Int64] = []
            var keys: Set<String> = []
            try await probe(scene).forEachRow(keyPrefix: "pbx", since: nil) { row in
                ids.append(row.id)
                keys.insert(row.externalCallID ?? "")
            }
            #expect(ids == ids.sorted() && Set(ids).count == 110)
            #expect(keys == Set((0..<110).map { "pbx:\($0)" }))
            var recent = 0
            let since = Call.numbered(100).start.epochSeconds
            try await probe(scene).forEachRow(keyPrefix: "pbx", since: since) { _ in recent += 1 }
            #expect(recent == 10)
        }
    }

    @Test func `a call is found by its key and by its CALL_ID, once`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            let callID = try await scene.finish(.numbered(1))
            try await scene.finish(.numbered(2))
            let both = try await probe(scene).rows(key: "pbx:1", callID: callID)
            #expect(both.map(\.externalCallID) == ["pbx:1"])
            let byCallID = try await probe(scene).rows(key: "pbx:99", callID: callID)
            #expect(byCallID.map(\.callID) == [callID])
            #expect(try await probe(scene).rows(key: "pbx:99", callID: nil).isEmpty)
        }
    }
}
