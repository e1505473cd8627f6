// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// The line of a `register`: trimmed, cut to 50 bytes, made when it is not there yet.
    ///
    /// Looking and making are two steps. An application's lines are kept apart by a unique index; nothing keeps two
    /// webhooks from making the same line.
    func findOrCreateLine(_ value: PortalValue?, _ context: CallContext) async throws(WorkCut) -> String? {
        let caller = context.caller
        let existing = existingLine(value, caller)
        try await spend(0.1, context)
        if var line = existing {
            let now = clock.now()
            if now - line.lastUsed >= 86_400 {
                line.lastUsed = now
                change(.line(line))
            }
            return line.number
        }
        let number = (value?.asText ?? "").trimmingBlanks.cut(toBytes: 50)
        guard !number.isEmpty else { return nil }
        if caller.isWebhook || line(number, caller) == nil {
            insertLine(number, name: nil, createsCRM: true, caller)
        }
        return number
    }

    private func existingLine(_ value: PortalValue?, _ caller: Caller) -> ExternalLine? {
        line((value?.asText ?? "").trimmingBlanks.cut(toBytes: 50), caller)
    }

    /// Removes nameless lines that `register` made and that have not been used for 90 days.
    func removeOldLines(at now: Double) {
        let horizon = now - 90 * 86_400
        for line in state.lines where line.name == nil && line.createsCRM && line.lastUsed < horizon {
            change(.lineRemoved(id: line.id))
        }
    }

    private func line(_ number: String, _ caller: Caller) -> ExternalLine? {
        state.lines.first { $0.applicationID == caller.applicationID && $0.number.collated == number.collated }
    }

    @discardableResult
    private func insertLine(_ number: String, name: String?, createsCRM: Bool, _ caller: Caller) -> Int {
        let id = (state.lines.map(\.id).max() ?? 0) + 1
        change(
            .line(
                ExternalLine(
                    id: id, number: number, name: name, createsCRM: createsCRM, applicationID: caller.applicationID,
                    lastUsed: clock.now())))
        state.counters.linesCreated += 1
        return id
    }

    func addLine(_ parameters: PortalMap, _ caller: Caller) throws(RESTFailure) -> MethodResult {
        let number = (parameters["NUMBER"]?.asText ?? "").trimmingBlanks
        if number.isEmpty { throw .business("NUMBER should not be empty") }
        if line(number, caller) != nil { throw .business("Line already exists") }
        let creates = parameters["CRM_AUTO_CREATE"].map { $0.asText == "Y" } ?? true
        let id = insertLine(number, name: parameters["NAME"]?.asText, createsCRM: creates, caller)
        return MethodResult(["ID": .int(id)])
    }

    func updateLine(_ parameters: PortalMap, _ caller: Caller) throws(RESTFailure) -> MethodResult {
        if parameters["NAME"] == nil, parameters["CRM_AUTO_CREATE"] == nil {
            throw .business("There are no fields to update")
        }
        var line = try existingLine(parameters, caller)
        if let name = parameters["NAME"] { line.name = name.asText }
        if let creates = parameters["CRM_AUTO_CREATE"] { line.createsCRM = creates.asText == "Y" }
        change(.line(line))
        return MethodResult(["ID": .string(String(line.id))])
    }

    func getLines(_ caller: Caller) -> MethodResult {
        let lines = state.lines.filter { $0.applicationID == caller.applicationID }
        return MethodResult(
            .list(
                lines.map { line in
                    [
                        "NUMBER": .string(line.number), "NAME": .optional(line.name),
                        "CRM_AUTO_CREATE": line.createsCRM ? "Y" : "N",
                    ]
                }))
    }

    func deleteLine(_ parameters: PortalMap, _ caller: Caller) throws(RESTFailure) -> MethodResult {
        change(.lineRemoved(id: try existingLine(parameters, caller).id))
        return MethodResult(.empty)
    }

    private func existingLine(_ parameters: PortalMap, _ caller: Caller) throws(RESTFailure) -> ExternalLine {
        let number = (parameters["NUMBER"]?.asText ?? "").trimmingBlanks
        if number.isEmpty { throw .business("NUMBER should not be empty") }
        guard let line = line(number, caller) else { throw .business("Could not find line with number \(number)") }
        return line
    }
}
