// SPDX-License-Identifier: Apache-2.0

/// The requests of a run: their numbers, the names of their commands, and which of them are on their way.
struct RequestsInFlight: Sendable {
    private let nonce: String
    private var last = 0
    private var all: Set<Int> = []
    private var registers: Set<Int> = []
    /// The number of the latest request with intents, over all runs of all copies of the ledger on this machine.
    private var sequence: Int64

    /// - Parameters:
    ///   - nonce: The beginning of the names of all commands of the run.
    ///   - sequence: The number of the latest request with intents of any run.
    init(nonce: String, sequence: Int64) {
        self.nonce = nonce
        self.sequence = sequence
    }

    /// How many requests are on their way.
    var count: Int { all.count }
    /// Whether a request that registers calls is on its way.
    var isRegistering: Bool { !registers.isEmpty }
    /// The beginning of the names of the next request's commands: no other request has it, in this run or another.
    var nextName: String { "n\(nonce)_\(String(last + 1, radix: 36))" }

    /// Begins a request and gives it its number, from 1.
    mutating func begin(_ purpose: DeliveryRequest.Purpose) -> Int {
        last += 1
        all.insert(last)
        if case .register = purpose { registers.insert(last) }
        return last
    }

    /// Counts a request that can change something at the portal; the fact goes with its intents.
    mutating func countIntents() -> DeliveryFact {
        sequence += 1
        return .sequence(sequence)
    }

    /// A request is no longer on its way.
    mutating func ended(_ id: Int) {
        precondition(all.remove(id) != nil, "request \(id) is not on its way")
        registers.remove(id)
    }
}
