// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// Runs the handler of a method.
    func perform(_ method: RESTMethod, _ parameters: PortalMap, _ context: CallContext) async throws -> MethodResult {
        if context.caller.isWebhook, !options.webhookMayRegister, method.documentedForApplications {
            throw RESTFailure.wrongAuthType
        }
        switch method {
        case .register: return try await register(parameters, context)
        case .finish: return try await finish(parameters, context)
        default: break
        }
        try await spend(1, context)
        switch method {
        case .show: return show(parameters)
        case .hide: return hide(parameters)
        case .attachRecord: return try attachRecord(parameters, context)
        case .attachTranscription: return try attachTranscription(parameters)
        case .searchCRMEntities: return try searchEntities(parameters)
        case .lineAdd: return try addLine(parameters, context.caller)
        case .lineUpdate: return try updateLine(parameters, context.caller)
        case .lineGet: return getLines(context.caller)
        case .lineDelete: return try deleteLine(parameters, context.caller)
        case .statisticGet: return try statistics(parameters, context.caller)
        case .userGet: return getUsers(parameters)
        case .userCurrent: return currentUser(context.caller)
        case .profile: return profile(context.caller)
        case .scope: return scope(parameters, context.caller)
        case .methods: return MethodResult(.list(RESTMethod.allCases.map { .string($0.name) }))
        case .methodGet: return methodGet(parameters, context.caller)
        case .appInfo: return try applicationInfo(context.caller)
        case .serverTime:
            return MethodResult(.string(CalendarDate.iso(clock.now(), zoneMinutes: options.zoneMinutes)))
        case .crmStatusList: return crmStatuses(parameters)
        case .crmCurrencyList: return crmCurrencies()
        case .crmCallListList: return try crmCallLists(parameters)
        case .crmCallListGet: return try crmCallList(parameters)
        case .crmActivityList: return crmActivities(parameters)
        case .notifySystemAdd: return try addNotification(parameters, context.caller)
        case .crmSettingsModeGet: return MethodResult(.int(options.crmMode == .classic ? 1 : 2))
        case .register, .finish, .batch, .upload, .download: throw RESTFailure.methodNotFound
        }
    }
}
