// SPDX-License-Identifier: Apache-2.0

/// Everything that differs between one portal and another, or between two readings of the documentation.
///
/// All durations are a portal's own, in seconds; ``timeScale`` shrinks them together.
public struct PortalOptions: Sendable {
    /// The limiter of operating time.
    public enum OperatingMode: String, Sendable, CaseIterable {
        /// No limit is kept.
        case off
        /// Refuses while the sum of the window is over the limit.
        case a = "A"
        /// Refuses for a fixed ban once the limit is passed; also charges the method `batch` half.
        case b = "B"
    }

    /// What the thirty-minute rule against double registrations looks at.
    public enum DuplicateWindow: String, Sendable, CaseIterable {
        /// The call's own start, of unfinished calls only, as the server does.
        case a = "A"
        /// The moment of registration, finished calls too, as the documentation says.
        case d = "D"
    }

    /// What the statistics show of the rows that a caller may see.
    public enum StatisticsView: String, Sendable, CaseIterable {
        /// All of them.
        case all
        /// Nothing, without an error.
        case empty
        /// Those that fit the first value of each list in the filter.
        case firstValue = "first-value"
        /// All of them, and a next page behind each page.
        case endless
        /// An error, always.
        case failing
    }

    /// What `register` answers once it has registered a call.
    public enum RegisterAnswer: String, Sendable, CaseIterable {
        /// What it should.
        case whole
        /// `false`.
        case no = "false"
        /// An object without CALL_ID.
        case withoutID = "without-id"
        /// Nothing, where it is a command of a batch.
        case missing
    }

    /// Which kind of CRM the portal runs.
    public enum CRMMode: String, Sendable, CaseIterable { case classic, simple }

    /// What the portal does with chats of known clients.
    public enum ChatAction: String, Sendable, CaseIterable { case none, separate, append }

    /// What a caller sees of a request that was cut by the request cap.
    public enum CapReply: String, Sendable, CaseIterable { case html, empty, reset }

    /// What `register` does when the CRM fails.
    public enum RegisterStyle: String, Sendable, CaseIterable { case a = "A", b = "B" }

    // Who may speak to the portal.

    /// The secret of every user's inbound webhook.
    public var secret = "secret"
    /// The users of the portal.
    public var users = PortalUser.samples
    /// The administrator's number.
    public var administrator = 1
    /// The scopes that the webhook and the application hold.
    public var scopes = ["telephony", "crm", "user", "user_basic", "user_brief"]
    /// False answers `WRONG_AUTH_TYPE` to webhooks where the documentation demands an application.
    public var webhookMayRegister = true
    /// True refuses webhooks that did not come over https (by `X-Forwarded-Proto`).
    public var httpsRequired = false
    /// True answers everything with the manual overload block.
    public var overloaded = false
    /// True answers everything as a portal without a paid plan does.
    public var planDenied = false
    /// The installed applications; each has lines and operating budgets of its own.
    public var applications = [PortalApplication.sample]
    /// The portal's own id, which stays when its address changes.
    public var memberID = "0123456789abcdef0123456789abcdef"
    /// Seconds that an authorisation code lives; not scaled.
    public var codeSeconds = 30.0
    /// Days that a refresh token lives; not scaled.
    public var refreshDays = 180.0
    /// How long a refresh token can still be used after its first use.
    public var refreshReuse = RefreshReuse.untilUsed

    // How it words and limits.

    /// The wording of errors.
    public var errorStyle = ErrorStyle.a
    /// The limiter of operating time.
    public var operatingMode = OperatingMode.off
    /// Operating seconds allowed per method in the window.
    public var operatingLimit = 420.0
    /// The window of ten buckets.
    public var operatingWindow = 600.0
    /// The ban of mode B.
    public var operatingBan = 300.0
    /// Methods that are refused for their operating time whatever they used, by name in lower case, and when: in seconds
    /// since 1970 by the portal's clock.
    public var operatingBans: [String: Range<Double>] = [:]
    /// The share of a batch's time that mode B charges to the method `batch`.
    public var batchWeight = 0.5
    /// A request's time for a method is charged only above this.
    public var minimumCharge = 0.1
    /// Whether the front limiter is on.
    public var rateLimited = false
    /// Requests that drain out of the front limiter per second.
    public var rateDrain = 2.0
    /// Requests that the front limiter holds.
    public var rateDepth = 50.0
    /// Whether refused requests fill the front limiter too.
    public var rateCountsRefused = false
    /// The longest time for one request; 0 means no cap.
    public var requestCap = 60.0
    /// What a caller sees of a request over the cap.
    public var capReply = CapReply.html
    /// Costs by method name in lower case.
    public var costs: [String: MethodCost] = [:]

    // How its telephony behaves.

    /// The rule against double registrations.
    public var duplicateWindow = DuplicateWindow.a
    /// How far back that rule looks.
    public var duplicateSeconds = 1800.0
    /// Whether `EXTERNAL_CALL_ID` is kept.
    public var keepsExternalIDs = true
    /// False drops a filter over `EXTERNAL_CALL_ID`, as portals do that do not know the field.
    public var filtersByExternalID = true
    /// Whether only the administrator may register calls, as old documentation had it.
    public var modifyRightNeeded = false
    /// What `register` does when the CRM fails.
    public var registerStyle = RegisterStyle.b
    /// True makes every CRM step of `register` fail.
    public var crmFails = false
    /// Days after its start when an unfinished call is removed; calendar days, not scaled.
    public var liveCallDays = 30.0
    /// Seconds between two runs of the cleaner that removes them; not scaled either.
    public var cleanerSeconds = 86_400.0
    /// Classic CRM has leads, simple CRM does not.
    public var crmMode = CRMMode.classic
    /// Whether a known client without open lead or deal gets a repeat lead.
    public var repeatLeads = true
    /// What happens with chats of known clients.
    public var chatAction = ChatAction.separate
    /// What callers see of the statistics unless a user has a right of their own.
    public var statisticsRights = PortalUser.StatisticsRights.any
    /// What they show of that.
    public var statisticsView = StatisticsView.all
    /// What register answers.
    public var registerAnswer = RegisterAnswer.whole
    /// How long a new statistics row stays invisible to reads.
    public var statisticsDelay = 0.0
    /// Minutes east of Greenwich of the portal server's zone.
    public var zoneMinutes = 180

    // How it misbehaves and how time runs.

    /// Faults at given requests or at random.
    public var faults = FaultPlan()
    /// Faults of the authorization server, whose requests are counted apart.
    public var tokenFaults = FaultPlan()
    /// How many times faster than a real portal's all durations pass.
    public var timeScale = 1.0

    /// Options of a portal without costs, limits or faults.
    public init() {}

    /// The same portal with all durations divided by ``timeScale``.
    var scaled: PortalOptions {
        guard timeScale != 1 else { return self }
        var result = self
        result.operatingLimit /= timeScale
        result.operatingWindow /= timeScale
        result.operatingBan /= timeScale
        result.minimumCharge /= timeScale
        result.requestCap /= timeScale
        result.duplicateSeconds /= timeScale
        result.statisticsDelay /= timeScale
        result.costs = costs.mapValues {
            MethodCost(latency: $0.latency / timeScale, operating: $0.operating / timeScale)
        }
        return result
    }
}

extension PortalOptions {
    /// The first of the ``applications``; there is always one where this is used.
    public var application: PortalApplication {
        get { applications.first ?? .sample }
        set {
            if applications.isEmpty { applications = [newValue] } else { applications[0] = newValue }
        }
    }
}
