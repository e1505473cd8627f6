// SPDX-License-Identifier: Apache-2.0

extension AuditView {
    func entry(_ row: StatisticsRow) -> PortalValue {
        var map = row.fields(zoneMinutes: zoneMinutes)
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
        map["REGISTER_SWITCHES"] = Self.switches(row.registerSwitches)
        map["FINISH_SWITCHES"] = Self.switches(row.finishSwitches)
        map["FINISHED_AT"] = .double(row.insertedAt)
        return .map(map)
    }

    private static func switches(_ given: [String: String]?) -> PortalValue {
        var map = PortalMap()
        for (name, value) in (given ?? [:]).sorted(by: { $0.key < $1.key }) { map[name] = .string(value) }
        return map.isEmpty ? .emptyObject : .map(map)
    }

    func entry(_ call: LiveCall) -> PortalValue {
        [
            "CALL_ID": .string(call.callID), "EXTERNAL_CALL_ID": .optional(call.externalID),
            "USER_ID": .int(call.userID), "PHONE_NUMBER": .string(call.phone), "TYPE": .int(call.type),
            "LINE_NUMBER": .optional(call.line), "CALL_LIST_ID": .optional(call.callListID),
            "CALL_START_DATE": .string(CalendarDate.iso(call.start, zoneMinutes: zoneMinutes)),
            "CALL_START_UTC": .int(Int(call.start)), "REGISTERED_AT": .double(call.registeredAt),
            "REST_APP_ID": .optional(call.applicationID),
            "CARD_SHOWN_TO": .list(call.cardShownTo.map(PortalValue.int)),
        ]
    }

    func entry(_ activity: Activity) -> PortalValue {
        [
            "ID": .int(activity.id), "CALL_ID": .string(activity.callID),
            "OWNER_TYPE": .string(activity.owner.type.rawValue), "OWNER_ID": .int(activity.owner.id),
            "RESPONSIBLE_ID": .int(activity.responsible), "DIRECTION": .int(activity.direction),
            "COMPLETED": .bool(activity.completed), "START_UTC": .int(Int(activity.start)),
            "END_UTC": .int(Int(activity.end)),
        ]
    }

    func entry(_ entity: CRMEntity) -> PortalValue {
        [
            "TYPE": .string(entity.reference.type.rawValue), "ID": .int(entity.reference.id),
            "NAME": .string(entity.name), "PHONES": .list(entity.phones.map(PortalValue.string)),
            "RESPONSIBLE_ID": .int(entity.responsible), "OPEN": .bool(entity.isOpen),
            "SOURCE_ID": .optional(entity.source), "CREATED_BY_CALL": .optional(entity.createdByCall),
        ]
    }
}
