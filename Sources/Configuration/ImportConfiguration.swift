// SPDX-License-Identifier: Apache-2.0

package import CallRecords
package import Phrases
package import Settings

/// Everything that an import is told: the configuration file with the command line's options laid over it.
package struct ImportConfiguration: Sendable {
    /// The configuration file; `nil` where there is none.
    package var path: String?
    /// The portal and its limits.
    package var portal = PortalSettings()
    /// The path of the ledger.
    package var ledger = Self.ledgerName
    /// Where records come from, in the order in which they are read.
    package var sources: [SourceSettings] = []
    /// Sources of the configuration that are not read now; their calls in the ledger live by the same rules.
    package var otherSources: [SourceSettings] = []
    /// How telephone numbers are read.
    package var numbers = NumberSettings()
    /// Whom calls belong to.
    package var users = UserSettings()
    /// Trunk or DID -> LINE_NUMBER.
    package var lines: [String: String] = [:]
    /// What is done about LINE_NUMBERs that the portal does not know.
    package var newLines = NewLines.create
    /// Value in the record -> CALL_LIST_ID.
    package var callLists: [String: Int] = [:]
    /// What the portal's CRM makes of calls.
    package var crm = CRMSettings()
    /// The folder in which this machine remembers its deliveries apart from the ledger; `nil`: nowhere.
    package var stateFolder: String?
    /// Whether the configuration names ``stateFolder``: then it must be usable.
    package var isStateFolderGiven = false
    /// How the import lives with other integrations.
    package var neighbours = NeighbourSettings()

    /// Who is told how a run ended.
    package var notify = NotifySettings()
    /// Whether reports show clients' numbers as they are.
    package var reportsShowNumbers = false
    /// The language of reports; `nil`: that of the locale.
    package var language: Language?

    /// The name of a ledger that nobody gave another.
    package static let ledgerName = "cdr24.sqlite"

    /// The defaults, which name no portal and no source.
    package init() {}
}

/// Where a secret stands, so that the secret itself is read at the last moment and kept nowhere else.
package enum SecretSource: Sendable, Equatable {
    /// An environment variable.
    case environment(String)
    /// A file that only its owner may read.
    case file(String)
    /// A credential of the systemd unit, a file in `$CREDENTIALS_DIRECTORY`.
    case credential(String)
    /// The value itself; for loopback hosts only.
    case literal(String)
}

/// The portal and its limits, as `portal:` in the configuration.
package struct PortalSettings: Sendable {
    /// Where the address of the inbound webhook stands; `nil`: nowhere.
    package var webhook: SecretSource?
    /// The application that is used instead of a webhook; `nil`: none.
    package var oauth: OAuthSettings?
    /// Requests that the portal lets through in the long run.
    package var requestsPerSecond = 2.0
    /// Requests that the portal lets through at once.
    package var burst = 50
    /// Operating seconds per window that the portal grants; `nil`: `auto`.
    package var operatingSeconds: Double?
    /// The window over which the portal counts operating seconds.
    package var operatingWindow: Duration = .seconds(600)
    /// The portal's own limit on one request.
    package var requestCap: Duration = .seconds(60)
    /// How many times ``requestCap`` a request may go on after it was sent: a little more than once, where the limit is
    /// known to be kept.
    package var settleFactor = 1.1
    /// Whether the configuration names ``requestCap``.
    package var isRequestCapGiven = false
    /// How long a batch should take.
    package var targetRequest: Duration = .seconds(20)
    /// The most commands in one batch, 2…50.
    package var batchCommands = 50
    /// Requests in flight, 1…8.
    package var lanes = 2
    /// Rules of the pace that are left out, by benchmarks only; no configuration can name them.
    package var withoutRules: Set<PaceRule> = []
    /// How long an unreachable portal is waited for when no `--until` says otherwise.
    package var unreachableFor: Duration = .seconds(30)
    /// The address of a proxy; `nil`: what the environment says.
    package var proxy: String?
    /// A file of PEM certificates that are trusted besides the system's.
    package var caFile: String?

    /// The limits of a portal in the cloud, of which nothing else is known.
    package init() {}

    /// Whether a webhook or an application is named.
    package var isConfigured: Bool { webhook != nil || oauth != nil }

    /// How long a reply is waited for: a little longer than the portal may take.
    package var replyTimeout: Duration { requestCap * 1.25 }
    /// After this long a request has surely stopped at the portal.
    package var settleAfter: Duration { requestCap * settleFactor }

    /// How many times the longest known time of a request it may go on, where no limit is known: twelve times were seen at
    /// a portal whose web server cuts the connection and whose PHP goes on, and a quarter more is for safety.
    package static let settleFactorWithoutCap = 15.0

    /// The settings at a portal that is not in the cloud: its limit on a request is not known unless it is configured.
    package func selfHosted() -> PortalSettings {
        var settings = self
        if !isRequestCapGiven { settings.settleFactor = Self.settleFactorWithoutCap }
        return settings
    }
    /// The pause before an absence is read a second time.
    package var rereadAfter: Duration { requestCap / 12 }
}

/// One entry of `sources:`.
package struct SourceSettings: Sendable {
    /// Paths, globs or folders.
    package var files: [String] = []
    /// How the files are read; `nil`: it is not set, and they cannot be.
    package var format: FormatDefinition?
    /// The zone of times without one; `nil`: that of the format.
    package var timeZone: String?
    /// Names the phone system: what every call key begins with.
    package var keyPrefix = SourceSettings.defaultKeyPrefix
    /// Calls that began before this are left out; seconds since 1970.
    package var notBefore: Int64?
    /// The source is expected to bring something new within this time.
    package var expectWithin: Duration?
    /// A live log's call is whole this long after its last leg ended.
    package var completeAfter: Duration = .seconds(600)
    /// A group never takes a record more than this after its first leg.
    package var maximumCall: Duration = .seconds(12 * 3_600)
    /// Whether ids that carry an instant are used to check ``timeZone``.
    package var checksZone = true
    /// Where the source stands in the configuration; `nil` for one that the command line made.
    package var place: SettingsPlace?
    /// What the portal's CRM makes of the source's calls; `nil`: what the configuration says for all.
    package var crm: CRMSettings?
    /// The ISO code of the currency of costs; `nil` where none is set.
    package var currency: String?
    /// Whether live logs are read from their beginning; they are continued from their end afterwards.
    package var isReread = false
    /// Whether the files are read whole and never continued, whatever the format: files that a person has corrected.
    package var isCorrection = false
    /// The folder into which files are moved when all their calls are done; `nil`: they stay where they are.
    package var moveTo: String?
    /// Peer names of the trunks, where the format cannot tell them.
    package var trunks: [String] = []
    /// What the import does about another integration of this phone system; `nil`: what holds for all sources.
    package var neighbours: NeighbourPolicy?
    /// How long a call of this source is left to the other integration; `nil`: as long as one of any source.
    package var fillAfter: Duration?

    /// The prefix of a source that names none; enough as long as there is only one.
    package static let defaultKeyPrefix = "pbx"

    /// A source without files.
    package init() {}
}

/// How numbers are read, as `numbers:` in the configuration.
package struct NumberSettings: Sendable {
    /// The region whose national numbers these are, two capitals; `nil`: only international numbers are read.
    package var region: String?
    /// A regular expression that fits extensions; `nil`: that of the format.
    package var `internal`: String?
    /// Replacements by regular expressions that are made first, in this order.
    package var rewrite: [(match: String, replace: String)] = []
    /// Whether a record whose number cannot be dialled is passed over and not rejected.
    package var skipsUnreadable = false
    /// Words for a hidden number, beside those that the program knows.
    package var hidden: [String] = []

    /// The defaults.
    package init() {}
}

/// Who a call belongs to, as `users:` in the configuration.
package struct UserSettings: Sendable {
    /// Whose calls those of an extension are.
    package var extensions = ExtensionDirectory()
    /// USER_ID of calls without a known extension.
    package var fallback: Int?
    /// USER_ID that takes the place of a dismissed employee.
    package var substitute: Int?

    /// Nobody.
    package init() {}
}
