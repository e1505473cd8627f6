// SPDX-License-Identifier: Apache-2.0

import CallLifecycle

@testable import Delivery

/// Which steps a scene allows, and what they do.
struct ModelSteps {
    typealias Request = ModelWorld.Request

    let scene: ModelScene
    let machine: Machine

    init(_ scene: ModelScene) {
        self.scene = scene
        machine = Machine(age: .seconds(scene.cleans ? 30 * 86_400 : 3_600))
    }

    private func has(_ rule: ModelRule) -> Bool { scene.rules.contains(rule) }

    func steps(_ world: ModelWorld) -> [ModelStep] {
        var steps = importerSteps(world)
        for request in world.requests where request.answer == nil { steps.append(.work(request)) }
        for row in world.rows where !row.isVisible { steps.append(.show(row)) }
        if scene.cleans { steps += world.live.map { .clean($0.callID) } }
        if world.faultsLeft > 0 {
            for request in world.requests {
                if request.isAwaited { steps.append(.giveUp(request)) }
                if request.answer == nil, !(scene.lags && request.hasWrittenRow) { steps.append(.cut(request)) }
                if scene.garbles, request.answer == nil, request.isAwaited, request.kind == .finish {
                    steps.append(.garble(request))
                }
            }
        }
        if world.crashesLeft > 0 {
            steps.append(.crash)
            if scene.losesLedger {
                steps.append(.crashLosingLedger)
                steps.append(world.copy == nil ? .copyLedger : .crashSettingBack)
            }
        }
        if scene.retries, world.retriesLeft > 0, !world.requests.contains(where: \.isAwaited) {
            for call in [UInt8(0), 1] {
                let state = world.ledger[Int(call)].state
                if state == .held || state == .refused { steps.append(.retry(call)) }
            }
        }
        return steps
    }

    private func importerSteps(_ world: ModelWorld) -> [ModelStep] {
        guard world.hasLookedUp else {
            return world.requests.isEmpty || world.isCurrent || !has(.askLate) ? [.lookUpAll] : []
        }
        var steps: [ModelStep] = world.requests.filter { $0.isAwaited && $0.answer != nil }.map { .receive($0) }
        for call in [UInt8(0), 1] {
            switch world.memory[Int(call)].state {
            case .pending where mayRegister(call, world): steps.append(.send(has(.twoPhases) ? .register : .both, call))
            case .registered: steps.append(.send(.finish, call))
            case .unsettled where mayAsk(call, world): steps.append(.read(call))
            case .waiting, .pending, .registering, .finishing, .unsettled, .delivered, .refused, .held,
                .deliveredByOthers:
                break
            }
        }
        if world.requests.isEmpty, world.postponed.contains(true) { steps.append(.lapse) }
        return steps
    }

    /// Whether nothing can be at work on a call any more.
    private func mayAsk(_ call: UInt8, _ world: ModelWorld) -> Bool {
        world.memory[Int(call)].isResumed || !has(.askLate) || !world.requests.contains { $0.call == call }
    }

    /// Whether a look-alike is in the way.
    private func mayRegister(_ call: UInt8, _ world: ModelWorld) -> Bool {
        guard !scene.keepsKeys, has(.oneCallID) else { return true }
        if world.postponed[Int(call)] { return false }
        if world.requests.contains(where: { $0.kind == .register && !$0.isAwaited }) { return false }
        switch world.memory[1 - Int(call)].state {
        case .registering, .registered, .finishing, .unsettled: return false
        case .pending: return call == 0
        case .waiting, .delivered, .refused, .held, .deliveredByOthers: return true
        }
    }

    func take(_ step: ModelStep, _ world: ModelWorld) -> ModelWorld {
        var world = world
        switch step {
        case .send(let kind, let call): send(kind, call, &world)
        case .receive(let request):
            remove(request, &world)
            receive(request, &world)
        case .read(let call): read(call, &world)
        case .lookUpAll:
            world.hasLookedUp = true
            if !scene.keepsKeys, world.wasTakenOver { world.old = world.live.map(\.callID).sorted() }
            for call in [UInt8(0), 1] where world.memory[Int(call)].state == .pending {
                if let event = seen(call, alike: true, world) { happen(event, call, &world) }
            }
        case .work(let request): work(request, &world)
        case .show(let row):
            world.rows.removeAll { $0 == row }
            world.rows.append(ModelWorld.Row(callID: row.callID, call: row.call, isVisible: true))
        case .lapse:
            world.postponed = [false, false]
            for index in world.live.indices { world.live[index].isPast = true }
        case .clean(let callID): world.live.removeAll { $0.callID == callID }
        case .giveUp(let request):
            world.faultsLeft -= 1
            remove(request, &world)
            if request.answer == nil {
                var orphan = request
                orphan.isAwaited = false
                world.requests.append(orphan)
            }
            unanswered(request, &world)
        case .cut(let request):
            world.faultsLeft -= 1
            remove(request, &world)
            if request.isAwaited { unanswered(request, &world) }
        case .garble(let request):
            world.faultsLeft -= 1
            remove(request, &world)
            var answered = request
            answered.answer = .unclear
            world.requests.append(answered)
        case .copyLedger: world.copy = world.ledger
        case .crash, .crashLosingLedger, .crashSettingBack:
            world.crashesLeft -= 1
            if step == .crashLosingLedger { world.ledger = [ModelCall(), ModelCall()] }
            if step == .crashSettingBack, let copy = world.copy { world.ledger = copy }
            if step != .crash {
                world.isCurrent = false
                world.wasTakenOver = true
            }
            // Where calls are told apart by keys, a copy that outlives a crash adds states and no dangers.
            if step == .crashSettingBack || world.crashesLeft == 0 || scene.keepsKeys { world.copy = nil }
            restart(&world)
        case .retry(let call):
            world.retriesLeft -= 1
            machine.retry(&world.ledger[Int(call)])
            restart(&world)
        }
        return canonical(world)
    }

    private func canonical(_ world: ModelWorld) -> ModelWorld {
        var world = world
        if scene.keepsKeys {
            // Rows are found by their keys, and nobody can reach a live call whose CALL_ID nobody knows.
            for index in world.rows.indices { world.rows[index].callID = 0 }
        }
        let known = world
        world.live.removeAll { (scene.keepsKeys || $0.isPast) && !known.isKnown($0.callID) }
        world.requests.sort { ($0.call, $0.kind.rawValue, $0.callID) < ($1.call, $1.kind.rawValue, $1.callID) }
        world.rows.sort { ($0.callID, $0.call) < ($1.callID, $1.call) }
        world.live.sort { $0.callID < $1.callID }
        return world
    }

    private func remove(_ request: Request, _ world: inout ModelWorld) {
        if let index = world.requests.firstIndex(of: request) { world.requests.remove(at: index) }
    }
}

// The importer's side.
extension ModelSteps {
    /// An event of the real state machine, made durable.
    private func happen(_ event: CallEvent, _ call: UInt8, isDurable: Bool = true, _ world: inout ModelWorld) {
        let action = machine.apply(event, to: &world.memory[Int(call)])
        switch action {
        case .settle where !scene.canRead: _ = machine.apply(.cannotBeKnown, to: &world.memory[Int(call)])
        case .settleNextRun:
            _ = machine.apply(.runEnds, to: &world.memory[Int(call)])
            world.memory[Int(call)].reads = 0
        case .nothing, .ignore, .register, .finish, .finishAsSubstitute, .settle, .forget: break
        }
        guard isDurable else { return }
        world.ledger[Int(call)] = world.memory[Int(call)]
        world.ledger[Int(call)].reads = 0
    }

    private func send(_ kind: Request.Kind, _ call: UInt8, _ world: inout ModelWorld) {
        world.isCurrent = true
        world.requests.append(Request(kind: kind, call: call, callID: world.memory[Int(call)].callID))
        happen(kind == .finish ? .finishBegins : .registerBegins, call, isDurable: has(.intentFirst), &world)
    }

    private func receive(_ request: Request, _ world: inout ModelWorld) {
        let call = request.call
        switch request.answer {
        case .registered(let callID):
            let isOwn = world.memory[Int(call)].lostRegister && !world.old.contains(callID)
            let isForeign = request.isMerged && !isOwn && has(.freshCallID)
            let isTaken = world.memory[1 - Int(call)].callID == callID && has(.oneCallID)
            if isForeign, !isTaken {
                world.postponed[Int(call)] = true
                return happen(.callIDForeign, call, &world)
            }
            happen(isTaken ? .callIDTaken : .registered(portalCallID: "\(callID)"), call, &world)
        case .found: happen(.foundAtPortal(statisticID: 1), call, &world)
        case .finished:
            if request.kind == .both {
                happen(.registered(portalCallID: "\(request.callID)"), call, &world)
                happen(.finishBegins, call, &world)
            }
            happen(.finished(statisticID: 1), call, &world)
        case .notFound where !has(.settleNotFound):
            world.memory[Int(call)] = ModelCall()
            world.ledger[Int(call)] = ModelCall()
        case .notFound: happen(.callNotFound, call, &world)
        case .unclear:
            happen(.finishRefused(has(.settleUnclear) ? .unclear("odd") : .permanent("odd")), call, &world)
        case nil: break
        }
    }

    private func unanswered(_ request: Request, _ world: inout ModelWorld) {
        guard request.isAwaited else { return }
        let event: CallEvent =
            request.kind != .finish
            ? .registerUnanswered : has(.askBeforeRepeating) ? .finishUnanswered : .finishNotExecuted
        happen(event, request.call, &world)
    }

    private func read(_ call: UInt8, _ world: inout ModelWorld) {
        if let event = seen(call, alike: has(.askByAttributes), world) { return happen(event, call, &world) }
        let asked = world.memory[Int(call)]
        let needed = !has(.askLate) || asked.isResumed ? 1 : asked.isNotFound && asked.lostFinish ? 4 : 2
        world.memory[Int(call)].reads += 1
        if world.memory[Int(call)].reads >= needed { happen(.absentAtPortal, call, &world) }
    }

    /// What the statistics show of the call by its key or by its CALL_ID; `alike` asks by number and start where there are
    /// no keys, and leaves out rows that are the other call's.
    private func seen(_ call: UInt8, alike: Bool, _ world: ModelWorld) -> CallEvent? {
        guard scene.canRead else { return nil }
        let callID = world.memory[Int(call)].callID
        let rows = world.rows.filter(\.isVisible)
        if rows.contains(where: { scene.keepsKeys && $0.call == call || callID != 0 && $0.callID == callID }) {
            return .foundAtPortal(statisticID: 1)
        }
        let other = world.ledger[1 - Int(call)].callID
        let like = rows.first { !scene.keepsKeys && alike && $0.call == call && $0.callID != other }
        return like.map { .matchedAtPortal(statisticID: 1, portalCallID: "\($0.callID)") }
    }

    private func restart(_ world: inout ModelWorld) {
        for index in world.requests.indices { world.requests[index].isAwaited = false }
        world.requests.removeAll { $0.answer != nil }
        world.postponed = [false, false]
        world.memory = world.ledger
        for call in [UInt8(0), 1] where !world.memory[Int(call)].state.isFinal { recover(call, &world) }
        world.hasLookedUp = !scene.canRead || !has(.lookUp) || (scene.keepsKeys && world.isCurrent)
    }

    private func recover(_ call: UInt8, _ world: inout ModelWorld) {
        let former = world.memory[Int(call)]
        if former.state == .registered, !has(.askBeforeFinishing) { return }
        let isHeldAsRegistered = former.state == .registered || (former.state == .unsettled && !has(.resumeOnlyCurrent))
        let isResumed = isHeldAsRegistered && (world.isCurrent || !has(.resumeOnlyCurrent))
        if !scene.canRead, isResumed {
            // The ledger is proof enough.
            _ = machine.apply(.processDied, to: &world.memory[Int(call)])
            return happen(.absentAtPortal, call, &world)
        }
        happen(.processDied, call, &world)
        world.memory[Int(call)].isResumed = isResumed
    }
}

// The portal's side.
extension ModelSteps {
    private func work(_ request: Request, _ world: inout ModelWorld) {
        remove(request, &world)
        var request = request
        if request.kind == .register || request.callID == 0 {
            register(&request, &world)
        } else if request.hasWrittenRow {
            world.live.removeAll { $0.callID == request.callID }
            request.answer = .finished
        } else if let live = world.live.first(where: { $0.callID == request.callID }) {
            world.rows.append(ModelWorld.Row(callID: live.callID, call: live.call, isVisible: !scene.lags))
            request.hasWrittenRow = true
        } else {
            request.answer = .notFound
        }
        if request.answer == nil || request.isAwaited { world.requests.append(request) }
    }

    /// CALL_IDs of call 0 are odd and those of call 1 even, so that the calls can change places.
    private func freeCallID(for call: UInt8, _ world: ModelWorld) -> UInt8 {
        var callID = call + 1
        while world.mentions(callID) { callID += 2 }
        return callID
    }

    private func register(_ request: inout Request, _ world: inout ModelWorld) {
        let call = request.call
        let isLookedUp = has(.lookUp) && scene.canRead && scene.keepsKeys
        if isLookedUp, world.rows.contains(where: { $0.isVisible && $0.call == call }) {
            request.answer = .found
            return
        }
        if !scene.keepsKeys, let other = world.live.first(where: { !$0.isPast }) {
            request.callID = other.callID
            request.isMerged = true
        } else {
            request.callID = freeCallID(for: call, world)
            world.live.append(ModelWorld.Live(callID: request.callID, call: call))
        }
        if request.kind == .register { request.answer = .registered(request.callID) }
    }
}
