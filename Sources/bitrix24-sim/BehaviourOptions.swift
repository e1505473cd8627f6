// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import PortalSimulator

extension ErrorStyle: ExpressibleByArgument {}
extension PortalOptions.DuplicateWindow: ExpressibleByArgument {}
extension PortalOptions.CRMMode: ExpressibleByArgument {}
extension PortalOptions.ChatAction: ExpressibleByArgument {}
extension PortalOptions.RegisterStyle: ExpressibleByArgument {}
extension PortalOptions.StatisticsView: ExpressibleByArgument {}
extension PortalOptions.RegisterAnswer: ExpressibleByArgument {}
extension PortalUser.StatisticsRights: ExpressibleByArgument {}

/// Whether something is kept.
enum Keeping: String, ExpressibleByArgument, CaseIterable {
    case keep, drop
}

/// Whether something is let in.
enum Admission: String, ExpressibleByArgument, CaseIterable {
    case allow, deny
}

struct BehaviourOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Errors as the server words them (A, empty codes) or as the documentation prints them (D).",
            valueName: "style"))
    var errorStyle = ErrorStyle.a

    @Option(
        help: ArgumentHelp(
            "The 30-minute rule looks at the start of unfinished calls (A) or at the time of registration (D).",
            valueName: "rule"))
    var duplicateWindow = PortalOptions.DuplicateWindow.a

    @Option(
        help: ArgumentHelp(
            "Whether the portal keeps EXTERNAL_CALL_ID; older self-hosted ones do not.", valueName: "what"))
    var externalIds = Keeping.keep

    @Option(help: ArgumentHelp("Whose calls a caller sees in the statistics.", valueName: "rights"))
    var statisticsRights = PortalUser.StatisticsRights.any

    @Option(help: ArgumentHelp("What the statistics show of these calls.", valueName: "what"))
    var statisticsView = PortalOptions.StatisticsView.all

    @Option(help: ArgumentHelp("What register answers once it has registered a call.", valueName: "what"))
    var registerAnswer = PortalOptions.RegisterAnswer.whole

    @Option(help: ArgumentHelp("How late new statistics rows become visible.", valueName: "seconds"))
    var statisticsDelay = 0.0

    @Option(help: ArgumentHelp("Whether webhooks may register and finish calls.", valueName: "what"))
    var webhook = Admission.allow

    @Option(
        help: ArgumentHelp("Whether a failing CRM makes register fail (A) or is swallowed (B).", valueName: "style"))
    var registerStyle = PortalOptions.RegisterStyle.b

    @Flag(help: "The CRM fails in every register.")
    var crmFails = false

    @Option(help: ArgumentHelp("Whether the CRM has leads.", valueName: "kind"))
    var crm = PortalOptions.CRMMode.classic

    @Option(help: ArgumentHelp("Whether known clients get repeat leads.", valueName: "switch"))
    var repeatLeads = Toggle.on

    @Option(help: ArgumentHelp("What happens with chats of known clients.", valueName: "action"))
    var chatAction = PortalOptions.ChatAction.separate

    @Option(help: ArgumentHelp("When an unfinished call is removed after its start; not scaled.", valueName: "days"))
    var liveCallDays = 30.0

    @Option(help: ArgumentHelp("The time between two removals of such calls; not scaled.", valueName: "seconds"))
    var cleanerInterval = 86_400.0

    @Option(help: ArgumentHelp("The portal server's zone, minutes east of Greenwich.", valueName: "minutes"))
    var zone = 180

    @Flag(help: "Only the administrator may register calls, as old documentation had it.")
    var modifyRight = false

    @Flag(help: "Everything is answered with the manual overload block.")
    var overloaded = false

    @Flag(help: "The portal has no plan that includes REST.")
    var planDenied = false

    @Flag(help: "Webhooks must come over https (seen by X-Forwarded-Proto).")
    var httpsRequired = false

    func apply(to options: inout PortalOptions) {
        options.errorStyle = errorStyle
        options.duplicateWindow = duplicateWindow
        options.keepsExternalIDs = externalIds == .keep
        options.statisticsRights = statisticsRights
        options.statisticsView = statisticsView
        options.registerAnswer = registerAnswer
        options.statisticsDelay = statisticsDelay
        options.webhookMayRegister = webhook == .allow
        options.registerStyle = registerStyle
        options.crmFails = crmFails
        options.crmMode = crm
        options.repeatLeads = repeatLeads == .on
        options.chatAction = chatAction
        options.liveCallDays = liveCallDays
        options.cleanerSeconds = cleanerInterval
        options.zoneMinutes = zone
        options.httpsRequired = httpsRequired
        options.modifyRightNeeded = modifyRight
        options.overloaded = overloaded
        options.planDenied = planDenied
    }
}
