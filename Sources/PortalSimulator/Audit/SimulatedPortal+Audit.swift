// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// Everything that the portal holds and has counted, as JSON.
    ///
    /// - Parameters:
    ///   - events: Whether the list of pop-ups, chats, robots and application events is included.
    ///   - rows: Whether anything but counts and checks is included.
    nonisolated public func audit(events: Bool = true, rows: Bool = true) async -> String {
        let view = await currentView()
        return JSONWriter.text(rows ? view.value(events: events) : .map(view.summary))
    }

    nonisolated func auditValue(events: Bool) async -> PortalValue {
        await currentView().value(events: events)
    }

    /// What is there now, with what other integrations have written until now.
    func currentView() -> AuditView {
        writeNeighbourRows()
        return view
    }

    /// What is there now; written out elsewhere, so that requests need not wait for it.
    var view: AuditView {
        AuditView(
            state: state, now: clock.now(), zoneMinutes: options.zoneMinutes, logLines: log.lines,
            inFlight: inFlight, held: held.keys.sorted(), stateFileFailed: stateFileFailed)
    }
}
