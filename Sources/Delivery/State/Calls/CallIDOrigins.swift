// SPDX-License-Identifier: Apache-2.0

package import CallLifecycle
import Clocks
import Foundation

/// Tells whose CALL_ID a register was answered with, where the portal does not tell look-alikes apart by keys.
///
/// A CALL_ID ends with the second of its registration on the portal's clock. One that is older than the register that it
/// answers belongs to a call that was registered before and is not finished. That is the call itself if its register was
/// once left without an answer, and if the CALL_ID is not older than that register. Whose it is else, a ledger that was
/// lost or set back would know.
package struct CallIDOrigins: Sendable {
    /// The portal's clock when the monotonic clock stands at zero, in seconds since 1970; at most as late as it is.
    private var clock: Double?
    /// When this ledger first spoke to the portal, in seconds since 1970 on the portal's clock: older CALL_IDs are
    /// another ledger's. `nil` when it is not known.
    private var firstContact: Int64?
    /// When this run first registered a call, on the portal's clock, and whether an earlier register of it was lost.
    private var firstRegisters: [Int64: (second: Int64?, lostBefore: Bool)] = [:]

    package init() {}

    /// Notes the portal's clock when the monotonic clock stood at zero, and when this ledger first spoke to the portal, in
    /// seconds since 1970 on that clock; `nil` when that is not known.
    package mutating func knows(clock: Double, firstContact: Int64?) {
        self.clock = clock
        self.firstContact = firstContact
    }

    /// Notes that a register of a call leaves.
    package mutating func registers(_ call: TrackedCall, at now: Duration) {
        guard firstRegisters[call.id] == nil else { return }
        let second = clock.map { Int64(($0 + now.inSeconds).rounded(.down)) }
        firstRegisters[call.id] = (second, call.progress.lostRegister)
    }

    /// Forgets a call that is over: it is not registered again.
    package mutating func forget(_ id: Int64) { firstRegisters[id] = nil }

    /// Whether a CALL_ID was another call's before it was given to this one.
    ///
    /// - Parameters:
    ///   - start: When the portal began with the register, in seconds since 1970 on its clock.
    ///   - trustsEarlierRuns: Whether what earlier runs wrote into the ledger is surely all that they did.
    package func isForeign(
        _ callID: String, to call: TrackedCall, askedAt start: Double, trustsEarlierRuns: Bool
    ) -> Bool {
        let parts = callID.split(separator: ".")
        guard parts.count > 2, let second = parts.last.flatMap({ Int64($0) }), Double(second) < start.rounded(.down)
        else { return false }
        guard call.progress.lostRegister else { return true }
        if let firstContact, second < firstContact { return true }
        guard let first = firstRegisters[call.id], let sent = first.second else { return false }
        return second < sent && !(first.lostBefore && trustsEarlierRuns)
    }
}
