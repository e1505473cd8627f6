// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import PortalSimulator

extension PortalApplication: ExpressibleByArgument {
    /// Reads it as ``init(text:)`` does.
    public init?(argument: String) { self.init(text: argument) }
}

extension RefreshReuse: ExpressibleByArgument {
    /// Reads it as ``init(text:)`` does.
    public init?(argument: String) { self.init(text: argument) }
}

struct AccessOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            An application: client_id=ID,client_secret=SECRET, and if wanted ,id=NUMBER ,name=NAME ,redirect=ADDRESS \
            ,scopes=A+B. May be repeated; the sample application (local.app, app-secret) stays first.
            """, valueName: "application"))
    var application: [PortalApplication] = []

    @Option(help: ArgumentHelp("Where the sample application's authorisation leads the browser.", valueName: "address"))
    var redirect = PortalApplication.sample.redirect

    @Option(help: ArgumentHelp("How long an access token lives; not scaled.", valueName: "seconds"))
    var tokenLifetime = 3600.0

    @Option(help: ArgumentHelp("How long an authorisation code lives; not scaled.", valueName: "seconds"))
    var codeLifetime = 30.0

    @Option(
        help: ArgumentHelp(
            "How long a used refresh token can be used again: never, until-used (until the new access token was used), "
                + "or seconds.", valueName: "rule"))
    var refreshReuse = RefreshReuse.untilUsed

    @Option(help: ArgumentHelp("The portal's id, which stays when it is renamed.", valueName: "id"))
    var memberId = PortalOptions().memberID

    @Option(help: ArgumentHelp("A fault at a given request to the authorization server.", valueName: "kind@n"))
    var tokenFault: [FaultPlan.Scripted] = []

    @Option(help: ArgumentHelp("A fault of the authorization server by chance.", valueName: "kind=rate"))
    var tokenFaultRate: [FaultPlan.Random] = []

    func apply(to options: inout PortalOptions) {
        options.application.redirect = redirect
        options.applications += application
        for index in options.applications.indices { options.applications[index].tokenSeconds = tokenLifetime }
        options.codeSeconds = codeLifetime
        options.refreshReuse = refreshReuse
        options.memberID = memberId
        options.tokenFaults.scripted = tokenFault
        options.tokenFaults.random = tokenFaultRate
        options.tokenFaults.seed = options.faults.seed &+ 1
    }
}
