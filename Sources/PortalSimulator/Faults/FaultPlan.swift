// SPDX-License-Identifier: Apache-2.0

/// Which requests go wrong, and how.
///
/// REST requests are counted from 1; requests to the audit, the page and the control endpoint are not counted.
/// One request suffers at most one fault: the first scripted one that fits, else the first that the dice choose.
public struct FaultPlan: Sendable {
    /// A fault at a place in the stream of requests.
    public struct Scripted: Sendable, Equatable {
        /// What goes wrong.
        public var fault: Fault
        /// The first and last number of the requests it hits.
        public var requests: ClosedRange<Int>
        /// When given, only requests that hold this method (in lower case) are counted.
        public var method: String?

        /// Reads `KIND@N`, `KIND@N..M` or `KIND@METHOD:N`; nil when it is something else.
        public init?(text: String) {
            guard let at = text.lastIndex(of: "@"), let fault = Fault(text: String(text[..<at])) else { return nil }
            var place = String(text[text.index(after: at)...])
            if let colon = place.lastIndex(of: ":") {
                method = place[..<colon].lowercased()
                place = String(place[place.index(after: colon)...])
            }
            let bounds = place.split(separator: ".", omittingEmptySubsequences: true).map { Int($0) }
            guard let first = bounds.first ?? nil, let last = bounds.last ?? nil, bounds.count <= 2, first >= 1,
                last >= first
            else { return nil }
            self.fault = fault
            requests = first...last
        }

        /// Makes a fault for one request.
        public init(_ fault: Fault, at request: Int, method: String? = nil) {
            self.fault = fault
            self.requests = request...request
            self.method = method?.lowercased()
        }
    }

    /// A fault that hits each request with some probability.
    public struct Random: Sendable, Equatable {
        /// What goes wrong.
        public var fault: Fault
        /// The probability, 0 to 1.
        public var rate: Double

        /// Reads `KIND=RATE` or `KIND=ARGUMENT=RATE`; nil when it is something else.
        public init?(text: String) {
            guard let mark = text.lastIndex(of: "="), let rate = Double(text[text.index(after: mark)...]),
                (0...1).contains(rate), let fault = Fault(text: String(text[..<mark]))
            else { return nil }
            self.fault = fault
            self.rate = rate
        }

        /// Makes a random fault.
        public init(_ fault: Fault, rate: Double) {
            self.fault = fault
            self.rate = rate
        }
    }

    /// Faults at given requests.
    public var scripted: [Scripted] = []
    /// Faults by chance.
    public var random: [Random] = []
    /// The seed of the dice; the same seed gives the same faults.
    public var seed: UInt64 = 1

    private var dice: SeededDice?
    private var seen: [String: Int] = [:]

    /// A plan without faults.
    public init() {}

    /// Counts from the beginning again and throws the same dice again.
    mutating func startOver() {
        dice = nil
        seen = [:]
    }

    /// Chooses the fault of a request.
    ///
    /// - Parameters:
    ///   - request: The request's number.
    ///   - holds: Whether the request calls a method, by its name in lower case (a part of the name is enough).
    mutating func fault(of request: Int, holds: (String) -> Bool) -> Fault? {
        var chosen: Fault?
        var counted: Set<String> = []
        for script in scripted {
            var number = request
            if let method = script.method {
                guard holds(method) else { continue }
                if counted.insert(method).inserted { seen[method, default: 0] += 1 }
                number = seen[method] ?? 0
            }
            if chosen == nil, script.requests.contains(number) { chosen = script.fault }
        }
        var dice = self.dice ?? SeededDice(seed: seed)
        for candidate in random {
            let hit = Double(dice.next() >> 11) / Double(1 << 53) < candidate.rate
            if chosen == nil, hit { chosen = candidate.fault }
        }
        self.dice = dice
        return chosen
    }
}

/// A small reproducible random number generator (SplitMix64).
struct SeededDice: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
