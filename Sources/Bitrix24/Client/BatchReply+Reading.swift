// SPDX-License-Identifier: Apache-2.0

extension BatchReply {
    /// Reads the `result` of a batch; `nil` when it has none of the members that the portal always writes.
    ///
    /// Every command gets exactly one outcome: one that is in neither map, or in both, is
    /// ``CommandOutcome/missing``. Keys that were not sent are passed over.
    init?(_ result: JSONValue, commands: [Command], elapsed: Duration, time: ServerTime?) {
        guard result["result"] != nil || result["result_error"] != nil,
            let results = Self.map(result["result"]), let errors = Self.map(result["result_error"])
        else { return nil }
        let totals = Self.map(result["result_total"]) ?? [:]
        let nexts = Self.map(result["result_next"]) ?? [:]
        let times = Self.map(result["result_time"]) ?? [:]
        var outcomes: [String: CommandOutcome] = [:]
        for key in commands.map(\.key) {
            switch (results[key], errors[key]) {
            case (let value?, nil):
                outcomes[key] = .succeeded(
                    CommandReply(
                        result: value, total: totals[key]?.integer.map(Int.init),
                        next: nexts[key]?.integer.map(Int.init), time: ServerTime(times[key])))
            case (nil, let error?):
                outcomes[key] = .failed(
                    PortalError(envelope: error, status: 200)
                        ?? PortalError(code: "", text: error.text ?? "", status: 200))
            case (nil, nil), (.some, .some):
                outcomes[key] = .missing
            }
        }
        self.init(outcomes: outcomes, elapsed: elapsed, time: time)
    }

    /// A missing map counts as empty; something that is no map makes the whole reply unreadable.
    private static func map(_ value: JSONValue?) -> [String: JSONValue]? {
        switch value {
        case nil, .null: [:]
        case let value?: value.members
        }
    }
}
