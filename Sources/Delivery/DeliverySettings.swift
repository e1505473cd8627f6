// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
package import CDRConfiguration
package import CallRecords
import Ledger

/// What delivery is told: the portal's limits, whom calls belong to, and where to stop.
package struct DeliverySettings: Sendable {
    /// The portal's limits.
    package var portal: PortalSettings
    /// Whom calls belong to.
    package var users: UserSettings
    /// What the portal's CRM makes of calls.
    package var crm = CRMSettings()
    /// Whether the format of a source can ask for something to be created in the CRM.
    package var recordsMayCreate = false
    /// The currencies of the sources' costs.
    package var currencies: Set<String> = []
    /// The key prefixes of all sources: a row of the portal's statistics with one of them is ours.
    package var keyPrefixes: [String]
    /// How the sources live with other integrations, by their key prefixes; one that is not here sends whatever comes.
    package var neighbours: [String: NeighbourSettings] = [:]
    /// How clients' numbers are compared with those that others have registered.
    package var spelling = NumberSpelling(region: nil)
    /// The host that the ledger is bound to at the first request.
    package var host = ""
    /// How the portal knows this program.
    package var access = PortalAccess.webhook
    /// What is done about LINE_NUMBERs that the portal does not know.
    package var newLines = NewLines.create
    /// LINE_NUMBER -> the name under which it is made; others are named by their numbers.
    package var lineNames: [String: String] = [:]
    /// Looks every undelivered key up before anything is sent.
    package var verifiesPortal = false
    /// The most calls to begin; `nil`: no limit.
    package var maximumCalls: Int?
    /// No batch begins whose expected end is later; on the monotonic clock.
    package var deadline: Duration?
    /// When a request of this machine to this portal may still have been at work, at the latest; on the monotonic
    /// clock. Zero when nothing is known of an earlier one.
    package var othersMayWorkUntil: Duration = .zero
    /// Whether this machine has used another ledger, or a later state of this one, since: the ledger may not know of a
    /// finish that is still at work and that the statistics do not show yet.
    package var ledgerMayBeStale = false
    /// Whether the ledger is known to be the one that this machine used last, with all that it has sent.
    package var ledgerIsCurrent = false
    /// The highest number of a request that this machine remembers; 0 when it remembers none.
    package var highestSequence: Int64 = 0
    /// Rows that this machine remembers and the ledger does not: the portal must show every one of them.
    package var witnesses: [RowWitness] = []
    /// What a person can do when the portal does not show them, as a clause.
    package var witnessRemedy = ""

    /// The beginning of the names of all commands of the run: a reply to another run's request is noticed by it.
    package var nonce = String(UInt32.random(in: .min ... .max), radix: 36)
    /// Where the numbers that are left to chance begin.
    package var chanceSeed = UInt64.random(in: .min ... .max)

    package init(portal: PortalSettings, users: UserSettings, keyPrefixes: [String]) {
        self.portal = portal
        self.users = users
        self.keyPrefixes = keyPrefixes
    }
}
