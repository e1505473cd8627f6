// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// What the page shows: the counts and the newest calls, as JSON.
    nonisolated public func recent() async -> String { await view.recent }
}

extension AuditView {
    /// The counts, the newest hundred calls and the newest fifty live ones.
    var recent: String {
        let zone = zoneMinutes
        let calls = state.statistics.rows.suffix(100).reversed().map { row -> PortalValue in
            [
                "id": .int(row.id), "start": .string(CalendarDate.iso(row.start, zoneMinutes: zone)),
                "user": .string(state.users[row.userID]?.name ?? "user \(row.userID)"),
                "inner": .optional(state.users[row.userID]?.inner), "phone": .string(row.phone),
                "line": .string(row.portalNumber), "type": .int(row.type), "duration": .int(row.duration),
                "code": .string(row.failedCode), "reason": .string(row.failedReason),
                "external": .optional(row.externalID), "callID": .string(row.callID),
                "record": .bool(row.recordFileID != nil),
            ]
        }
        let live = state.live.byID.values.sorted { $0.registeredAt > $1.registeredAt }.prefix(50)
            .map { call -> PortalValue in
                [
                    "start": .string(CalendarDate.iso(call.start, zoneMinutes: zone)),
                    "user": .string(state.users[call.userID]?.name ?? "user \(call.userID)"),
                    "inner": .optional(state.users[call.userID]?.inner), "phone": .string(call.phone),
                    "type": .int(call.type), "external": .optional(call.externalID), "callID": .string(call.callID),
                ]
            }
        let audit = summary
        return JSONWriter.text([
            "calls": .list(Array(calls)), "live": .list(live), "total": .int(state.statistics.rows.count),
            "liveTotal": .int(state.live.count), "counters": audit["counters"] ?? .null,
            "checks": audit["checks"] ?? .null, "inFlight": .int(inFlight),
        ])
    }
}
