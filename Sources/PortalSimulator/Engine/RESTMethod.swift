// SPDX-License-Identifier: Apache-2.0

/// The methods that the portal knows, by their documented names.
enum RESTMethod: String, CaseIterable, Sendable {
    case batch
    case scope
    case profile
    case appInfo = "app.info"
    case serverTime = "server.time"
    case methodGet = "method.get"
    case methods
    case userGet = "user.get"
    case userCurrent = "user.current"
    case register = "telephony.externalCall.register"
    case finish = "telephony.externalCall.finish"
    case show = "telephony.externalCall.show"
    case hide = "telephony.externalCall.hide"
    case attachRecord = "telephony.externalCall.attachRecord"
    case searchCRMEntities = "telephony.externalCall.searchCrmEntities"
    case attachTranscription = "telephony.call.attachTranscription"
    case lineAdd = "telephony.externalLine.add"
    case lineUpdate = "telephony.externalLine.update"
    case lineGet = "telephony.externalLine.get"
    case lineDelete = "telephony.externalLine.delete"
    case statisticGet = "voximplant.statistic.get"
    case crmStatusList = "crm.status.list"
    case crmCurrencyList = "crm.currency.list"
    case crmCallListList = "crm.calllist.list"
    case crmCallListGet = "crm.calllist.get"
    case crmActivityList = "crm.activity.list"
    case crmSettingsModeGet = "crm.settings.mode.get"
    case notifySystemAdd = "im.notify.system.add"
    case upload
    case download

    private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue.lowercased(), $0) })

    /// Finds a method in whatever case it is written.
    init?(name: String) {
        guard let method = Self.byName[name.lowercased()] else { return nil }
        self = method
    }

    var name: String { rawValue.lowercased() }

    /// Any one of these scopes is enough; none means that every token will do.
    var scopes: [String] {
        switch self {
        case .userGet, .userCurrent: ["user", "user_basic", "user_brief"]
        case .crmStatusList, .crmCurrencyList, .crmCallListList, .crmCallListGet, .crmActivityList, .crmSettingsModeGet:
            ["crm"]
        case .register, .finish, .show, .hide, .attachRecord, .searchCRMEntities, .attachTranscription, .lineAdd,
            .lineUpdate, .lineGet, .lineDelete, .statisticGet:
            ["telephony"]
        case .notifySystemAdd: ["im"]
        case .batch, .scope, .profile, .appInfo, .serverTime, .methodGet, .methods, .upload, .download: []
        }
    }

    /// Methods that the documentation reserves for applications.
    var documentedForApplications: Bool {
        switch self {
        case .register, .finish, .lineAdd, .lineUpdate, .lineGet, .lineDelete: true
        default: false
        }
    }

    var allowedInBatch: Bool { self != .batch && self != .upload && self != .download }
}
