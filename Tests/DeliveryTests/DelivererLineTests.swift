// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle
import CallRecords
import Delivery
import Ledger
import PortalSimulator
import TestSupport
import Testing

/// Lines that the portal does not know are there, with a name, before the first call names them.
@Suite struct DelivererLineTests {
    private static let named = "+74950000001"
    private static let bare = "+74950000002"

    /// Ten calls, on two lines in turn and on none.
    private static func calls(_ time: VirtualTime) -> [LedgerCall] {
        (0..<10).map { index in
            .sample(
                Call.sample(
                    "pbx:\(index)", start: time.wallSeconds - 7_200 + Int64(index) * 20,
                    number: "+120255\(50_000 + index)", line: [named, bare, nil][index % 3]))
        }
    }

    private func deliver(
        _ scene: DeliveryScene, _ newLines: NewLines = .create
    ) async throws -> DeliveryReport {
        try await scene.deliverer {
            $0.newLines = newLines
            $0.lineNames = [Self.named: "trunk1"]
        }.run()
    }

    @Test func `lines are made one by one, with names and without leads`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            try scene.store(Self.calls(time))
            let report = try await deliver(scene)
            #expect(report.end == .finished)
            #expect(report.linesCreated == [Self.named, Self.bare])
            let audit = try await scene.portal.audit()
            #expect(audit.lines.map(\.number) == [Self.named, Self.bare])
            #expect(audit.lines.map(\.name) == ["trunk1", Self.bare])
            #expect(audit.lines.allSatisfy { !$0.createsCRM })
            #expect(audit.counter("linesCreated") == 2)
            // The preflight, then a request for each line.
            #expect(Array(scene.portal.commands[1...2]) == [1, 1])
            let again = try DeliveryScene(after: scene, ledger: scene.ledger)
            #expect(try await deliver(again).linesCreated == [])
        }
    }

    /// Whatever becomes of the requests before the first register: no line twice, none without a name.
    @Test(arguments: [Loss.neverSent, .before, .after, .halfWay, .late], 1...4)
    func `a line whose making was left without an answer is asked for before it is made again`(
        _ loss: Loss, _ request: Int
    ) async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, losses: [request: loss])
            try scene.store(Self.calls(time))
            var report = try await deliver(scene)
            if report.end != .finished { report = try await deliver(scene) }
            #expect(report.end == .finished)
            let audit = try await scene.portal.audit()
            #expect(audit.lines.map(\.number).sorted() == [Self.named, Self.bare])
            #expect(audit.lines.allSatisfy { $0.name != nil && !$0.createsCRM })
            #expect(audit.rowsPerCall.count == 10 && audit.rowsPerCall.values.allSatisfy { $0 == 1 })
        }
    }

    @Test func `new_lines stop ends before the first call and names the lines`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            try scene.store(Self.calls(time))
            guard case .misconfigured(let reason) = try await deliver(scene, .stop).end else {
                Issue.record("the delivery did not stop")
                return
            }
            #expect(reason.contains("\(Self.named) (4 calls), \(Self.bare) (3 calls)"), "\(reason)")
            #expect(reason.contains("cdr24 lines --create"))
            #expect(scene.portal.requests == 1)
            let audit = try await scene.portal.audit()
            #expect(audit.counter("registers") == 0 && audit.lines.isEmpty)
        }
    }

    @Test func `new_lines omit sends calls without the lines that the portal does not know`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            _ = try await scene.answer(to: AddLine.command(ExternalLine(number: Self.named, name: "office")))
            try scene.store(Self.calls(time))
            let report = try await deliver(scene, .omit)
            #expect(report.end == .finished)
            #expect(report.warnings.contains { $0.contains("sent without them: \(Self.bare) (3 calls)") })
            let audit = try await scene.portal.audit()
            #expect(audit.lines.map(\.name) == ["office"])
            #expect(audit.rowsPerCall.count == 10)
            // The ledger remembers which calls went without their line.
            for number in 0..<10 {
                let call = try #require(try scene.ledger.trackedCall(key: "pbx:\(number)"))
                let register = try #require(
                    try scene.ledger.exchanges(ofCall: call.id).first { $0.method == .register })
                #expect(register.sent.contains("\"LINE_NUMBER\":null") == (call.call.line == Self.bare))
            }
        }
    }

    @Test func `a line that is there in another spelling is known`() throws {
        let reply = LinesReply([ExternalLine(number: " Trunk-A "), ExternalLine(number: "+7495")])
        #expect(reply.unknown(among: ["trunk-a", "+7495", "+7496"]) == ["+7496"])
        #expect(ExternalLine.identity("   ") == "")
    }

    @Test func `a portal that takes no calls from a webhook is known before lines are made`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time) { $0.webhookMayRegister = false }
            try scene.store(Self.calls(time))
            guard case .rejected(let reason) = try await deliver(scene).end else {
                Issue.record("the portal was not found to refuse")
                return
            }
            #expect(reason.contains("cdr24 login"), "\(reason)")
            #expect(scene.portal.requests == 1)
            #expect(try await scene.portal.audit().lines.isEmpty)
        }
    }
}
