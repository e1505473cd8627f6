// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Foundation
import Importing
import Synchronization
import VirtualTime

/// A portal in memory that answers batches as the portal's document says, with losses where a test wants them.
final class FakePortal: PortalTransport {
    /// What goes wrong with a request.
    enum Loss: Sendable, Hashable, CaseIterable {
        /// The body never leaves.
        case neverSent
        /// The reply is lost, and so was the request.
        case before
        /// The portal did everything, and the reply is lost.
        case after
        /// The portal did the first half and was cut off.
        case halfWay
        /// The connection breaks at once; the portal goes on until its cap is reached.
        case late
    }

    enum Right: Sendable { case all, own, none }

    struct Options: Sendable {
        var losses: [Int: Loss] = [:]
        var keepsKeys = true
        /// Whether a filter over EXTERNAL_CALL_ID is dropped: the portal then answers with everything.
        var widensKeyFilter = false
        var hasDuplicateRule = true
        var statisticsLag: Duration = .zero
        var right = Right.all
        var dismissed: Set<Int> = []
        /// Employees dismissed between register and finish.
        var dismissedAtFinish: Set<Int> = []
        var inner: [String: Int] = ["104": 4]
        var latency: Duration = .milliseconds(200)
        var perCommand: Duration = .milliseconds(50)
        /// Seconds per command that are taken for statistics only.
        var perQuestion: Duration?
        var cap: Duration = .seconds(60)
        /// Methods that are refused for their operating time, and when.
        var blocked: [String: Range<Duration>] = [:]
        /// Requests that are refused as a whole: number -> code.
        var refusals: [Int: String] = [:]
        /// Every request is refused for its operating time until then.
        var batchBlockedUntil: Duration = .zero
        /// The code with which every request is refused.
        var refusal: String?
        /// Nobody answers until then.
        var unreachableUntil: Duration = .zero
        /// The request after which the stop signal is raised, so that no mistake can make a test endless.
        var mostRequests = 4_000
        /// CALL_IDs that vanish before their finish, as the cleaner takes them.
        var vanishing: Set<String> = []
        /// Adds to the phone number in the answer to a finish of these keys.
        var wrongAnswers: Set<String> = []
    }

    struct Row: Sendable {
        var id: Int
        var callID: String
        var key: String?
        var phone: String
        var type: String
        var user: Int
        var start: String
        var visibleAt: Duration
    }

    struct Live: Sendable {
        var key: String?
        var phone: String
        var type: String
        var user: Int
        var start: String
    }

    private struct State {
        var options: Options
        var live: [String: Live] = [:]
        var rows: [Row] = []
        var requests = 0
        var commands = 0
        var callNumber = 0
        var rowNumber = 100
        var registers = 0
        var lateWork: [(at: Duration, commands: [(key: String, text: String)])] = []
        var counts: [Int] = []
    }

    let time: VirtualTime
    let stop = StopSignal()
    private let state: Mutex<State>

    init(_ time: VirtualTime, _ options: Options = Options()) {
        self.time = time
        state = Mutex(State(options: options))
    }

    /// The same portal with what it holds and is still at work on, for a process of its own: nothing goes wrong any more.
    init(copying other: FakePortal) {
        time = other.time
        var copy = other.state.withLock { $0 }
        copy.requests = 0
        copy.options.losses = [:]
        copy.options.mostRequests = 4_000
        state = Mutex(copy)
    }

    var rows: [Row] {
        state.withLock { state in
            doLateWork(&state, until: .seconds(1_000_000_000))
            return state.rows
        }
    }
    var requests: Int { state.withLock { $0.requests } }
    var registers: Int { state.withLock { $0.registers } }
    /// How many commands each request had.
    var counts: [Int] { state.withLock { $0.counts } }

    func change(_ body: (inout Options) -> Void) { state.withLock { body(&$0.options) } }
    /// Rows that another importer wrote.
    func addRow(key: String, phone: String = "+12025550199", user: Int = 1) {
        state.withLock { state in
            state.rowNumber += 1
            state.rows.append(
                Row(
                    id: state.rowNumber, callID: "externalCall.other\(state.rowNumber)", key: key, phone: phone,
                    type: "2", user: user, start: "", visibleAt: .zero))
        }
    }

    func send(_ request: PortalRequest) async -> PortalExchange {
        let commands = Self.commands(request)
        let (loss, duration, cap, number, refusal) = state.withLock { state in
            state.requests += 1
            state.commands += commands.count
            state.counts.append(commands.count)
            let questions = commands.count { $0.text.hasPrefix("voximplant.statistic.get") }
            var duration = state.options.latency + state.options.perCommand * (commands.count - questions)
            duration += (state.options.perQuestion ?? state.options.perCommand) * questions
            let isBlocked = time.now < state.options.batchBlockedUntil
            let refusal =
                isBlocked ? "OPERATION_TIME_LIMIT" : state.options.refusal ?? state.options.refusals[state.requests]
            let isReachable = time.now >= state.options.unreachableUntil
            return (
                isReachable ? state.options.losses[state.requests] : .neverSent, duration, state.options.cap,
                state.requests, refusal
            )
        }
        if loss == .neverSent {
            try? await time.sleep(until: time.now + .milliseconds(10))
            return .neverSent(TransportFailure(.connectionRefused))
        }
        if number >= state.withLock({ $0.options.mostRequests }) { stop.stop() }
        if let code = refusal {
            try? await time.sleep(until: time.now + .milliseconds(100))
            let body = "{\"error\":\"\(code)\",\"error_description\":\"refused\"}"
            return .answered(HTTPAnswer(status: 503, body: Array(body.utf8), elapsed: .milliseconds(100)))
        }
        if duration > cap {
            try? await time.sleep(until: time.now + cap)
            return .answered(HTTPAnswer(status: 504, body: Array("<html>".utf8), elapsed: cap))
        }
        try? await time.sleep(until: time.now + duration)
        let body = state.withLock { state -> String in
            let now = time.now
            doLateWork(&state, until: now)
            switch loss {
            case .before, .neverSent: return ""
            case .late:
                state.lateWork.append((now + .seconds(59), commands))
                return ""
            case .halfWay:
                _ = perform(Array(commands.prefix(commands.count / 2)), &state, from: now - duration, at: now)
                return ""
            case .after, nil: return perform(commands, &state, from: now - duration, at: now)
            }
        }
        guard loss == nil else {
            return .unknown(TransportFailure(.connectionClosed), elapsed: duration)
        }
        return .answered(HTTPAnswer(status: 200, body: Array(body.utf8), elapsed: duration))
    }

    private static func commands(_ request: PortalRequest) -> [(key: String, text: String)] {
        let body = String(decoding: request.body, as: UTF8.self)
        guard let object = try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any],
            let commands = object["cmd"] as? [String: String]
        else { return [] }
        let places = commands.map { (body.range(of: "\"\($0.key)\":")?.lowerBound ?? body.endIndex, $0.key, $0.value) }
        return places.sorted { $0.0 < $1.0 }.map { ($0.1, $0.2) }
    }

    private func doLateWork(_ state: inout State, until now: Duration) {
        let due = state.lateWork.filter { $0.at <= now }
        state.lateWork.removeAll { $0.at <= now }
        for work in due { _ = perform(work.commands, &state, from: work.at, at: work.at) }
    }
}

// MARK: - Methods

extension FakePortal {
    private enum Answer {
        case result(String, total: Int? = nil, next: Int? = nil)
        case error(String, code: String = "")
    }

    private func perform(
        _ commands: [(key: String, text: String)], _ state: inout State, from start: Duration, at now: Duration
    ) -> String {
        var results: [String] = []
        var errors: [String] = []
        var totals: [String] = []
        var nexts: [String] = []
        for (key, text) in commands {
            let mark = text.firstIndex(of: "?") ?? text.endIndex
            let method = String(text[..<mark])
            let query = Self.query(text[mark...].dropFirst())
            switch answer(method, query, &state, at: now) {
            case .result(let value, let total, let next):
                results.append("\"\(key)\":\(value)")
                if let total { totals.append("\"\(key)\":\(total)") }
                if let next { nexts.append("\"\(key)\":\(next)") }
            case .error(let text, let code):
                errors.append("\"\(key)\":{\"error\":\"\(code)\",\"error_description\":\"\(text)\"}")
            }
        }
        func map(_ members: [String]) -> String {
            members.isEmpty ? "[]" : "{\(members.joined(separator: ","))}"
        }
        return "{\"result\":{\"result\":\(map(results)),\"result_error\":\(map(errors)),"
            + "\"result_total\":\(map(totals)),"
            + "\"result_next\":\(map(nexts)),\"result_time\":[]},"
            + "\"time\":{\"start\":\(VirtualTime.origin + start.inSeconds),\"operating\":0}}"
    }

    private static func query(_ text: Substring) -> [String: String] {
        var query: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0]).removingPercentEncoding ?? ""
            query[name] = parts.count > 1 ? String(parts[1]).removingPercentEncoding ?? "" : ""
        }
        return query
    }

    private func answer(
        _ method: String, _ query: [String: String], _ state: inout State, at now: Duration
    ) -> Answer {
        if let ban = state.options.blocked[method], ban.contains(now) {
            return .error("Method is blocked due to operation time limit.", code: "OPERATION_TIME_LIMIT")
        }
        switch method {
        case "server.time":
            let date = Date(timeIntervalSince1970: VirtualTime.origin + now.inSeconds)
            return .result("\"\(date.formatted(.iso8601).replacingOccurrences(of: "Z", with: "+00:00"))\"")
        case "scope": return .result("[\"telephony\",\"crm\"]")
        case "profile": return .result("{\"ID\":\"1\",\"ADMIN\":\(state.options.right == .all)}")
        case "telephony.externalCall.register": return register(query, &state, at: now)
        case "telephony.externalCall.finish": return finish(query, &state, at: now)
        case "voximplant.statistic.get": return statistics(query, state, at: now)
        default: return .error("Method not found!", code: "ERROR_METHOD_NOT_FOUND")
        }
    }

    private func user(_ query: [String: String], _ state: State) -> Int? {
        query["USER_ID"].flatMap { Int($0) } ?? query["USER_PHONE_INNER"].flatMap { state.options.inner[$0] }
    }

    private func register(_ query: [String: String], _ state: inout State, at now: Duration) -> Answer {
        state.registers += 1
        guard let user = user(query, state) else { return .error("USER_ID or USER_PHONE_INNER should be set") }
        guard !state.options.dismissed.contains(user) else { return .error("User is not found or is not active") }
        let call = Live(
            key: query["EXTERNAL_CALL_ID"], phone: query["PHONE_NUMBER"] ?? "", type: query["TYPE"] ?? "", user: user,
            start: query["CALL_START_DATE"] ?? "")
        let known = state.live.first { _, other in
            other.user == call.user && other.phone == call.phone && other.type == call.type
                && (!state.options.keepsKeys || other.key == call.key) && isRecent(other.start, at: now)
        }
        if state.options.hasDuplicateRule, let known { return .result("{\"CALL_ID\":\"\(known.key)\"}") }
        state.callNumber += 1
        let id = "externalCall.\(state.callNumber).\(Int(VirtualTime.origin + now.inSeconds))"
        state.live[id] = call
        return .result("{\"CALL_ID\":\"\(id)\",\"CRM_CREATED_LEAD\":null,\"CRM_ENTITY_TYPE\":\"\"}")
    }

    private func isRecent(_ start: String, at now: Duration) -> Bool {
        guard let date = PortalDate(start) else { return false }
        return Double(date.epochSeconds) > VirtualTime.origin + now.inSeconds - 1_800
    }

    private func finish(_ query: [String: String], _ state: inout State, at now: Duration) -> Answer {
        guard let user = user(query, state) else { return .error("USER_ID or USER_PHONE_INNER should be set") }
        guard let id = query["CALL_ID"], let call = state.live[id],
            !state.options.vanishing.contains(where: { id.hasPrefix("\($0).") })
        else {
            return .error("Call is not found (call should be registered prior to finishing")
        }
        guard !state.options.dismissed.contains(user), !state.options.dismissedAtFinish.contains(user) else {
            return .error("User is not found or is not active")
        }
        state.live[id] = nil
        state.rowNumber += 1
        let key = state.options.keepsKeys ? call.key : nil
        state.rows.append(
            Row(
                id: state.rowNumber, callID: id, key: key, phone: call.phone, type: call.type, user: user,
                start: call.start, visibleAt: now + state.options.statisticsLag))
        let wrong = call.key.map(state.options.wrongAnswers.contains) ?? false
        return .result(
            "{\"ID\":\(state.rowNumber),\"CALL_ID\":\"\(id)\",\"EXTERNAL_CALL_ID\":\(key.map { "\"\($0)\"" } ?? "null"),"
                + "\"PHONE_NUMBER\":\"\(call.phone)\(wrong ? "9" : "")\",\"INCOMING\":\"\(call.type)\","
                + "\"PORTAL_USER_ID\":\(user),\"CALL_START_DATE\":{},\"CRM_ACTIVITY_ID\":false}")
    }

    private func statistics(_ query: [String: String], _ state: State, at now: Duration) -> Answer {
        guard state.options.right != .none else { return .error("Access denied!", code: "ACCESS_DENIED") }
        var rows = state.rows.filter { $0.visibleAt <= now }
        if state.options.right == .own { rows = rows.filter { $0.user == 1 } }
        let keys = Set(query.filter { $0.key.hasPrefix("FILTER[EXTERNAL_CALL_ID]") }.values)
        let callIDs = Set(query.filter { $0.key.hasPrefix("FILTER[CALL_ID]") }.values)
        if !keys.isEmpty, !state.options.widensKeyFilter {
            rows = rows.filter { $0.key.map(keys.contains) ?? false }
        }
        let phones = Set(query.filter { $0.key.hasPrefix("FILTER[PHONE_NUMBER]") }.values)
        if !phones.isEmpty { rows = rows.filter { phones.contains($0.phone) } }
        if !callIDs.isEmpty { rows = rows.filter { callIDs.contains($0.callID) } }
        for (name, value) in query {
            let start = { (row: Row) in PortalDate(row.start)?.epochSeconds ?? 0 }
            if name == "FILTER[>=CALL_START_DATE]", let date = PortalDate(value)?.epochSeconds {
                rows = rows.filter { start($0) >= date }
            }
            if name == "FILTER[<=CALL_START_DATE]", let date = PortalDate(value)?.epochSeconds {
                rows = rows.filter { start($0) <= date }
            }
            if name == "FILTER[>ID]", let id = Int(value) { rows = rows.filter { $0.id > id } }
            if name.hasPrefix("FILTER[%25EXTERNAL") || name == "FILTER[%EXTERNAL_CALL_ID]",
                !state.options.widensKeyFilter
            {
                rows = rows.filter { $0.key?.contains(value) ?? false }
            }
        }
        let page = rows.prefix(50).map { row in
            "{\"ID\":\"\(row.id)\",\"CALL_ID\":\"\(row.callID)\","
                + "\"EXTERNAL_CALL_ID\":\(row.key.map { "\"\($0)\"" } ?? "null"),\"PHONE_NUMBER\":\"\(row.phone)\","
                + "\"CALL_START_DATE\":\"\(row.start)\",\"CALL_TYPE\":\"\(row.type)\",\"PORTAL_USER_ID\":\"\(row.user)\"}"
        }
        return .result(
            "[\(page.joined(separator: ","))]", total: rows.count, next: rows.count > 50 ? 50 : nil)
    }
}
