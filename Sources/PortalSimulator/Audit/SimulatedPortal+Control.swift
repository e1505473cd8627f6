// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// What can be asked of `POST /control`, by key of the JSON object; several may be given at once.
    public static let controlHelp = """
        {"addUser": {"id": 30, "inner": "130", "name": "New Colleague", "active": true, "departments": [1]}}
        {"dismiss": 7}                      the user is no longer active
        {"restoreUser": 7}                  and active again
        {"rights": {"user": 1, "statistics": "any|department|own|none"}}
        {"statisticsRights": "own"}         for every user without a right of their own
        {"statisticsView": "empty"}         all, empty, first-value, endless or failing
        {"registerAnswer": "false"}         whole, false, without-id or missing
        {"statisticsDelay": 5}              new rows become visible so many seconds late
        {"fault": "drop-after@12"}          KIND@N, KIND@N..M or KIND@METHOD:N; N counts from the portal's start
        {"nextFault": "drop-after"}         hits the next request
        {"faultRate": "drop-after=0.05"}
        {"clearFaults": true}
        {"release": 12}                     lets held request 12 go on
        {"releaseAll": true}
        {"restart": true}                   loses running work, keeps the data
        {"clean": true}                     unfinished calls older than 30 days are removed now
        {"overloaded": true}                the manual overload block
        {"expireTokens": true}              access tokens count as expired
        {"revokeTokens": true}              and nothing brings new ones: people have to allow applications again
        {"tokenLifetime": 60}               seconds that new access tokens live
        {"refreshReuse": "never"}           never, until-used, or seconds
        {"uninstall": "local.app"}          removes an application with its lines and tokens
        {"redirect": {"client_id": "local.app", "address": "http://127.0.0.1:8025/"}}
        {"tokenFault": "drop-after@3"}      as fault, at the authorization server's requests
        {"nextTokenFault": "drop-after"}
        {"tokenFaultRate": "drop-after=0.05"}
        {"rename": "localhost"}             the portal's new name; others answer 302, the member id stays
        {"webhook": "deny"}                 allow, or deny register, finish and lines to webhooks
        {"addEntity": {"type": "CONTACT", "id": 5, "name": "Client", "phones": ["+12025550101"], "user": 3}}
        {"addCall": {"id": "externalCall.0f3c…", "user": 1, "phone": "+12025550101", "type": 1}}
                                            a live call that the portal has registered itself
        {"secret": "new"}                   the webhook's secret is changed
        {"costFactor": 3}                   every method takes and is charged so many times what it was
        {"neighbour": {"app": "Live connector", "loss": 0.1, "calls": [{"phone": "+12025550101", "type": 2,
          "start": "2026-11-03T09:12:44+03:00", "duration": 31, "user": 7}]}}
                                            another integration registers these calls; as --neighbour
        """

    /// Carries out what the JSON object asks for.
    ///
    /// - Returns: A JSON object with `ok`, and with `error` when something was not understood.
    public func control(_ json: String) -> String {
        guard let orders = JSONReader.read(Array(json.utf8))?.map, !orders.isEmpty else {
            return JSONWriter.text(["ok": false, "error": "expected a JSON object; GET /control shows the keys"])
        }
        for key in orders.keys {
            guard carryOut(key.text, orders[key] ?? .null) else {
                save()
                return JSONWriter.text([
                    "ok": false, "error": .string("\(key.text): unknown, or its value is of the wrong kind"),
                ])
            }
        }
        save()
        return JSONWriter.text(["ok": true, "requests": .int(requestNumber)])
    }

    private func carryOut(_ order: String, _ value: PortalValue) -> Bool {
        switch order {
        case "addUser": return addUser(value.map)
        case "dismiss":
            dismiss(user: value.asInt)
            return state.users[value.asInt] != nil
        case "restoreUser":
            guard var user = state.users[value.asInt] else { return false }
            user.active = true
            change(.user(user))
        case "rights":
            guard var user = state.users[value.map?["user"]?.asInt ?? 0],
                let rights = PortalUser.StatisticsRights(rawValue: value.map?["statistics"]?.asText ?? "")
            else { return false }
            user.statisticsRights = rights
            change(.user(user))
        case "statisticsRights":
            guard let rights = PortalUser.StatisticsRights(rawValue: value.asText) else { return false }
            options.statisticsRights = rights
        case "statisticsView":
            guard let view = PortalOptions.StatisticsView(rawValue: value.asText) else { return false }
            options.statisticsView = view
        case "registerAnswer":
            guard let answer = PortalOptions.RegisterAnswer(rawValue: value.asText) else { return false }
            options.registerAnswer = answer
        case "statisticsDelay": options.statisticsDelay = value.asDouble / options.timeScale
        case "fault":
            guard let fault = FaultPlan.Scripted(text: value.asText) else { return false }
            faults.scripted.append(fault)
        case "nextFault":
            guard let fault = Fault(text: value.asText) else { return false }
            faults.scripted.append(FaultPlan.Scripted(fault, at: requestNumber + 1))
        case "faultRate":
            guard let fault = FaultPlan.Random(text: value.asText) else { return false }
            faults.random.append(fault)
        case "clearFaults":
            faults = FaultPlan()
            tokenFaults = FaultPlan()
            newName = nil
        case "clean": clean(at: clock.now())
        case "release": release(value.asInt)
        case "releaseAll": releaseAll()
        case "restart": restart()
        case "overloaded": options.overloaded = value.isTruthy
        case "addEntity": return addEntity(value.map)
        case "addCall": return addCall(value.map)
        case "secret": options.secret = value.asText
        case "costFactor":
            let factor = value.asDouble
            guard factor > 0 else { return false }
            options.costs = options.costs.mapValues {
                MethodCost(latency: $0.latency * factor, operating: $0.operating * factor)
            }
        case "neighbour":
            guard let plan = value.map.flatMap({ NeighbourPlan($0) }) else { return false }
            play(plan)
        default: return carryOutAccess(order, value)
        }
        return true
    }

    /// Registers a call as the portal does when a user clicks on a number.
    private func addCall(_ map: PortalMap?) -> Bool {
        let now = clock.now()
        guard let map, let id = map["id"]?.asText, id.hasPrefix("externalCall."),
            let user = map["user"]?.asInt, state.users[user] != nil,
            let phone = PhoneText.stripped(map["phone"]?.asText ?? "")
        else { return false }
        change(
            .live(
                LiveCall(
                    callID: id, userID: user, phone: phone, type: map["type"]?.asInt ?? 1, start: now.rounded(.down),
                    registeredAt: now, primary: state.crm.find(phone: phone).first?.reference)))
        return true
    }

    /// Orders about applications, tokens and names.
    private func carryOutAccess(_ order: String, _ value: PortalValue) -> Bool {
        switch order {
        case "expireTokens": expireTokens()
        case "revokeTokens":
            state.tokens.revoke()
            expireTokens()
        case "tokenLifetime":
            guard value.asDouble > 0 else { return false }
            for index in options.applications.indices { options.applications[index].tokenSeconds = value.asDouble }
        case "refreshReuse":
            guard let reuse = RefreshReuse(text: value.asText) else { return false }
            options.refreshReuse = reuse
        case "uninstall": return uninstall(value.asText)
        case "redirect":
            let client = value.map?["client_id"]?.asText ?? options.application.clientID
            guard let index = options.applications.firstIndex(where: { $0.clientID == client }) else { return false }
            options.applications[index].redirect = value.map?["address"]?.asText ?? value.asText
        case "tokenFault":
            guard let fault = FaultPlan.Scripted(text: value.asText) else { return false }
            tokenFaults.scripted.append(fault)
        case "nextTokenFault":
            guard let fault = Fault(text: value.asText) else { return false }
            tokenFaults.scripted.append(FaultPlan.Scripted(fault, at: tokenRequestNumber + 1))
        case "tokenFaultRate":
            guard let fault = FaultPlan.Random(text: value.asText) else { return false }
            tokenFaults.random.append(fault)
        case "rename":
            guard !value.asText.isEmpty else { return false }
            newName = value.asText
        case "webhook":
            guard ["allow", "deny"].contains(value.asText) else { return false }
            options.webhookMayRegister = value.asText == "allow"
        default: return false
        }
        return true
    }

    /// Removes an application; its lines go with it.
    private func uninstall(_ clientID: String) -> Bool {
        guard let application = application(clientID) else { return false }
        options.applications.removeAll { $0.clientID == clientID }
        uninstalled.insert(clientID)
        state.tokens.revoke(clientID)
        change(.tokens(state.tokens))
        for line in state.lines where line.applicationID == application.id { change(.lineRemoved(id: line.id)) }
        return true
    }

    private func addUser(_ map: PortalMap?) -> Bool {
        guard let map, let id = map["id"]?.asInt, id > 0 else { return false }
        change(
            .user(
                PortalUser(
                    id: id, inner: map["inner"]?.asText ?? "", name: map["name"]?.asText ?? "User \(id)",
                    active: map["active"]?.isTruthy ?? true,
                    kind: PortalUser.Kind(rawValue: map["kind"]?.asText ?? "employee") ?? .employee,
                    departments: map["departments"]?.map?.list.map(\.asInt) ?? [1])))
        return true
    }

    private func addEntity(_ map: PortalMap?) -> Bool {
        guard let map, let kind = CRMReference.Kind(rawValue: map["type"]?.asText.uppercased() ?? "") else {
            return false
        }
        let id = map["id"].map(\.asInt) ?? state.crm.freeID(kind)
        change(
            .entity(
                CRMEntity(
                    reference: CRMReference(type: kind, id: id), name: map["name"]?.asText ?? "Client \(id)",
                    phones: map["phones"]?.map?.list.map(\.asText) ?? [], responsible: map["user"]?.asInt ?? 1,
                    isOpen: map["open"]?.isTruthy ?? true)))
        return true
    }

    /// Forgets all calls, clients and counts; users, rights and faults stay as they are now.
    ///
    /// Requests are counted from 1 again.
    public func reset() {
        var fresh = PortalState()
        for id in state.userOrder {
            if let user = state.users[id] { fresh.put(user) }
        }
        fresh.tokens = state.tokens
        state = fresh
        requestNumber = 0
        tokenRequestNumber = 0
        faults.startOver()
        tokenFaults.startOver()
        rateLimiter = RateLimiter(options: options)
        operatingLimiter = OperatingLimiter(options: options)
        recentlyFinished = []
        uploads = [:]
        if stateFile != nil {
            // The file tells of changes only: what is gone is told by one that empties it.
            unsaved = [.reset] + state.asChanges
            save()
        }
    }
}
