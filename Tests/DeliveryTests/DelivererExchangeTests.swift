// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import Delivery
import Ledger
import TestSupport
import Testing

/// Each request about a call is in the ledger with its answer.
@Suite struct DelivererExchangeTests {
    @Test func `register and finish are kept with what the portal answered`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            try scene.store(DeliveryScene.calls(12, time: time))
            _ = try await scene.deliverAll()
            for number in 0..<12 {
                let call = try #require(try scene.ledger.trackedCall(key: "pbx:\(number)"))
                let exchanges = try scene.ledger.exchanges(ofCall: call.id)
                #expect(exchanges.map(\.method) == [.register, .finish], "\(call.key)")
                #expect(exchanges.allSatisfy { $0.outcome == .done })
                let callID = try #require(call.progress.portalCallID)
                #expect(exchanges.first?.answer?.contains(callID) == true)
                let row = try #require(call.progress.statisticID)
                #expect(exchanges.last?.answer?.contains("\"ID\":\(row)") == true)
                #expect(exchanges.allSatisfy { $0.sent.contains("USER_") && !$0.sent.contains("PHONE_NUMBER") })
            }
        }
    }

    @Test func `a lost answer is kept as lost, with the look-up that settled it`() async throws {
        try await VirtualTime.run { time in
            var lost: Set<ExchangeMethod> = []
            for request in 2...8 {
                let scene = try DeliveryScene(time, losses: [request: .after])
                try scene.store(DeliveryScene.calls(1, time: time))
                _ = try await scene.deliverAll()
                let call = try #require(try scene.ledger.trackedCall(key: "pbx:0"))
                let exchanges = try scene.ledger.exchanges(ofCall: call.id)
                #expect(call.state == .delivered && exchanges.allSatisfy { $0.answeredAt != nil })
                lost.formUnion(exchanges.filter { $0.outcome == .unanswered }.map(\.method))
                if exchanges.contains(where: { $0.method == .finish && $0.outcome == .unanswered }) {
                    #expect(exchanges.contains { $0.method == .lookUp && $0.outcome == .done }, "\(exchanges)")
                }
            }
            #expect(lost.isSuperset(of: [.register, .finish]), "\(lost)")
        }
    }
}
