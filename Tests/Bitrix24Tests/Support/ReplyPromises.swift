// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import ExitCodes

// Used by the tests and, outside the package, by bench/fuzz.

/// What is wrong with the way in which a reply was read, as one to a batch and as one to a single call: an outcome that is
/// missing, a time that can be none, a text from outside that cannot be shown. Nil if nothing is.
func brokenPromise(of answer: HTTPAnswer) async -> String? {
    if let value = JSONValue(answer.body), let broken = brokenPromise(of: value) { return broken }
    let portal = Portal(transport: Answering(answer: answer), timeout: .seconds(60))
    if let broken = brokenPromise(of: await portal.batch(commands), answer) { return broken }
    return brokenPromise(of: await portal.call("user.get"))
}

private let commands = [
    ScopeReply.command(key: "a"), ProfileReply.command(key: "b"), StatisticQuery.probe.command(key: "c"),
    LinesReply.command(key: "d"), CallRightsProbe.command(key: "e"), UserPage.all(key: "f"),
]

/// A transport that gives one answer.
private struct Answering: PortalTransport {
    let answer: HTTPAnswer

    func send(_ request: PortalRequest) async -> PortalExchange { .answered(answer) }
}

private func brokenPromise(of outcome: BatchOutcome, _ answer: HTTPAnswer) -> String? {
    switch outcome {
    case .answered(let reply):
        if answer.status >= 400 { return "an error of HTTP is taken for an answer" }
        if reply.outcomes.count != commands.count { return "a command has no outcome" }
        if let broken = brokenPromise(of: reply.time) { return broken }
        return reply.outcomes.values.lazy.compactMap { brokenPromise(of: $0) }.first
    case .refused(let error):
        return error.consequence == .unknown ? "what may have been executed is refused" : brokenPromise(of: error)
    case .unknown(let reason, _): return brokenPromise(ofText: reason, atMost: 1000)
    case .moved(let host): return host?.contains("/") == true ? "a host is shown with its path" : nil
    case .neverSent: return "what was answered was never sent"
    }
}

private func brokenPromise(of outcome: CallOutcome) -> String? {
    switch outcome {
    case .answered(let reply, _): brokenPromise(of: CommandOutcome.succeeded(reply))
    case .refused(let error): brokenPromise(of: error)
    case .unknown(let reason, _): brokenPromise(ofText: reason, atMost: 1000)
    case .moved, .neverSent: nil
    }
}

private func brokenPromise(of outcome: CommandOutcome) -> String? {
    _ = CallRightsProbe(outcome)
    _ = ApplicationReply(outcome)
    switch outcome {
    case .succeeded(let reply):
        if let broken = brokenPromise(of: reply.time) { return broken }
        // A result that is no page of users is a fault, which is fine here.
        _ = try? UserPage(reply)
        return brokenPromise(of: reply.result)
    case .failed(let error): return brokenPromise(of: error)
    case .missing: return nil
    }
}

/// Everything that reads a result reads this one; what is no such result is an error, which is fine here.
private func brokenPromise(of result: JSONValue) -> String? {
    _ = FinishedCall(result)
    _ = ProfileReply(result)
    _ = try? RegisteredCall(result)
    _ = try? StatisticRow(result)
    _ = try? StatisticRow.rows(result)
    _ = try? LinesReply(result).unknown(among: ["1"])
    _ = try? CallListsReply(result)
    _ = try? CRMSourcesReply(result)
    _ = try? CurrenciesReply(result)
    _ = try? ScopeReply(result)
    if let time = try? ServerTimeReply(result), PortalDate(time.date.description) != time.date {
        return "a date is not read as it is written: \(time.date)"
    }
    let again = JSONValue(Array(result.json.utf8))
    return again.map { isAlike($0, result) } == true ? nil : "what is written is not read again: \(result.json)"
}

/// Whether two values are the same but for the kind of their numbers, which is not kept beyond 2^53.
private func isAlike(_ a: JSONValue, _ b: JSONValue) -> Bool {
    switch (a, b) {
    case (.array(let a), .array(let b)): a.count == b.count && zip(a, b).allSatisfy(isAlike)
    case (.object(let a), .object(let b)):
        a.count == b.count && a.allSatisfy { key, value in b[key].map { isAlike(value, $0) } ?? false }
    case (.int, .double), (.double, .int), (.double, .double): a.number == b.number
    default: a == b
    }
}

private func brokenPromise(of time: ServerTime?) -> String? {
    guard let time else { return nil }
    let seconds = [time.duration, time.processing, time.operating].compactMap { $0 }
    let moments = [time.start, time.finish, time.operatingResetAt].compactMap { $0 }
    let isPossible = seconds.allSatisfy { (0...1e9).contains($0) } && moments.allSatisfy { (0...1e11).contains($0) }
    return isPossible ? nil : "a time can be none: \(time)"
}

private func brokenPromise(of error: PortalError) -> String? {
    brokenPromise(ofText: error.code, atMost: HarmlessText.longest + 1)
        ?? brokenPromise(ofText: error.text, atMost: HarmlessText.longest + 1)
}

private func brokenPromise(ofText text: String, atMost length: Int) -> String? {
    if text.unicodeScalars.count > length { return "a text from outside has no limit" }
    if HarmlessText.printable(text) != text { return "a text from outside cannot be printed" }
    return HarmlessText.masked(text) == text ? nil : "a text from outside has a secret"
}
