// SPDX-License-Identifier: Apache-2.0

import Bitrix24
package import ExitCodes
package import Ledger

/// The portal that a ledger belongs to: "delivered" at one portal would mean lost at another.
package struct LedgerBinding: Sendable {
    /// The host of that portal, with its port where that is unusual; `nil` before the first delivery.
    package let host: String?
    /// The portal's own id, which stays when its host changes; `nil` where it is not known.
    package let memberID: String?
    private let path: String

    /// Reads the binding of a ledger.
    ///
    /// - Throws: `LedgerFault` when the ledger cannot be read.
    package init(_ ledger: Ledger) throws(LedgerFault) {
        host = try ledger.fact(.portalHost)
        memberID = try ledger.fact(.portalMember).flatMap { $0.isEmpty ? nil : $0 }
        path = ledger.path
    }

    /// Checks that the ledger may be used with a portal.
    ///
    /// The portal's own id decides where both sides know it, else its host.
    ///
    /// - Returns: The host that the portal had before, where it was renamed; `nil` where it was not.
    /// - Throws: ``ImportFault/configuration(_:)`` with the ways out when it belongs to another.
    @discardableResult
    package func check(against connection: PortalConnection) throws(ImportFault) -> String? {
        guard let host else { return nil }
        let isSame =
            if let memberID, let other = connection.memberID {
                memberID == other
            } else {
                host == connection.host
            }
        if isSame { return host == connection.host ? nil : host }
        throw .configuration(
            """
            the ledger \(path) is bound to the portal \(host), but \(connection.access.setting) is that of \
            \(connection.host); use a separate ledger for each portal, or, if the portal was only renamed, run: \
            cdr24 rebind --ledger \(path) --host \(connection.host)
            """)
    }
}

extension Ledger {
    /// Binds the ledger to a renamed portal's new host, and to the portal's own id once it is bound to its host.
    ///
    /// - Throws: `LedgerFault` when the ledger cannot be read or written.
    func bind(to connection: PortalConnection, renamedFrom former: String? = nil) throws(LedgerFault) {
        if former != nil { try remember([.portalHost: connection.host]) }
        let binding = try LedgerBinding(self)
        guard let id = connection.memberID, binding.memberID == nil, binding.host == connection.host else { return }
        try remember([.portalMember: id])
    }
}
