// SPDX-License-Identifier: Apache-2.0

@testable import PortalSimulator

/// A portal under test, spoken to as a client would, without a network.
struct TestPortal {
    let portal: SimulatedPortal
    let clock: any PortalClock
    var webhook = "/rest/1/secret/"

    /// A portal whose clock moves only when it sleeps.
    init(stateFile: String? = nil, _ configure: (inout PortalOptions) -> Void = { _ in }) throws {
        try self.init(clock: ManualClock(), stateFile: stateFile, configure)
    }

    init(clock: any PortalClock, stateFile: String? = nil, _ configure: (inout PortalOptions) -> Void = { _ in }) throws
    {
        var options = PortalOptions()
        configure(&options)
        self.clock = clock
        portal = try SimulatedPortal(options: options, clock: clock, stateFile: stateFile)
    }

    func advance(_ seconds: Double) { (clock as? ManualClock)?.advance(seconds: seconds) }

    /// Calls a method with JSON parameters.
    @discardableResult
    func call(_ method: String, _ parameters: PortalValue = .empty) async -> Answer {
        await send(.json(webhook + method, JSONWriter.text(parameters)))
    }

    func send(_ request: PortalRequest) async -> Answer { Answer(await portal.handle(request)) }

    @discardableResult
    func register(_ more: PortalMap = [:]) async -> Answer {
        var parameters: PortalMap = [
            "USER_ID": 7, "PHONE_NUMBER": "+12025550101", "TYPE": 2, "SHOW": 0, "CRM_CREATE": 0,
            "CALL_START_DATE": "2026-03-01T10:20:30+03:00",
        ]
        parameters.merge(more)
        return await call("telephony.externalCall.register", .map(parameters))
    }

    @discardableResult
    func finish(_ callID: PortalValue, _ more: PortalMap = [:]) async -> Answer {
        var parameters: PortalMap = ["CALL_ID": callID, "USER_ID": 7, "DURATION": 5, "ADD_TO_CHAT": 0]
        parameters.merge(more)
        return await call("telephony.externalCall.finish", .map(parameters))
    }

    /// Registers and finishes one call.
    @discardableResult
    func wholeCall(_ register: PortalMap = [:], _ finish: PortalMap = [:]) async -> Answer {
        await self.finish(await self.register(register)["result"]["CALL_ID"], finish)
    }

    func batch(_ commands: PortalValue, halt: PortalValue = 0) async -> Answer {
        await call("batch", ["halt": halt, "cmd": commands])
    }

    func rows(_ filter: PortalValue) async -> Answer { await call("voximplant.statistic.get", ["FILTER": filter]) }

    var audit: PortalValue { get async { await portal.auditValue(events: true) } }

    func counter(_ name: String) async -> Int { await audit["counters"][name].asInt }

    /// The details of events of one kind.
    func events(_ kind: String) async -> [String] {
        await audit["events"].list.filter { $0["kind"] == .string(kind) }.map { $0["detail"].asText }
    }
}

/// A reply, taken apart.
struct Answer {
    let reply: PortalReply
    let json: PortalValue?

    init(_ reply: PortalReply) {
        self.reply = reply
        json = JSONReader.read(reply.body)
    }

    var status: Int { reply.status }
    var error: String? { json?["error"].string }
    var description: String { json?["error_description"].asText ?? "" }
    var result: PortalValue { self["result"] }
    var text: String { reply.text }
    /// Status, code and text of a refusal.
    var refusal: String { "\(status) \(error ?? "none") \(description)" }

    subscript(name: String) -> PortalValue { json?[name] ?? .null }
}

extension PortalValue {
    subscript(name: String) -> PortalValue { map?[name] ?? .null }
    subscript(index: Int) -> PortalValue { map?[.number(index)] ?? .null }
    var list: [PortalValue] { map?.list ?? [] }
    var count: Int { map?.count ?? 0 }
    var names: [String] { map?.keys.map(\.text) ?? [] }
}
