// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// Everything that the portal holds and has counted, as JSON.
    ///
    /// - Parameters:
    ///   - events: Whether the list of pop-ups, chats, robots and application events is included.
    ///   - rows: Whether anything but counts and checks is included.
    public func audit(events: Bool = true, rows: Bool = true) -> String {
        JSONWriter.text(rows ? auditValue(events: events) : .map(auditSummary))
    }

    /// Only the counts and checks.
    var auditSummary: PortalMap {
        ["counters": countersValue, "checks": checksValue, "methods": .map(sorted(state.methods))]
    }

    func auditValue(events: Bool) -> PortalValue {
        var view: PortalMap = [
            "now": .double(clock.now()),
            "counters": countersValue,
            "checks": checksValue,
            "methods": .map(sorted(state.methods)),
            "statistics": .list(state.statistics.rows.map(auditRow)),
            "liveCalls": .list(
                state.live.byID.values.sorted { ($0.registeredAt, $0.callID) < ($1.registeredAt, $1.callID) }
                    .map(auditCall)),
            "missedCalls": .list(
                state.missed.values.flatMap { $0 }.sorted { $0.statisticsID < $1.statisticsID }.map { missed in
                    [
                        "STATISTICS_ID": .int(missed.statisticsID), "PHONE_NUMBER": .string(missed.phone),
                        "CLOSED_BY": .optional(missed.closedBy),
                    ]
                }),
            "activities": .list(state.activities.keys.sorted().compactMap { state.activities[$0] }.map(auditActivity)),
            "entities": .list(
                state.crm.entities.values.sorted {
                    ($0.reference.type.rawValue, $0.reference.id) < ($1.reference.type.rawValue, $1.reference.id)
                }.map(auditEntity)),
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
            "requestLogLines": .int(log.lines),
            "inFlight": .int(inFlight),
            "held": .list(held.keys.sorted().map(PortalValue.int)),
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

    private func auditRow(_ row: StatisticsRow) -> PortalValue {
        var map = row.fields(zoneMinutes: options.zoneMinutes)
        map["ID"] = .int(row.id)
        map["PORTAL_USER_ID"] = .int(row.userID)
        map["CALL_TYPE"] = .int(row.type)
        map["CALL_DURATION"] = .int(row.duration)
        map["CALL_VOTE"] = .int(row.vote)
        map["CRM_ACTIVITY_ID"] = .optional(row.activityID)
        map["CRM_ENTITY_ID"] = .optional(row.entity?.id)
        map["CALL_START_UTC"] = .int(Int(row.start))
        map["CALL_LIST_ID"] = .optional(row.callListID)
        map["REGISTERED_USER_ID"] = .int(row.registeredUserID)
        map["REGISTERED_AT"] = .double(row.registeredAt)
        map["FINISHED_AT"] = .double(row.insertedAt)
        return .map(map)
    }

    private func auditCall(_ call: LiveCall) -> PortalValue {
        [
            "CALL_ID": .string(call.callID), "EXTERNAL_CALL_ID": .optional(call.externalID),
            "USER_ID": .int(call.userID), "PHONE_NUMBER": .string(call.phone), "TYPE": .int(call.type),
            "LINE_NUMBER": .optional(call.line), "CALL_LIST_ID": .optional(call.callListID),
            "CALL_START_DATE": .string(CalendarDate.iso(call.start, zoneMinutes: options.zoneMinutes)),
            "CALL_START_UTC": .int(Int(call.start)), "REGISTERED_AT": .double(call.registeredAt),
            "REST_APP_ID": .optional(call.applicationID),
            "CARD_SHOWN_TO": .list(call.cardShownTo.map(PortalValue.int)),
        ]
    }

    private func auditActivity(_ activity: Activity) -> PortalValue {
        [
            "ID": .int(activity.id), "CALL_ID": .string(activity.callID),
            "OWNER_TYPE": .string(activity.owner.type.rawValue), "OWNER_ID": .int(activity.owner.id),
            "RESPONSIBLE_ID": .int(activity.responsible), "DIRECTION": .int(activity.direction),
            "COMPLETED": .bool(activity.completed), "START_UTC": .int(Int(activity.start)),
            "END_UTC": .int(Int(activity.end)),
        ]
    }

    private func auditEntity(_ entity: CRMEntity) -> PortalValue {
        [
            "TYPE": .string(entity.reference.type.rawValue), "ID": .int(entity.reference.id),
            "NAME": .string(entity.name), "PHONES": .list(entity.phones.map(PortalValue.string)),
            "RESPONSIBLE_ID": .int(entity.responsible), "OPEN": .bool(entity.isOpen),
            "SOURCE_ID": .optional(entity.source), "CREATED_BY_CALL": .optional(entity.createdByCall),
        ]
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
        ]
    }
}
