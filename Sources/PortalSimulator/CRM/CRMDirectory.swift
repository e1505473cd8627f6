// SPDX-License-Identifier: Apache-2.0

/// The CRM's reference books.
enum CRMDirectory {
    static let sources: [(id: String, name: String)] = [
        ("CALL", "Call"), ("EMAIL", "E-mail"), ("WEB", "Website"), ("ADVERTISING", "Advertising"),
        ("PARTNER", "Existing client"), ("RECOMMENDATION", "By recommendation"), ("TRADE_SHOW", "Exhibition"),
        ("WEBFORM", "CRM form"), ("CALLBACK", "Callback"), ("OTHER", "Other"),
    ]
    static let currencies: [(code: String, name: String, rate: Double)] = [
        ("RUB", "Russian rouble", 1), ("USD", "US dollar", 90), ("EUR", "Euro", 100),
    ]
    static let callLists: [(id: Int, type: String, typeID: Int)] = [
        (1, "LEAD", 1), (2, "CONTACT", 3), (7, "LEAD", 1),
    ]
}

extension SimulatedPortal {
    func crmStatuses(_ parameters: PortalMap) -> MethodResult {
        let filter = parameters.uppercased["FILTER"]?.map?.uppercased ?? PortalMap()
        var rows: [PortalValue] = []
        for (index, source) in CRMDirectory.sources.enumerated() {
            rows.append([
                "ID": .string(String(101 + index)), "ENTITY_ID": "SOURCE", "STATUS_ID": .string(source.id),
                "NAME": .string(source.name), "NAME_INIT": .string(source.name),
                "SORT": .string(String((index + 1) * 10)), "SYSTEM": index < 10 ? "Y" : "N", "CATEGORY_ID": "0",
                "COLOR": .null, "SEMANTICS": .null, "EXTRA": .empty,
            ])
        }
        rows = rows.filter { row in
            filter.keys.allSatisfy { key in
                guard let value = row.map?[key] else { return true }
                return value.asText == filter[key]?.asText
            }
        }
        return MethodResult(.list(rows), total: rows.count)
    }

    func crmCurrencies() -> MethodResult {
        let rows = CRMDirectory.currencies.enumerated().map { index, currency -> PortalValue in
            [
                "CURRENCY": .string(currency.code), "AMOUNT_CNT": "1",
                "AMOUNT": .string(PortalValue.text(of: currency.rate)), "SORT": .string(String(100 * (index + 1))),
                "BASE": index == 0 ? "Y" : "N", "FULL_NAME": .string(currency.name), "LID": "en",
                "DECIMALS": "2", "DEC_POINT": ".",
            ]
        }
        return MethodResult(.list(rows), total: 0)
    }

    func crmCallLists(_ parameters: PortalMap) throws(RESTFailure) -> MethodResult {
        let upper = parameters.uppercased
        let filter = upper["FILTER"]?.map?.uppercased ?? PortalMap()
        let date = CalendarDate.iso(clock.now() - 86_400, zoneMinutes: options.zoneMinutes)
        let rows = CRMDirectory.callLists.map { list -> PortalMap in
            [
                "ID": .string(String(list.id)), "DATE_CREATE": .string(date), "CREATED_BY_ID": "1",
                "WEBFORM_ID": .null, "ENTITY_TYPE_ID": .string(String(list.typeID)),
            ]
        }
        for key in filter.keys where rows.first?[key] == nil {
            throw RESTFailure("100", "Unknown field definition `\(key.text)` for CallList Entity.", status: 400)
        }
        let chosen = rows.filter { row in
            filter.keys.allSatisfy { row[$0]?.asText == filter[$0]?.asText }
        }
        return MethodResult(.list(chosen.map(PortalValue.map)))
    }

    func crmCallList(_ parameters: PortalMap) throws(RESTFailure) -> MethodResult {
        let id = parameters.uppercased["ID"]?.asInt ?? 0
        if id <= 0 { throw RESTFailure("ERROR_ARGUMENT", "ID is not found", status: 400, argument: "ID") }
        guard let list = CRMDirectory.callLists.first(where: { $0.id == id }) else {
            throw RESTFailure("LIST_ID_ERROR", "Incorrect list id", status: 400)
        }
        let date = CalendarDate.iso(clock.now() - 86_400, zoneMinutes: options.zoneMinutes)
        return MethodResult([
            "ID": .string(String(id)), "DATE_CREATE": .string(date), "CREATED_BY_ID": "1", "WEBFORM_ID": .null,
            "ENTITY_TYPE_ID": .string(String(list.typeID)), "ENTITY_TYPE": .string(list.type),
        ])
    }

    /// `crm.activity.list` by `ORIGIN_ID`, which is `VI_` and the CALL_ID; other filter fields are not looked at.
    func crmActivities(_ parameters: PortalMap) -> MethodResult {
        let filter = parameters.uppercased["FILTER"]?.map?.uppercased ?? PortalMap()
        let ids: [Int]
        if let origin = filter["ORIGIN_ID"]?.asText {
            ids = origin.hasPrefix("VI_") ? state.activitiesByCall[String(origin.dropFirst(3))] ?? [] : []
        } else {
            ids = state.activities.keys.sorted()
        }
        let start = max(0, parameters["start"]?.asInt ?? 0)
        let page = ids.dropFirst(start).prefix(50).compactMap { state.activities[$0] }
        let rows = page.map { activity -> PortalValue in
            [
                "ID": .string(String(activity.id)), "ORIGIN_ID": .string("VI_" + activity.callID),
                "SUBJECT": .string(activity.subject), "TYPE_ID": "2",
                "OWNER_ID": .string(String(activity.owner.id)), "DIRECTION": .string(String(activity.direction)),
                "RESPONSIBLE_ID": .string(String(activity.responsible)),
                "COMPLETED": activity.completed ? "Y" : "N",
                "START_TIME": .string(CalendarDate.iso(activity.start, zoneMinutes: options.zoneMinutes)),
                "END_TIME": .string(CalendarDate.iso(activity.end, zoneMinutes: options.zoneMinutes)),
            ]
        }
        return MethodResult(
            .list(rows), total: ids.count, next: start + rows.count < ids.count ? start + rows.count : nil)
    }

    /// `telephony.externalCall.searchCrmEntities`: contacts, leads, companies.
    func searchEntities(_ parameters: PortalMap) throws(RESTFailure) -> MethodResult {
        let phone = parameters["PHONE_NUMBER"]?.asText ?? ""
        if phone.isEmpty { throw .business("PHONE_NUMBER is empty") }
        let rows = state.crm.find(phone: phone).map { entity -> PortalValue in
            let user = state.users[entity.responsible]
            return [
                "CRM_ENTITY_TYPE": .string(entity.reference.type.rawValue),
                "CRM_ENTITY_ID": .int(entity.reference.id),
                "ASSIGNED_BY_ID": .int(entity.responsible),
                "NAME": .string(entity.name),
                "ASSIGNED_BY": [
                    "ID": .string(String(entity.responsible)), "TIMEMAN_STATUS": "OPENED",
                    "USER_PHONE_INNER": .optional(user?.inner), "WORK_PHONE": "", "PERSONAL_PHONE": "",
                    "PERSONAL_MOBILE": "",
                ],
            ]
        }
        return MethodResult(.list(rows))
    }
}
