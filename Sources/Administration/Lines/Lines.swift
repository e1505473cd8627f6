// SPDX-License-Identifier: Apache-2.0

import Bitrix24
package import CDRConfiguration
package import Clocks
package import ExitCodes
package import Importing
import Ledger
package import Reporting

/// `cdr24 lines`: the portal's lines beside those that the configuration and undelivered calls name.
package struct Lines: Sendable {
    private let configuration: ImportConfiguration
    private let creates: Bool
    private let time: TimeSource

    /// Prepares to list lines.
    ///
    /// - Parameter creates: Whether lines that the portal does not have are created there.
    package init(_ configuration: ImportConfiguration, creates: Bool, time: TimeSource = .system) {
        self.configuration = configuration
        self.creates = creates
        self.time = time
    }

    /// Lists the lines, and creates those that are missing if that was asked for.
    ///
    /// - Throws: ``ImportFault``: `input` when the ledger cannot be read, `configuration` when it belongs to another portal,
    ///   `busy` when a run speaks to the portal, `rejected`
    ///   when the portal refuses or gives no usable reply.
    package func run(_ connection: PortalConnection) async throws(ImportFault) -> LineListing {
        let calls = try callsPerLine(connection)
        let wanted = Set(configuration.lines.values).union(calls.keys).sorted()
        let names = configuration.lineNames
        var created: [String] = []
        if creates {
            let lines = wanted.map { ExternalLine(number: $0, name: names[$0] ?? $0, createsCRM: false) }
            created = try await LineCreation(connection, time: time).run(lines).map(\.number)
        }
        let reply = try await PortalLines(connection, time: time).list()
        let unknown = Set(reply.unknown(among: wanted))
        let known = Set(wanted.map { ExternalLine.identity($0) })
        var listing = LineListing()
        for line in reply.lines.sorted(by: { $0.number < $1.number }) {
            listing.lines.append(
                LineListing.Line(
                    number: line.number, name: line.name, inPortal: true,
                    isUsed: known.contains(ExternalLine.identity(line.number)),
                    createsLeads: line.createsCRM, calls: calls[line.number] ?? 0,
                    isNew: created.contains(line.number)))
        }
        for number in unknown.sorted() {
            listing.lines.append(
                LineListing.Line(
                    number: number, name: names[number] ?? "", inPortal: false, isUsed: true, calls: calls[number] ?? 0)
            )
        }
        return listing
    }

    /// LINE_NUMBER -> calls of the ledger that are still to be sent; nothing where there is no ledger yet.
    private func callsPerLine(_ connection: PortalConnection) throws(ImportFault) -> [String: Int] {
        let access = LedgerAccess(path: configuration.ledger)
        guard let ledger = try access.openForReading() else { return [:] }
        let (binding, lines) = try ImportFault.translating { () throws(LedgerFault) in
            let found = (try LedgerBinding(ledger), try ledger.linesToSend())
            try ledger.close()
            return found
        }
        try binding.check(against: connection)
        return lines
    }
}
