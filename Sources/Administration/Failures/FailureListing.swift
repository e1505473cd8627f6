// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
package import ExitCodes
package import Importing
import Ledger
package import Reporting

/// `cdr24 failures`: rejected records, refused and held calls, each with its reason and what can be done.
package struct FailureListing: Sendable {
    private let ledger: LedgerAccess
    private let source: String?

    /// Prepares to read a ledger.
    ///
    /// - Parameter source: The key prefix of the only source that is looked at; `nil`: all.
    package init(_ ledger: LedgerAccess, source: String? = nil) {
        self.ledger = ledger
        self.source = source
    }

    /// Lists what needs a person.
    ///
    /// - Parameters:
    ///   - limit: The most records, and the most calls of each state, that are listed; 0 or more.
    ///   - isDismissed: Whether what somebody has dismissed is listed instead.
    /// - Throws: ``ImportFault``; `input` when there is no ledger or it cannot be read, `usage` for an unknown source.
    package func list(limit: Int, isDismissed: Bool = false) throws(ImportFault) -> FailureList {
        try ledger.reading { ledger throws(LedgerFault) -> Result<FailureList, ImportFault> in
            let sources = try ledger.sources()
            guard let chosen = Self.chosen(source, of: sources) else { return .failure(unknown(sources)) }
            var list = FailureList()
            list.attention = Attention(try ledger.attention())
            let names = Dictionary(uniqueKeysWithValues: chosen.map { ($0.id, $0.keyPrefix) })
            let rejects = try ledger.rejects(
                sourceID: source == nil ? nil : chosen.first?.id, isDismissed: isDismissed, limit: limit)
            list.rejects = rejects.map { FailureList.Reject($0, source: names[$0.sourceID] ?? "") }
            for state in [CallState.refused, .held] {
                let calls = try ledger.unfinishedCalls(
                    in: state, isDismissed: isDismissed, limit: source == nil ? limit : .max)
                list.calls += calls.filter { belongs($0.key) }.prefix(limit).map(FailureList.Call.init)
            }
            if source != nil || isDismissed { list.countListed(limit: limit) }
            return .success(list)
        }.get()
    }

    /// The rejected records as files that can be corrected and imported again: one for each source and header.
    ///
    /// - Parameter limit: The most records of each source.
    /// - Throws: As ``list(limit:isDismissed:)``.
    package func files(limit: Int = .max) throws(ImportFault) -> [RejectedRecords] {
        try ledger.reading { ledger throws(LedgerFault) -> Result<[RejectedRecords], ImportFault> in
            let sources = try ledger.sources()
            guard let chosen = Self.chosen(source, of: sources) else { return .failure(unknown(sources)) }
            return .success(try RejectedRecords.files(of: chosen, in: ledger, limit: limit))
        }.get()
    }

    /// The sources with a key prefix, or all; `nil` when there is none with it.
    static func chosen(_ name: String?, of sources: [LedgerSource]) -> [LedgerSource]? {
        guard let name else { return sources }
        let chosen = sources.filter { $0.keyPrefix == name }
        return chosen.isEmpty ? nil : chosen
    }

    private func belongs(_ key: String) -> Bool { source.map { key.hasPrefix($0 + ":") } ?? true }

    private func unknown(_ sources: [LedgerSource]) -> ImportFault { .unknownSource(source ?? "", among: sources) }
}

extension ImportFault {
    /// The ledger has no source with a name that a person gave.
    static func unknownSource(_ name: String, among sources: [LedgerSource]) -> ImportFault {
        let known = sources.map(\.keyPrefix).joined(separator: ", ")
        return .usage(
            "--source: the ledger has no source \(name); \(known.isEmpty ? "it has none yet" : "known: \(known)")")
    }
}

extension FailureList {
    /// Counts what is listed, where that is not all there is.
    fileprivate mutating func countListed(limit: Int) {
        attention.rejected = rejects.count
        attention.refused = calls.count { $0.state == "refused" }
        attention.held = calls.count - attention.refused
    }
}

extension FailureList.Reject {
    fileprivate init(_ reject: LedgerReject, source: String) {
        self.init(
            id: "r\(reject.id)", source: source, path: reject.path, line: reject.line, byte: reject.byte,
            column: reject.field, reason: reject.reason, message: reject.message.text, raw: reject.raw,
            content: reject.content)
    }
}
