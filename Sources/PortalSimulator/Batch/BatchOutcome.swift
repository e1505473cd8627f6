// SPDX-License-Identifier: Apache-2.0

/// The five collections of a batch's result.
struct BatchOutcome {
    private var results = PortalMap()
    private var errors = PortalMap()
    private var totals = PortalMap()
    private var nexts = PortalMap()
    private var times = PortalMap()

    mutating func add(_ done: CommandDone, under key: PortalMap.Name) {
        results[key] = done.result.value
        times[key] = .map(done.time)
        if let total = done.result.total { totals[key] = .int(total) }
        if let next = done.result.next { nexts[key] = .int(next) }
    }

    mutating func add(_ refusal: RESTFailure, under key: PortalMap.Name, style: ErrorStyle) {
        var plain = refusal
        plain.argument = nil
        errors[key] = plain.body(in: style)
    }

    var asMap: PortalMap {
        [
            "result": .map(results), "result_error": .map(errors), "result_total": .map(totals),
            "result_next": .map(nexts), "result_time": .map(times),
        ]
    }

    /// What `$result[…]` and its like refer to.
    var roots: [String: PortalMap] {
        ["result": results, "error": errors, "total": totals, "next": nexts, "time": times]
    }
}
