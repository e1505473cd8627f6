// SPDX-License-Identifier: Apache-2.0

package import CallLifecycle
import CallRecords

/// The open calls that are in memory, and which of them may be sent next.
///
/// Calls are kept in the order in which they are sent: by start, then by row. The rules of order are all here:
///
/// - For one external number finishes leave in order of call start, since an answered outgoing call closes the missed
///   calls of its number; whatever is open for a number blocks the later calls of that number and no others.
/// - A number with a call whose outcome is not known gets no register either.
/// - Look-alikes (same employee, number and type) are registered one after the other where the portal could merge them.
package struct DeliveryQueue: Sendable {
    /// A place in the order of sending.
    private struct Place: Hashable, Comparable {
        var start: Int64
        var id: Int64

        init(_ call: TrackedCall) {
            start = call.call.start.epochSeconds
            id = call.id
        }

        static func < (a: Place, b: Place) -> Bool { (a.start, a.id) < (b.start, b.id) }
    }

    /// What the portal's own duplicate rule compares, apart from the ids.
    private struct LookAlike: Hashable {
        var employee: String?
        var phone: String
        var type: CallType

        init(_ call: Call) {
            employee = call.employeeExtension
            phone = call.phoneNumber
            type = call.type
        }
    }

    private var calls: [Int64: TrackedCall] = [:]
    /// Every open call of a number, in order.
    private var byPhone: [String: [Place]] = [:]
    private var toRegister: [Place] = []
    private var toFinish: [Place] = []
    /// Calls that got another call's CALL_ID: they wait for their look-alikes whatever the portal can do.
    private var serialised: Set<Int64> = []

    package init() {}

    /// How many calls are in memory.
    package var count: Int { calls.count }
    /// How many calls wait for their register.
    package var registerCount: Int { toRegister.count }
    /// How many calls have a CALL_ID and wait for their finish.
    package var finishCount: Int { toFinish.count }

    /// The call with a row.
    package subscript(id: Int64) -> TrackedCall? { calls[id] }

    /// Puts a call in, or a changed call in the place of its former self; a call that is over is taken out.
    package mutating func put(_ call: TrackedCall) {
        let place = Place(call)
        if calls[call.id] == nil { byPhone[call.call.phoneNumber, default: []].insertInOrder(place) }
        toRegister.removeInOrder(place)
        toFinish.removeInOrder(place)
        calls[call.id] = call
        switch call.state {
        // What the portal registered itself is only finished.
        case .pending where call.adoptableCallID != nil: toFinish.insertInOrder(place)
        case .pending: toRegister.insertInOrder(place)
        case .registered: toFinish.insertInOrder(place)
        case .registering, .finishing, .unsettled: break
        case .waiting, .delivered, .refused, .held, .deliveredByOthers: remove(call, place)
        }
    }

    /// Marks a call that got another call's CALL_ID: it is registered when its look-alikes are over.
    package mutating func serialise(_ id: Int64) {
        serialised.insert(id)
    }

    private mutating func remove(_ call: TrackedCall, _ place: Place) {
        calls[call.id] = nil
        serialised.remove(call.id)
        byPhone[call.call.phoneNumber]?.removeInOrder(place)
        if byPhone[call.call.phoneNumber]?.isEmpty == true { byPhone[call.call.phoneNumber] = nil }
    }

    /// The calls to register next, in order.
    ///
    /// - Parameters:
    ///   - limit: The most calls.
    ///   - separatesLookAlikes: Whether the portal might merge look-alikes.
    ///   - isAllowed: Asked once for each call that could be chosen, in order.
    package func nextToRegister(
        limit: Int, separatesLookAlikes: Bool, where isAllowed: (TrackedCall) -> Bool = { _ in true }
    ) -> [TrackedCall] {
        var chosen: [TrackedCall] = []
        var chosenOfPhone: [String: [TrackedCall]] = [:]
        for place in toRegister {
            guard chosen.count < limit else { break }
            guard let call = calls[place.id], !isBlockedByUnsettled(call) else { continue }
            let phone = call.call.phoneNumber
            let isChosen = (chosenOfPhone[phone] ?? []).contains {
                excludes($0, call, separatesLookAlikes: separatesLookAlikes)
            }
            if isChosen || hasLookAlikeUnderWay(call, separatesLookAlikes: separatesLookAlikes) { continue }
            guard isAllowed(call) else { continue }
            chosenOfPhone[phone, default: []].append(call)
            chosen.append(call)
        }
        return chosen
    }

    /// Whether a register of the number is under way.
    func isRegistering(_ phone: String) -> Bool {
        (byPhone[phone] ?? []).contains { calls[$0.id]?.state == .registering }
    }

    private func isBlockedByUnsettled(_ call: TrackedCall) -> Bool {
        let open = byPhone[call.call.phoneNumber] ?? []
        return open.count > 1 && open.contains { calls[$0.id]?.state == .unsettled }
    }

    /// Whether `call` is not registered while `other` is under way.
    ///
    /// A call that got another's CALL_ID is kept apart from everything of its number and type: two extensions may
    /// belong to one employee, and the portal compares employees.
    private func excludes(_ other: TrackedCall, _ call: TrackedCall, separatesLookAlikes: Bool) -> Bool {
        if separatesLookAlikes, LookAlike(other.call) == LookAlike(call.call) { return true }
        return serialised.contains(call.id) && other.call.phoneNumber == call.call.phoneNumber
            && other.call.type == call.call.type
    }

    private func hasLookAlikeUnderWay(_ call: TrackedCall, separatesLookAlikes: Bool) -> Bool {
        (byPhone[call.call.phoneNumber] ?? []).contains { place in
            guard place.id != call.id, let other = calls[place.id],
                excludes(other, call, separatesLookAlikes: separatesLookAlikes)
            else { return false }
            switch other.state {
            case .registering, .registered, .finishing, .unsettled: return true
            case .waiting, .pending, .delivered, .refused, .held, .deliveredByOthers: return false
            }
        }
    }

    /// The calls to finish next, in order.
    ///
    /// A call is chosen when every earlier open call of its number is chosen before it: commands of one batch are
    /// carried out one after the other. An earlier look-alike that came late cannot be registered before this call is
    /// over: then the order gives way.
    package func nextToFinish(limit: Int, separatesLookAlikes: Bool = false) -> [TrackedCall] {
        var chosen: [TrackedCall] = []
        var chosenIDs: Set<Int64> = []
        for place in toFinish {
            guard chosen.count < limit else { break }
            guard let call = calls[place.id] else { continue }
            let earlier = (byPhone[call.call.phoneNumber] ?? []).prefix { $0 < place }
            guard
                earlier.allSatisfy({ chosenIDs.contains($0.id) })
                    || holdsUp(call, earlier, separatesLookAlikes: separatesLookAlikes)
            else { continue }
            chosen.append(call)
            chosenIDs.insert(call.id)
        }
        return chosen
    }

    /// Whether an earlier call of the number waits for this one, while nothing of the number is at work.
    private func holdsUp(_ call: TrackedCall, _ earlier: ArraySlice<Place>, separatesLookAlikes: Bool) -> Bool {
        let others = (byPhone[call.call.phoneNumber] ?? []).compactMap { calls[$0.id] }
        guard !others.contains(where: { $0.state == .finishing || $0.state == .unsettled }) else { return false }
        return earlier.contains { place in
            guard let other = calls[place.id], other.state == .pending else { return false }
            return excludes(call, other, separatesLookAlikes: separatesLookAlikes)
        }
    }
}

extension Array where Element: Comparable {
    /// The first index whose element is not below `element`, in a sorted array.
    fileprivate func index(of element: Element) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < element { low = middle + 1 } else { high = middle }
        }
        return low
    }

    fileprivate mutating func insertInOrder(_ element: Element) {
        let index = index(of: element)
        if index == count || self[index] != element { insert(element, at: index) }
    }

    fileprivate mutating func removeInOrder(_ element: Element) {
        let index = index(of: element)
        if index < count, self[index] == element { remove(at: index) }
    }
}
