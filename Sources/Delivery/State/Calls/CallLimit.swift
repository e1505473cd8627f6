// SPDX-License-Identifier: Apache-2.0

/// How many calls a run may begin: `--max-calls`.
///
/// A call that the run has begun once may be begun again without counting twice.
struct CallLimit: Sendable {
    private let most: Int?
    private var begun: Set<Int64> = []

    /// - Parameter most: The most calls; `nil` for no limit.
    init(_ most: Int?) { self.most = most }

    /// How many more calls may be begun.
    var remaining: Int { most.map { max(0, $0 - begun.count) } ?? .max }

    /// Notes that a call is begun.
    mutating func begins(_ id: Int64) {
        if most != nil { begun.insert(id) }
    }

    /// Whether a call may be begun.
    ///
    /// - Parameter fresh: How many other calls are to be begun with it; the call is added where it counts.
    func admits(_ id: Int64, besides fresh: inout Int) -> Bool {
        guard most != nil, !begun.contains(id) else { return true }
        guard fresh < remaining else { return false }
        fresh += 1
        return true
    }
}
