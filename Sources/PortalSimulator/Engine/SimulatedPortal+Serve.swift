// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// One request from arrival to reply, with the fault that the caller or the plan chose for it.
    func serve(_ request: PortalRequest, fault given: Fault? = nil) async -> PortalReply {
        let arrived = clock.now()
        requestNumber += 1
        let number = requestNumber
        state.counters.requests += 1
        inFlight += 1
        defer { inFlight -= 1 }
        if !neighbourRows.isEmpty { writeNeighbourRows() }
        let address = RequestAddress(path: request.path)
        let parameters = RequestParameters.read(request)
        let methods = Self.methodNames(address: address, parameters: parameters)
        log.write("arrived", request: number, methods: methods, at: arrived)
        let planned = faults.fault(of: number) { wanted in methods.contains { $0.contains(wanted) } }
        let fault = given ?? planned
        if fault != nil { state.counters.faults += 1 }
        let run = RequestRun(number: number, start: arrived, cap: options.requestCap, epoch: epoch)
        var reply = redirectIfRenamed(request)
        if reply == nil { reply = await before(fault, request: request, run: run) }
        if reply == nil {
            let work = await execute(request, address: address, parameters: parameters, run: run)
            save()
            log.write("executed", request: number, methods: methods, at: clock.now(), status: work.status)
            reply = await after(fault, reply: work, run: run)
        }
        save()
        let final = reply ?? .dropped
        log.write("replied", request: number, methods: methods, at: clock.now(), status: final.status)
        return final
    }

    /// The names of all methods that a request calls, in lower case.
    private static func methodNames(address: RequestAddress?, parameters: PortalMap) -> [String] {
        guard let address else { return [] }
        let outer = address.method.lowercased()
        guard outer == "batch", let commands = parameters["cmd"]?.map else { return [outer] }
        return [outer]
            + commands.list.compactMap { command in
                command.string.map { $0.prefix { $0 != "?" }.lowercased() }
            }
    }

    /// What the fault does before the work; a reply means that there is no work.
    func before(_ fault: Fault?, request: PortalRequest, run: RequestRun) async -> PortalReply? {
        switch fault {
        case .dropBefore: return .dropped
        case .unavailable: return .gatewayPage(502)
        case .rateLimit:
            state.counters.rateLimited += 1
            return failure(.rateLimited)
        case .operatingLimit:
            state.counters.operatingLimited += 1
            return failure(.operatingLimited)
        case .expiredToken:
            expireTokens()
            return failure(.expiredToken)
        case .redirect: return redirect(request, to: Self.otherName(request))
        case .renamed:
            newName = Self.otherName(request)
            return redirectIfRenamed(request)
        case .dismiss(let user):
            dismiss(user: user)
            return nil
        case .statisticsDelay(let seconds):
            options.statisticsDelay = seconds / options.timeScale
            return nil
        case .kill(let commands):
            run.commandsLeft = commands
            return nil
        case .oddErrorBefore, .oddErrorAfter:
            run.oddError = fault
            return nil
        case .restart:
            restart()
            return .dropped
        case .stall(let seconds):
            // A request that waits longer than the cap is cut before it began.
            return await hold(run, seconds: seconds).map(cutReply)
        case .dropAfter, .errorAfter, .htmlAfter, .truncate, .garbage, .stallAfter, nil: return nil
        }
    }

    /// What the fault does to the finished reply.
    func after(_ fault: Fault?, reply: PortalReply, run: RequestRun) async -> PortalReply {
        var reply = reply
        switch fault {
        case .dropAfter: return .dropped
        case .errorAfter(let status):
            let error = RESTFailure("INTERNAL_SERVER_ERROR", "Internal server error", status: status)
            return failure(error)
        case .htmlAfter(let status): return .gatewayPage(status)
        case .truncate:
            reply.delivery = .truncated(reply.body.count / 2)
            return reply
        case .garbage:
            return PortalReply(status: 200, body: Array("<br />\nWarning: something in line 12 {\"result\":".utf8))
        case .stallAfter(let seconds):
            return await hold(run, seconds: seconds).map(cutReply) ?? reply
        default: return reply
        }
    }

    /// Waits for the seconds, which are not scaled, or the release; says so when cap or restart came first.
    private func hold(_ run: RequestRun, seconds: Double?) async -> WorkCut? {
        let number = run.number
        let end = seconds.map { clock.now() + $0 }
        let limit = [end, run.deadline].compactMap { $0 }.min()
        if let limit {
            let wait = limit - clock.now()
            Task(executorPreference: clock.executor) { [clock] in
                await clock.sleep(seconds: max(0, wait))
                await self.release(number)
            }
        }
        await withCheckedContinuation { held[number] = $0 }
        guard run.epoch == epoch else { return .died }
        if let deadline = run.deadline, clock.now() >= deadline { return .overCap }
        return nil
    }

    /// Lets a held request go on.
    func release(_ number: Int) {
        held.removeValue(forKey: number)?.resume()
    }

    func releaseAll() {
        for number in held.keys { release(number) }
    }

    /// Loses all running work and keeps the data.
    func restart() {
        epoch += 1
        releaseAll()
    }

    func dismiss(user: Int) {
        guard var person = state.users[user] else { return }
        person.active = false
        change(.user(person))
    }

    func failure(_ failure: RESTFailure) -> PortalReply {
        .json(failure.body(in: options.errorStyle), status: failure.status(in: options.errorStyle))
    }

    /// What the caller sees of work that ended early.
    func cutReply(_ cut: WorkCut) -> PortalReply {
        guard cut == .overCap else { return .dropped }
        state.counters.overCap += 1
        switch options.capReply {
        case .html: return .gatewayPage(504)
        case .empty: return PortalReply(status: 502, headers: [:])
        case .reset: return .dropped
        }
    }
}
