// SPDX-License-Identifier: Apache-2.0

package import ExitCodes

/// The lock on a portal that all ledgers and users of this machine share: one abstract socket for each of its names.
///
/// Two ledgers that deliver to one portal at the same moment would not see each other's requests.
package struct PortalLock: ~Copyable, Sendable {
    private let locks: [SocketLock]

    /// The most bytes of a name in the name of a socket, which has room for 107.
    private static let mostBytes = 80

    /// Takes the lock of a portal.
    ///
    /// - Throws: ``ImportFault``: `busy` when another run speaks to the portal, `input` when the system permits no lock.
    package init(_ portal: PortalIdentity) throws(ImportFault) {
        var locks: [SocketLock] = []
        for name in portal.names { locks.append(try Self.take(name, portal)) }
        self.locks = locks
    }

    private static func take(_ name: String, _ portal: PortalIdentity) throws(ImportFault) -> SocketLock {
        do throws(SocketLock.Failure) {
            return try SocketLock(name: "cdr24/\(name.utf8.count > mostBytes ? "long-\(stableHash(name))" : name)")
        } catch {
            switch error {
            case .taken:
                throw .busy(
                    "another run delivers to \(portal.host) from this machine; wait until it ends, then run the same command again"
                )
            case .impossible(let reason):
                throw .input(
                    "cannot lock the portal \(portal.host): \(reason); allow this program Unix sockets (systemd: "
                        + "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6)")
            }
        }
    }

    /// The same number for the same name in every process (FNV-1a).
    private static func stableHash(_ name: String) -> String {
        let hash = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16)
    }
}
