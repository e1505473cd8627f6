// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// Runs up to fifty commands one after the other; each may fail by itself.
    func batch(
        _ parameters: PortalMap, caller: Caller, run: RequestRun, request: PortalRequest
    ) async throws -> CommandDone {
        let started = clock.now()
        let key = OperatingLimiter.Key(credential: caller.credential, method: .batch)
        if options.operatingMode == .b {
            try admit(key, run: run)
            run.chargedBatch = key
        }
        var outcome = BatchOutcome()
        let commands = parameters["cmd"]?.map ?? PortalMap()
        let halts = parameters["halt"]?.isTruthy ?? false
        state.counters.batches += 1
        state.counters.largestBatch = max(state.counters.largestBatch, commands.count)
        count(RESTMethod.batch.name, failed: false)
        for (index, name) in commands.keys.enumerated() {
            guard let text = commands[name]?.string else { continue }
            if let left = run.commandsLeft, left <= index {
                save()
                throw WorkCut.died
            }
            do {
                let done = try await nested(text, number: index + 1, outcome: outcome, caller, run, request)
                let isRegister = text.lowercased().hasPrefix(RESTMethod.register.name)
                if isRegister, options.registerAnswer == .missing { continue }
                outcome.add(done, under: name)
            } catch let refusal as RESTFailure {
                outcome.add(refusal, under: name, style: options.errorStyle)
                if halts { break }
            }
        }
        settle(run)
        return CommandDone(
            result: MethodResult(.map(outcome.asMap)),
            time: time(key, started: started, run: run))
    }

    private func nested(
        _ text: String, number: Int, outcome: BatchOutcome, _ caller: Caller, _ run: RequestRun,
        _ request: PortalRequest
    ) async throws -> CommandDone {
        if number > 50 { throw RESTFailure.batchTooLong }
        // What follows an unencoded # is lost, as from any address.
        let line = text.prefix { $0 != "#" }
        let parts = line.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let method = RESTMethod(name: String(parts[0])) else {
            count(parts[0].lowercased(), failed: true)
            throw RESTFailure.methodNotFound
        }
        if !method.allowedInBatch { throw RESTFailure.notInBatch }
        var parameters = PortalMap()
        if parts.count > 1 {
            parameters = References.resolve(FormReader.read(parts[1]), from: outcome.roots)
        }
        parameters["auth"] = nil
        do {
            return try await command(
                method, parameters, caller: caller, run: run, nested: true, request: request)
        } catch var refusal as RESTFailure {
            if refusal.code == "insufficient_scope" { refusal.description = "" }
            throw refusal
        }
    }
}
