// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// The checks of a request in the portal's order, then its work.
    func execute(
        _ request: PortalRequest, address: RequestAddress?, parameters: PortalMap, run: RequestRun
    ) async -> PortalReply {
        guard !options.rateLimited || rateLimiter.admits(request.remote, at: run.start) else {
            state.counters.rateLimited += 1
            return failure(.rateLimited)
        }
        cleanIfDue(at: run.start)
        guard let address, let method = RESTMethod(name: address.method) else {
            count(address?.method.lowercased() ?? "unknown", failed: true)
            return failure(.methodNotFound)
        }
        do {
            let caller = try authorize(request, address: address, parameters: parameters)
            var own = parameters
            own["auth"] = nil
            own["access_token"] = nil
            if method == .upload { return try upload(request, query: FormReader.read(request.query)) }
            let done =
                method == .batch
                ? try await batch(own, caller: caller, run: run, request: request)
                : try await command(method, own, caller: caller, run: run, nested: false, request: request)
            settle(run)
            return envelope(done, run: run)
        } catch let refusal as RESTFailure {
            settle(run)
            return failure(refusal)
        } catch {
            settle(run)
            return cutReply((error as? WorkCut) ?? .died)
        }
    }

    /// Charges what a request has used up, once; mode B charges the method `batch` a share of it, too.
    func settle(_ run: RequestRun) {
        guard !run.isSettled else { return }
        run.isSettled = true
        let now = clock.now()
        if let key = run.chargedBatch, run.workDone * options.batchWeight > options.minimumCharge {
            operatingLimiter.charge(key, seconds: run.workDone * options.batchWeight, start: run.start, at: now)
        }
        for charge in run.charges(above: options.minimumCharge) {
            operatingLimiter.charge(charge.key, seconds: charge.seconds, start: run.start, at: now)
        }
    }

    private func envelope(_ done: CommandDone, run: RequestRun) -> PortalReply {
        var body: PortalMap = ["result": done.result.value]
        if let next = done.result.next { body["next"] = .int(next) }
        if let total = done.result.total { body["total"] = .int(total) }
        body["time"] = .map(done.time)
        return .json(.map(body))
    }

    /// Checks scope and budget of one command and runs it.
    func command(
        _ method: RESTMethod, _ parameters: PortalMap, caller: Caller, run: RequestRun, nested: Bool,
        request: PortalRequest
    ) async throws -> CommandDone {
        let started = clock.now()
        do {
            if !method.scopes.isEmpty, !method.scopes.contains(where: caller.scopes.contains) {
                throw RESTFailure.insufficientScope(webhook: caller.isWebhook)
            }
            let key = OperatingLimiter.Key(
                credential: nested ? caller.nestedCredential : caller.credential, method: method)
            try admit(key, run: run)
            run.begin(key)
            let context = CallContext(
                caller: caller, run: run, cost: options.costs[method.name] ?? .free, request: request)
            let result = try await perform(method, parameters, context)
            run.end(key, minimumCharge: options.minimumCharge)
            count(method.name, failed: false)
            saveChanges()
            return CommandDone(result: result, time: time(key, started: started, run: run))
        } catch let refusal as RESTFailure {
            count(method.name, failed: true)
            saveChanges()
            throw refusal
        }
    }

    func admit(_ key: OperatingLimiter.Key, run: RequestRun) throws(RESTFailure) {
        let now = clock.now()
        let isBanned = options.operatingBans[key.method.name]?.contains(now) ?? false
        guard isBanned || !operatingLimiter.admits(key, pending: run.shown(key), at: now) else { return }
        state.counters.operatingLimited += 1
        throw .operatingLimited
    }

    func count(_ method: String, failed: Bool) {
        state.counters.commands += 1
        if failed { state.counters.failedCommands += 1 }
        state.methods[method, default: 0] += 1
    }

    /// The `time` object of a reply; `operating` is a running total of the method.
    func time(_ key: OperatingLimiter.Key, started: Double, run: RequestRun) -> PortalMap {
        let now = clock.now()
        let (used, resetAt) = operatingLimiter.state(key, requestStart: run.start, at: now)
        let operating = used + run.shown(key)
        let duration = now - started
        return [
            "start": .double(Self.rounded(started)),
            "finish": .double(Self.rounded(now)),
            "duration": .double(Self.rounded(duration)),
            "processing": .double(Self.rounded(duration)),
            "date_start": .string(CalendarDate.iso(started, zoneMinutes: options.zoneMinutes)),
            "date_finish": .string(CalendarDate.iso(now, zoneMinutes: options.zoneMinutes)),
            "operating_reset_at": options.timeScale == 1 ? .int(Int(resetAt)) : .double(Self.rounded(resetAt)),
            "operating": operating == 0 ? .int(0) : .double(Self.rounded(operating)),
        ]
    }

    private static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }

    /// Spends a share of a command's time; throws when the cap or a restart ends the request meanwhile.
    func spend(_ share: Double, _ context: CallContext) async throws(WorkCut) {
        let run = context.run
        run.work(context.cost.operating * share)
        let seconds = context.cost.latency * share
        let now = clock.now()
        run.planned = max(run.planned ?? now, run.start) + seconds
        let target = min(run.planned ?? now, run.deadline ?? .infinity)
        if target > now {
            await clock.sleep(seconds: target - now)
        } else if inFlight > 1 {
            // Other requests get their turn between two steps, as on a server with many processes.
            await Task.yield()
        }
        guard run.epoch == epoch else { throw .died }
        if let deadline = run.deadline, clock.now() >= deadline { throw .overCap }
    }
}

/// A command that was carried out.
struct CommandDone {
    var result: MethodResult
    var time: PortalMap
}

/// What a method answers.
struct MethodResult {
    var value: PortalValue
    var total: Int?
    var next: Int?

    init(_ value: PortalValue, total: Int? = nil, next: Int? = nil) {
        self.value = value
        self.total = total
        self.next = next
    }
}

/// What a method's handler needs to know besides its parameters.
struct CallContext {
    var caller: Caller
    var run: RequestRun
    var cost: MethodCost
    var request: PortalRequest
}
