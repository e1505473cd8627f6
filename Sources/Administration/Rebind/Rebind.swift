// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallLifecycle
import Clocks
package import ExitCodes
package import Importing
import Ledger
import Reporting

/// `cdr24 rebind`: the ledger follows a portal that was renamed.
package struct Rebind: Sendable {
    private let ledger: LedgerAccess
    private let time: TimeSource

    /// How long pauses between repeated questions to the portal may take together.
    private static let patience = Duration.seconds(7)
    /// How many delivered calls are looked for: a portal deletes old ones, and a person one or the other.
    private static let probes = 20

    /// Prepares to change a ledger.
    package init(_ ledger: LedgerAccess) {
        self.ledger = ledger
        time = .system
    }

    /// The host that a person means: a name with its port, or an address that begins with it.
    ///
    /// - Returns: The host in lower case; `nil` where there is none.
    package static func host(_ text: String) -> String? {
        var rest = Substring(text.lowercased())
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if rest.hasSuffix(":443") { rest = rest.dropLast(4) }
        let allowed = rest.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || [45, 46, 58, 91, 93].contains($0)
        }
        return rest.isEmpty || !allowed ? nil : String(rest)
    }

    /// Whether the portal at the new host is the one that the ledger was bound to.
    ///
    /// - Returns: How that is known, as a clause without a full stop.
    /// - Throws: ``ImportFault``; `configuration` when it is not, or nothing shows that it is, `rejected` when the portal
    ///   gives no usable reply.
    package func evidence(_ connection: PortalConnection, host: String) async throws(ImportFault) -> String {
        guard connection.host == host else {
            throw .configuration(
                "\(connection.access.setting) is that of \(connection.host), not of \(host); configure the new address first, so "
                    + "that cdr24 can check whether it is the same portal, or repeat the command with --even-if-absent")
        }
        let (binding, calls) = try ledger.reading { ledger throws(LedgerFault) in
            (try LedgerBinding(ledger), try ledger.newestDelivered(limit: Self.probes))
        }
        if let known = binding.memberID, let other = connection.memberID {
            guard known == other else {
                throw .configuration("\(host) is another portal: its member_id is another one")
            }
            return "the portal has the same member_id"
        }
        guard !calls.isEmpty else { return "the ledger has no delivered calls" }
        let probe = PortalProbe(connection, time: time, patience: Self.patience)
        do throws(PortalProbe.Failure) {
            for call in calls {
                let rows = try await probe.rows(key: call.key, callID: call.progress.portalCallID)
                if !rows.isEmpty { return "the portal has the call \(call.key)" }
            }
        } catch {
            throw .rejected("\(error)")
        }
        throw .configuration(
            """
            \(host) does not have the last \(counted(calls.count, "call")) that this ledger has delivered, so it is \
            probably another portal; use a separate ledger for each portal, or, if its calls were deleted, repeat the command \
            with --even-if-absent
            """)
    }

    /// Binds the ledger to another host.
    ///
    /// - Parameter host: The portal's host in lower case, with its port where that is unusual.
    /// - Returns: The host that the ledger was bound to; `nil` when there was none.
    /// - Throws: ``ImportFault``; `input` when there is no ledger or it cannot be used, `busy` when a run is in progress.
    package func run(host: String) throws(ImportFault) -> String? {
        try ledger.writing { ledger throws(LedgerFault) in
            let former = try LedgerBinding(ledger).host
            // The portal's own id is learnt anew from the next delivery.
            try ledger.remember([.portalHost: host, .portalMember: ""])
            return former
        }
    }
}
