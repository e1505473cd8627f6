// SPDX-License-Identifier: Apache-2.0

/// A look at the portal at one moment, taken quickly and written out without holding up its requests.
struct AuditView: Sendable {
    var state: PortalState
    var now: Double
    var zoneMinutes: Int
    var logLines: Int
    var inFlight: Int
    var held: [Int]
    var stateFileFailed: Bool

    /// Only the counts and checks.
    var summary: PortalMap {
        ["counters": countersValue, "checks": checksValue, "methods": .map(sorted(state.methods))]
    }

    func value(events: Bool) -> PortalValue {
        var view: PortalMap = [
            "now": .double(now),
            "counters": countersValue,
            "checks": checksValue,
            "methods": .map(sorted(state.methods)),
            "statistics": .list(state.statistics.rows.map(entry)),
            "liveCalls": .list(
                state.live.byID.values.sorted { ($0.registeredAt, $0.callID) < ($1.registeredAt, $1.callID) }
                    .map(entry)),
            "missedCalls": .list(
                state.missed.values.flatMap { $0 }.sorted { $0.statisticsID < $1.statisticsID }.map { missed in
                    [
                        "STATISTICS_ID": .int(missed.statisticsID), "PHONE_NUMBER": .string(missed.phone),
                        "CLOSED_BY": .optional(missed.closedBy),
                    ]
                }),
            "activities": .list(state.activities.keys.sorted().compactMap { state.activities[$0] }.map(entry)),
            "entities": .list(
                state.crm.entities.values.sorted {
                    ($0.reference.type.rawValue, $0.reference.id) < ($1.reference.type.rawValue, $1.reference.id)
                }.map(entry)),
            "lines": .list(
                state.lines.map { line in
                    [
                        "ID": .int(line.id), "NUMBER": .string(line.number), "NAME": .optional(line.name),
                        "CRM_AUTO_CREATE": .bool(line.createsCRM), "REST_APP_ID": .optional(line.applicationID),
                    ]
                }),
            "users": .list(
                state.userOrder.compactMap { state.users[$0] }.map { user in
                    [
                        "ID": .int(user.id), "UF_PHONE_INNER": .string(user.inner), "NAME": .string(user.name),
                        "ACTIVE": .bool(user.active), "KIND": .string(user.kind.rawValue),
                    ]
                }),
            "notifications": .list(
                state.notifications.map { notification in
                    [
                        "ID": .int(notification.id), "USER_ID": .int(notification.user),
                        "MESSAGE": .string(notification.message), "TAG": .optional(notification.tag),
                        "at": .double(notification.at),
                    ]
                }),
            "requestLogLines": .int(logLines),
            "inFlight": .int(inFlight),
            "held": .list(held.map(PortalValue.int)),
            "stateFileFailed": .bool(stateFileFailed),
        ]
        if events {
            view["events"] = .list(
                state.events.map { event in
                    [
                        "kind": .string(event.kind), "CALL_ID": .string(event.callID),
                        "detail": .string(event.detail), "at": .double(event.at),
                    ]
                })
        }
        return .map(view)
    }

    /// What should be empty or zero after a clean import.
    private var checksValue: PortalValue {
        let twiceByExternal = state.statistics.finishedTwiceByExternalID
        let twiceByCall = state.statistics.finishedTwiceByCallID
        let finished = state.live.byID.keys.filter { !state.statistics.rows(callID: $0).isEmpty }
        let known = state.live.byID.values.filter { call in
            call.externalID.map { !state.statistics.rows(externalID: $0).isEmpty } ?? false
        }
        return [
            "finishedTwice": .list(twiceByExternal.map(PortalValue.string)),
            "finishedTwiceByCallID": .list(twiceByCall.map(PortalValue.string)),
            // Live calls: registered and not (cleanly) finished.
            "orphans": .int(state.live.count),
            // Of these: the same EXTERNAL_CALL_ID is in the statistics through another CALL_ID, so nothing is lost.
            "harmlessOrphans": .int(known.count),
            "finishedButLive": .int(finished.count),
            "activitiesWithoutRow": .int(
                state.activitiesByCall.reduce(0) { sum, entry in
                    sum + max(0, entry.value.count - state.statistics.rows(callID: entry.key).count)
                }),
            "quiet": .bool(
                state.counters.popups == 0 && state.counters.chats == 0 && state.counters.chatMessages == 0
                    && state.counters.leads == 0 && state.counters.contacts == 0 && state.counters.deals == 0),
        ]
    }

    private func sorted(_ counts: [String: Int]) -> PortalMap {
        var map = PortalMap()
        for name in counts.keys.sorted() { map[name] = .int(counts[name] ?? 0) }
        return map
    }

    private var countersValue: PortalValue {
        let c = state.counters
        return [
            "requests": .int(c.requests), "commands": .int(c.commands), "batches": .int(c.batches),
            "largestBatch": .int(c.largestBatch), "registers": .int(c.registers),
            "duplicateRegisters": .int(c.duplicateRegisters), "finishes": .int(c.finishes), "popups": .int(c.popups),
            "popupsHidden": .int(c.popupsHidden), "chats": .int(c.chats), "chatMessages": .int(c.chatMessages),
            "leads": .int(c.leads), "contacts": .int(c.contacts), "deals": .int(c.deals),
            "activities": .int(c.activities), "robots": .int(c.robots), "missedCalls": .int(c.missedCalls),
            "missedCallsClosed": .int(c.missedCallsClosed), "linesCreated": .int(c.linesCreated),
            "records": .int(c.records), "transcripts": .int(c.transcripts), "cleaned": .int(c.cleaned),
            "rateLimited": .int(c.rateLimited), "operatingLimited": .int(c.operatingLimited),
            "overCap": .int(c.overCap), "faults": .int(c.faults), "failedCommands": .int(c.failedCommands),
            "tokenRequests": .int(c.tokenRequests), "tokensIssued": .int(c.tokensIssued),
            "tokenRefusals": .int(c.tokenRefusals), "tokenOverlaps": .int(c.tokenOverlaps),
        ]
    }
}
