// SPDX-License-Identifier: Apache-2.0

/// The budget of operating time per credential and method: ten buckets of a tenth of the window each.
struct OperatingLimiter {
    /// Whose budget, and for which method.
    struct Key: Hashable {
        var credential: String
        var method: RESTMethod
    }

    private struct Bucket {
        var index: Int
        var firstStart: Double
        var seconds: Double
    }

    private struct Account {
        var buckets: [Bucket] = []
        var bannedUntil: Double?
    }

    let mode: PortalOptions.OperatingMode
    let limit: Double
    let window: Double
    let ban: Double

    private var accounts: [Key: Account] = [:]

    init(options: PortalOptions) {
        mode = options.operatingMode
        limit = options.operatingLimit
        window = options.operatingWindow
        ban = options.operatingBan
    }

    private var bucketLength: Double { window / 10 }

    private func index(at time: Double) -> Int { Int((time / bucketLength).rounded(.down)) }

    private mutating func account(_ key: Key, at now: Double) -> Account {
        var account = accounts[key] ?? Account()
        let oldest = index(at: now) - 9
        account.buckets.removeAll { $0.index < oldest }
        if let until = account.bannedUntil, until <= now { account.bannedUntil = nil }
        accounts[key] = account
        return account
    }

    /// Whether a call may start; in mode B the first refusal starts the ban.
    ///
    /// - Parameters:
    ///   - key: Whose budget.
    ///   - pending: What this request has used up of it and is charged at its end.
    mutating func admits(_ key: Key, pending: Double, at now: Double) -> Bool {
        guard mode != .off else { return true }
        var account = account(key, at: now)
        if mode == .b, account.bannedUntil != nil { return false }
        let used = account.buckets.reduce(pending) { $0 + $1.seconds }
        guard used > limit else { return true }
        if mode == .b {
            account.bannedUntil = now + ban
            account.buckets = []
            accounts[key] = account
        }
        return false
    }

    /// Charges the time of a request that started at `start`.
    mutating func charge(_ key: Key, seconds: Double, start: Double, at now: Double) {
        var account = account(key, at: now)
        let index = index(at: start)
        if let place = account.buckets.firstIndex(where: { $0.index == index }) {
            account.buckets[place].seconds += seconds
            account.buckets[place].firstStart = min(account.buckets[place].firstStart, start)
        } else {
            account.buckets.append(Bucket(index: index, firstStart: start, seconds: seconds))
            account.buckets.sort { $0.index < $1.index }
        }
        accounts[key] = account
    }

    /// The sum of the window and the time at which it first becomes smaller.
    mutating func state(_ key: Key, requestStart: Double, at now: Double) -> (used: Double, resetAt: Double) {
        let account = account(key, at: now)
        if let until = account.bannedUntil { return (0, until) }
        return (
            account.buckets.reduce(0) { $0 + $1.seconds },
            (account.buckets.first?.firstStart ?? requestStart) + window
        )
    }
}
