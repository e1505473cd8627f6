// SPDX-License-Identifier: Apache-2.0

import CallLifecycle

/// Importer, ledger, portal and the requests between them, with two calls, at one moment.
struct ModelWorld: Hashable {
    /// A request with one command, or with a register and its finish where two phases are given up.
    struct Request: Hashable {
        enum Kind: UInt8 { case register, finish, both }
        enum Answer: Hashable { case registered(UInt8), found, finished, notFound, unclear }

        var kind: Kind
        var call: UInt8
        var callID: UInt8
        /// A finish writes the row first and removes the live call in a second step.
        var hasWrittenRow = false
        /// The register was answered with the CALL_ID of a call that was there before.
        var isMerged = false
        var answer: Answer?
        /// Whether the importer still waits for the answer.
        var isAwaited = true
    }

    struct Live: Hashable {
        var callID: UInt8
        var call: UInt8
        /// The portal no longer gives it to look-alikes.
        var isPast = false
    }

    struct Row: Hashable {
        var callID: UInt8
        var call: UInt8
        var isVisible: Bool
    }

    /// What the process knows.
    var memory = [ModelCall(), ModelCall()]
    /// What the ledger holds.
    var ledger = [ModelCall(), ModelCall()]
    /// A copy of the ledger, once one was made.
    var copy: [ModelCall]?
    /// Whether all keys were looked up since the start, where that is asked for.
    var hasLookedUp = true
    /// Whether the machine remembers that the ledger is the one that was used last.
    var isCurrent = true
    /// Whether a ledger took the place of another one, or of a later state of itself.
    var wasTakenOver = false
    /// CALL_IDs of unfinished calls that are older than this process, where the ledger may not know of them.
    var old: [UInt8] = []
    /// Calls that wait until the portal forgets an unfinished look-alike.
    var postponed = [false, false]
    var requests: [Request] = []
    var live: [Live] = []
    var rows: [Row] = []
    var faultsLeft: UInt8 = 2
    var crashesLeft: UInt8 = 1
    var retriesLeft: UInt8 = 1

    /// Whether ledger, copy or a request knows a CALL_ID.
    func isKnown(_ callID: UInt8) -> Bool {
        requests.contains { $0.callID == callID || $0.answer == .registered(callID) }
            || (memory + ledger + (copy ?? [])).contains { $0.callID == callID }
    }

    /// Whether a CALL_ID is in use anywhere.
    func mentions(_ callID: UInt8) -> Bool {
        isKnown(callID) || live.contains { $0.callID == callID } || rows.contains { $0.callID == callID }
    }

    /// The same world with the two calls in each other's place.
    var mirrored: ModelWorld {
        func other(_ callID: UInt8) -> UInt8 { callID == 0 ? 0 : callID % 2 == 1 ? callID + 1 : callID - 1 }
        func mirror(_ calls: [ModelCall]) -> [ModelCall] {
            var calls = [calls[1], calls[0]]
            for index in calls.indices { calls[index].callID = other(calls[index].callID) }
            return calls
        }
        var world = self
        world.memory = mirror(memory)
        world.ledger = mirror(ledger)
        world.copy = copy.map(mirror)
        for index in world.requests.indices {
            world.requests[index].call = 1 - requests[index].call
            world.requests[index].callID = other(requests[index].callID)
            if case .registered(let callID) = requests[index].answer {
                world.requests[index].answer = .registered(other(callID))
            }
        }
        for index in world.live.indices {
            world.live[index] = Live(
                callID: other(live[index].callID), call: 1 - live[index].call, isPast: live[index].isPast)
        }
        for index in world.rows.indices {
            world.rows[index].callID = other(rows[index].callID)
            world.rows[index].call = 1 - rows[index].call
        }
        world.requests.sort { ($0.call, $0.kind.rawValue, $0.callID) < ($1.call, $1.kind.rawValue, $1.callID) }
        world.rows.sort { ($0.callID, $0.call) < ($1.callID, $1.call) }
        world.live.sort { $0.callID < $1.callID }
        return world
    }

    /// All of it in a few dozen bytes: comparing those is many times faster than comparing the values.
    var key: String {
        let flags: UInt8 =
            (hasLookedUp ? 1 : 0) + (copy == nil ? 0 : 2) + (isCurrent ? 4 : 0) + (wasTakenOver ? 8 : 0)
        var bytes: [UInt8] = [faultsLeft, crashesLeft, retriesLeft, flags]
        bytes += postponed.map { $0 ? 1 : 0 } + old
        for call in memory { call.write(to: &bytes) }
        for call in ledger { call.write(to: &bytes) }
        for call in copy ?? [] { call.write(to: &bytes) }
        for request in requests {
            let flags: UInt8 =
                (request.hasWrittenRow ? 1 : 0) + (request.isAwaited ? 2 : 0) + (request.isMerged ? 4 : 0)
            let answer: UInt8 =
                switch request.answer {
                case nil: 1
                case .found: 2
                case .finished: 3
                case .notFound: 4
                case .unclear: 5
                case .registered(let callID): 6 + callID
                }
            bytes += [97, request.kind.rawValue, request.call, request.callID, flags, answer]
        }
        for call in live { bytes += [98, call.callID, call.call + (call.isPast ? 2 : 0)] }
        for row in rows { bytes += [99, row.callID, row.call, row.isVisible ? 1 : 0] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What is wrong in any case: two rows of one call.
    var doubled: UInt8? { [UInt8(0), 1].first { call in rows.count { $0.call == call } > 1 } }

    /// What is wrong when nothing more happens: a call that is neither there nor with a person.
    var lost: UInt8? {
        [UInt8(0), 1].first { call in
            let state = ledger[Int(call)].state
            return state != .held && state != .refused && state != .unsettled && !rows.contains { $0.call == call }
        }
    }

    /// A call whose row is there and that nobody will ever look at again.
    var stuck: UInt8? {
        [UInt8(0), 1].first { call in
            let state = ledger[Int(call)].state
            return state != .held && state != .refused && state != .unsettled && state != .delivered
        }
    }
}

/// What may happen next.
enum ModelStep: Hashable, CustomStringConvertible {
    case send(ModelWorld.Request.Kind, UInt8)
    case receive(ModelWorld.Request)
    case read(UInt8)
    case lookUpAll
    case work(ModelWorld.Request)
    case show(ModelWorld.Row)
    case lapse
    case clean(UInt8)
    case giveUp(ModelWorld.Request)
    case cut(ModelWorld.Request)
    case garble(ModelWorld.Request)
    case copyLedger
    case crash
    case crashLosingLedger
    case crashSettingBack
    case retry(UInt8)

    /// Whether the step is an accident or a person's; without those the world must come to rest in order.
    var isAccident: Bool {
        switch self {
        case .send, .receive, .read, .lookUpAll, .work, .show, .lapse: false
        case .clean, .giveUp, .cut, .garble, .copyLedger, .crash, .crashLosingLedger, .crashSettingBack, .retry: true
        }
    }

    var description: String {
        switch self {
        case .send(let kind, let call): "the importer sends \(kind) of call \(call)"
        case .receive(let request):
            "the importer gets the answer to \(request.kind) of call \(request.call): \(request.answer.map { "\($0)" } ?? "")"
        case .read(let call): "the importer reads the statistics for call \(call)"
        case .lookUpAll: "the importer looks all its calls up"
        case .work(let request):
            "the portal works on \(request.kind) of call \(request.call), CALL_ID \(request.callID)"
        case .show(let row): "the row of call \(row.call) becomes visible"
        case .lapse: "the portal's half hour passes"
        case .clean(let callID): "the cleaner removes CALL_ID \(callID)"
        case .giveUp(let request): "the reply to \(request.kind) of call \(request.call) is lost; the portal goes on"
        case .cut(let request): "the portal dies in \(request.kind) of call \(request.call)"
        case .garble(let request): "the portal answers \(request.kind) of call \(request.call) with an unknown error"
        case .copyLedger: "the ledger is copied"
        case .crash: "the importer is killed and started again"
        case .crashLosingLedger: "the importer is killed, its ledger lost, and it is started again"
        case .crashSettingBack: "the importer is killed, its ledger set back to the copy, and it is started again"
        case .retry(let call): "a person retries call \(call)"
        }
    }
}
