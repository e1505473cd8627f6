// SPDX-License-Identifier: Apache-2.0

package import Bitrix24

/// Names that calls are sent with and that the portal's CRM may lack: sources of leads and currencies. The portal refuses
/// neither, so that a mistake would stay unseen.
package struct CRMNames: Sendable {
    /// What the portal says of one kind of names.
    package enum Finding: Sendable, Equatable {
        /// All of them are there.
        case known(String)
        /// Some are not; a sentence without a full stop.
        case unknown(String)
        /// The access lacks the permission to ask; the kind of names.
        case forbidden(String)
        /// No usable answer; the kind of names.
        case unanswered(String)
    }

    /// CRM_SOURCE -> calls with it.
    private let sources: [String: Int]
    /// COST_CURRENCY -> calls with it.
    private let currencies: [String: Int]

    private static let sourceKey = "sources"
    private static let currencyKey = "currencies"

    /// - Parameters:
    ///   - sources: The CRM_SOURCEs, with the number of calls where it is known, else 0.
    ///   - currencies: The currencies, likewise.
    package init(sources: [String: Int], currencies: [String: Int]) {
        self.sources = sources
        self.currencies = currencies
    }

    /// The questions that there is reason for: none, one or two.
    package var commands: [Command] {
        (sources.isEmpty ? [] : [CRMSourcesReply.command(key: Self.sourceKey)])
            + (currencies.isEmpty ? [] : [CurrenciesReply.command(key: Self.currencyKey)])
    }

    /// What the answers to ``commands`` show.
    package func findings(_ reply: BatchReply) -> [Finding] {
        var findings: [Finding] = []
        if !sources.isEmpty {
            findings.append(
                judge("CRM_SOURCE", sources, reply.outcomes[Self.sourceKey]) { result throws(UnreadableResult) in
                    try CRMSourcesReply(result).ids
                } complaint: { names, existing in
                    "the portal does not have the CRM_SOURCE \(names), so what it creates gets the source CALL; correct "
                        + "crm in the configuration; existing sources: \(existing)"
                })
        }
        if !currencies.isEmpty {
            findings.append(
                judge("currency", currencies, reply.outcomes[Self.currencyKey]) { result throws(UnreadableResult) in
                    try CurrenciesReply(result).codes
                } complaint: { names, existing in
                    "the portal does not have the currency \(names), so it cannot convert these costs; add the currency "
                        + "there, or correct currency in the configuration; existing currencies: \(existing)"
                })
        }
        return findings
    }

    private func judge(
        _ kind: String, _ wanted: [String: Int], _ outcome: CommandOutcome?,
        read: (JSONValue) throws(UnreadableResult) -> Set<String>,
        complaint: (_ names: String, _ known: String) -> String
    ) -> Finding {
        switch outcome {
        case .succeeded(let answer)?:
            do throws(UnreadableResult) {
                let known = try read(answer.result)
                let unknown = wanted.filter { !known.contains($0.key) }.sorted { $0.key < $1.key }
                guard !unknown.isEmpty else { return .known(kind) }
                let existing = known.isEmpty ? "none" : known.sorted().joined(separator: ", ")
                return .unknown(complaint(unknown.map(Self.named).joined(separator: ", "), existing))
            } catch {
                return .unanswered(kind)
            }
        case .failed(let error)? where error.consequence == .stop: return .forbidden(kind)
        case .failed, .missing, nil: return .unanswered(kind)
        }
    }

    private static func named(_ name: String, _ calls: Int) -> String {
        switch calls {
        case 0: name
        case 1: "\(name) (1 call)"
        default: "\(name) (\(calls) calls)"
        }
    }
}
