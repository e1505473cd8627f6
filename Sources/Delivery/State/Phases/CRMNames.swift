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

    /// One kind of names: how the portal is asked for those it has, and what a person should know of one that it lacks.
    private struct Kind: Sendable {
        let name: String
        let question: Command
        let read: @Sendable (JSONValue) throws(UnreadableResult) -> Set<String>
        let complaint: @Sendable (_ names: String, _ existing: String) -> String

        static let sources = Kind(name: "CRM_SOURCE", question: CRMSourcesReply.command(key: "sources")) {
            result throws(UnreadableResult) in
            try CRMSourcesReply(result).ids
        } complaint: { names, existing in
            "the portal does not have the CRM_SOURCE \(names), so what it creates gets the source CALL; correct crm in the "
                + "configuration; existing sources: \(existing)"
        }

        static let currencies = Kind(name: "currency", question: CurrenciesReply.command(key: "currencies")) {
            result throws(UnreadableResult) in
            try CurrenciesReply(result).codes
        } complaint: { names, existing in
            "the portal does not have the currency \(names), so it cannot convert these costs; add the currency there, or "
                + "correct currency in the configuration; existing currencies: \(existing)"
        }
    }

    /// The kinds that calls have names of, with the number of calls for each name.
    private let wanted: [(kind: Kind, names: [String: Int])]

    /// - Parameters:
    ///   - sources: The CRM_SOURCEs, with the number of calls where it is known, else 0.
    ///   - currencies: The currencies, likewise.
    package init(sources: [String: Int], currencies: [String: Int]) {
        let all: [(kind: Kind, names: [String: Int])] = [(.sources, sources), (.currencies, currencies)]
        wanted = all.filter { !$0.names.isEmpty }
    }

    /// The questions that there is reason for: none, one or two.
    package var commands: [Command] { wanted.map(\.kind.question) }

    /// What the answers to ``commands`` show.
    package func findings(_ reply: BatchReply) -> [Finding] {
        wanted.map { kind, names in Self.judge(names, of: kind, reply.outcomes[kind.question.key]) }
    }

    private static func judge(_ names: [String: Int], of kind: Kind, _ outcome: CommandOutcome?) -> Finding {
        switch outcome {
        case .succeeded(let answer)?:
            do throws(UnreadableResult) {
                let known = try kind.read(answer.result)
                let unknown = names.filter { !known.contains($0.key) }.sorted { $0.key < $1.key }
                guard !unknown.isEmpty else { return .known(kind.name) }
                let existing = known.isEmpty ? "none" : known.sorted().joined(separator: ", ")
                return .unknown(kind.complaint(unknown.map(named).joined(separator: ", "), existing))
            } catch {
                return .unanswered(kind.name)
            }
        case .failed(let error)? where error.consequence == .stop: return .forbidden(kind.name)
        case .failed, .missing, nil: return .unanswered(kind.name)
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
