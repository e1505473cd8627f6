// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
package import Clocks
import Delivery
package import ExitCodes
import Intake

/// Creates lines at a portal, one by one, while no run of this machine speaks to it.
package struct LineCreation: Sendable {
    private let connection: PortalConnection
    private let time: TimeSource

    /// Prepares to create lines.
    package init(_ connection: PortalConnection, time: TimeSource) {
        self.connection = connection
        self.time = time
    }

    /// Creates lines that the portal does not have; what they are is asked again under the lock.
    ///
    /// - Parameter wanted: The lines with their names.
    /// - Returns: Those that were created, in the order in which they are wanted.
    /// - Throws: ``ImportFault``: `busy` when a run speaks to the portal, `rejected` when the portal refuses or does not
    ///   answer; lines that were created before stay.
    package func run(_ wanted: [ExternalLine]) async throws(ImportFault) -> [ExternalLine] {
        let connection = connection
        let portal = await onOwnThread("cdr24-resolver") {
            PortalIdentity(host: connection.host, memberID: connection.memberID)
        }
        let lock = try PortalLock(portal)
        let unknown = try await PortalLines(connection, time: time).list().unknown(among: wanted.map(\.number))
        var created: [ExternalLine] = []
        for line in wanted where unknown.contains(line.number) {
            if try await create(line) { created.append(line) }
        }
        _ = consume lock
        return created
    }

    /// - Returns: Whether the line was created, and not by somebody else before.
    private func create(_ line: ExternalLine) async throws(ImportFault) -> Bool {
        let name = "line"
        let (reply, _, verdict) = await connection.portal.batch([AddLine.command(line, key: name)]).reading()
        switch reply?.outcomes[name] {
        case .succeeded?: return true
        case .failed(let error)? where AddLine.isThere(error): return false
        case .failed(let error)? where error.consequence == .permanent:
            throw .rejected(PortalRefusal.line(line.number, error).text(for: connection.access))
        case .failed(let error)?:
            throw .rejected("the line \(line.number) was not created: \(PortalProbe.Failure(error, connection.access))")
        case .missing?, nil:
            throw .rejected(
                """
                it is not known whether the line \(line.number) was created: \(PortalProbe.Failure(verdict, connection.access)); \
                wait two minutes, then run the same command again
                """)
        }
    }
}

/// The lines of a portal.
package struct PortalLines: Sendable {
    private let connection: PortalConnection
    private let time: TimeSource

    /// How long pauses between repeated questions to the portal may take together.
    private static let patience = Duration.seconds(7)

    /// Prepares to ask.
    package init(_ connection: PortalConnection, time: TimeSource) {
        self.connection = connection
        self.time = time
    }

    /// Asks for the lines.
    ///
    /// - Throws: ``ImportFault/rejected(_:)`` when the portal refuses, or gives no usable reply.
    package func list() async throws(ImportFault) -> LinesReply {
        do throws(PortalProbe.Failure) {
            let probe = PortalProbe(connection, time: time, patience: Self.patience)
            let reply = try await probe.answer(to: LinesReply.command())
            do throws(UnreadableResult) {
                return try LinesReply(reply.result)
            } catch {
                throw PortalProbe.Failure(.nonsense("\(error)"), connection.access)
            }
        } catch {
            throw .rejected("\(error)")
        }
    }
}
