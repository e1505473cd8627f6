// SPDX-License-Identifier: Apache-2.0

/// Why the work on a request ended early.
enum WorkCut: Error {
    /// The request cap passed.
    case overCap
    /// The server died or was restarted.
    case died
}

/// One request while it is being worked on: its clock, its deadline and what it has used up.
///
/// Confined to the portal's actor.
final class RequestRun {
    let number: Int
    let start: Double
    let deadline: Double?
    let epoch: Int
    /// When the present command would end if nothing took longer than it should.
    var planned: Double?
    /// How many commands are left before the server dies; nil when it does not.
    var commandsLeft: Int?
    /// Where each finish of the request fails in words of its own; nil when none does.
    var oddError: Fault?
    /// The budget of the method `batch`, where that is charged.
    var chargedBatch: OperatingLimiter.Key?
    var isSettled = false
    /// The calls that this request registered.
    var registered: Set<String> = []

    /// The operating time of everything done so far, failed calls included.
    private(set) var workDone = 0.0
    /// Starts of calls whose end has not been seen yet; a failed call never has one.
    private var openStarts: [OperatingLimiter.Key: [Double]] = [:]
    private var sums: [OperatingLimiter.Key: Double] = [:]
    private var shown: [OperatingLimiter.Key: Double] = [:]

    init(number: Int, start: Double, cap: Double, epoch: Int) {
        self.number = number
        self.start = start
        self.deadline = cap > 0 ? start + cap : nil
        self.epoch = epoch
    }

    func begin(_ key: OperatingLimiter.Key) {
        openStarts[key, default: []].append(workDone)
    }

    func work(_ seconds: Double) { workDone += seconds }

    /// Pairs the end of a successful call with the oldest start that has none.
    func end(_ key: OperatingLimiter.Key, minimumCharge: Double) {
        guard var starts = openStarts[key], !starts.isEmpty else { return }
        let charge = workDone - starts.removeFirst()
        openStarts[key] = starts
        sums[key, default: 0] += charge
        if charge > minimumCharge { shown[key, default: 0] += charge }
    }

    /// What replies show of this request's own use.
    func shown(_ key: OperatingLimiter.Key) -> Double { shown[key] ?? 0 }

    /// What is charged at the request's end.
    func charges(above minimum: Double) -> [(key: OperatingLimiter.Key, seconds: Double)] {
        sums.compactMap { $0.value > minimum ? ($0.key, $0.value) : nil }
    }
}
