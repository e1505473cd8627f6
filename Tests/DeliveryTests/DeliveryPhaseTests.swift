// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallLifecycle
import CallRecords
import TestSupport
import Testing

@testable import Delivery

/// What outcomes mean, said by the parts of a delivery without a delivery around them.
@Suite struct DeliveryPhaseTests {
    @Test func `what the parts of one outcome mean for the run is one verdict, and the worst`() {
        var news = Consequences(.ok)
        news.add(Consequences())
        #expect(news.verdict == .ok)
        news.add(Consequences(.unknown("cut")))
        news.add(Consequences(.ok))
        #expect(news.verdict == .unknown("cut"))
        var nothing = Consequences()
        nothing.add(Consequences(.rateLimited))
        #expect(nothing.verdict == .rateLimited)
    }

    @Test func `the first contact with a portal is its first answer`() {
        var portal = PortalKnowledge(DeliveryMemory())
        #expect(portal.take(PortalKnowledge.News(clock: 100.7)) == [.firstContact(100)])
        #expect(portal.take(PortalKnowledge.News(clock: 200)) == [])
        #expect(portal.firstContact == 100)
        var memory = DeliveryMemory()
        memory.highestStatisticID = 5
        var known = PortalKnowledge(memory)
        #expect(known.take(PortalKnowledge.News(clock: 100)) == [] && known.firstContact == nil)
    }

    @Test func `a reply without a key is believed for the run and not remembered`() {
        var memory = DeliveryMemory()
        memory.keepsKeys = true
        var portal = PortalKnowledge(memory)
        #expect(portal.take(PortalKnowledge.News(missesKey: true)) == [])
        #expect(portal.keepsKeys == false)
        #expect(portal.take(PortalKnowledge.News(keepsKeys: true)) == [])
        #expect(portal.take(PortalKnowledge.News(keepsKeys: false)) == [.keepsKeys(false)])
    }

    @Test func `a run begins no more calls than it may, and goes on with those that it has begun`() {
        var limit = CallLimit(2)
        var fresh = 0
        #expect([1, 2, 3].map { limit.admits($0, besides: &fresh) } == [true, true, false])
        limit.begins(1)
        limit.begins(1)
        #expect(limit.remaining == 1)
        limit.begins(2)
        fresh = 0
        #expect([1, 2, 3].map { limit.admits($0, besides: &fresh) } == [true, true, false])
        #expect(CallLimit(nil).remaining == .max)
    }

    @Test func `delivered calls are read back until all are shown, four times at most`() throws {
        let calls = (1...2).map { TrackedCall.sample(id: $0, .sample("pbx:\($0)")) }
        var portal = PortalKnowledge(DeliveryMemory())
        _ = portal.take(PortalKnowledge.News(reading: .all))
        func read(_ keys: [String], _ readBack: inout ReadBack) throws -> (news: Consequences, isOver: Bool) {
            let lookUp = readBack.lookUp("b")
            let rows = keys.map { JSONValue.object(["ID": .int(7), "EXTERNAL_CALL_ID": .string($0)]) }
            let key = try #require(lookUp.commands.first).key
            let reply = BatchReply(
                outcomes: [key: .succeeded(CommandReply(result: .array(rows)))], elapsed: .seconds(1))
            return readBack.received(.answered(reply), to: lookUp, portal)
        }
        var whole = ReadBack(calls)
        #expect(try !read([], &whole).isOver)
        let shown = try read(["pbx:1", "pbx:2"], &whole)
        #expect(shown.isOver && shown.news.portal.keepsKeys == true && shown.news.warnings.isEmpty)
        var part = ReadBack(calls)
        for _ in 1...3 { #expect(try !read(["pbx:1"], &part).isOver) }
        let last = try read(["pbx:1"], &part)
        #expect(last.isOver && last.news.portal.reading == .some)
        #expect(last.news.warnings.first?.contains("only 1 of the first 2 calls") == true)
        var none = ReadBack(calls)
        for _ in 1...3 { #expect(try !read([], &none).isOver) }
        let unseen = try read([], &none)
        #expect(unseen.isOver && unseen.news.portal.keepsKeys == nil && unseen.news.warnings.count == 1)
    }
}
