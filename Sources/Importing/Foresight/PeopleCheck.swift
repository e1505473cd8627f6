// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import Reporting

/// Compares the employees whom calls belong to with those of the portal.
struct PeopleCheck {
    private let people: PortalPeople
    private let settings: UserSettings
    private let demand: CallDemand

    /// How many names a sentence lists.
    private static let mostNames = 20

    init(_ people: PortalPeople, _ settings: UserSettings, _ demand: CallDemand) {
        self.people = people
        self.settings = settings
        self.demand = demand
    }

    func run(_ subject: String, _ report: inout CheckReport) {
        let users = Dictionary(
            uniqueKeysWithValues: settings.namedUsers.union(demand.users.keys).map { ($0, demand.users[$0] ?? 0) })
        let failures = judgeExtensions(subject, &report) + judge(users, subject, &report)
        guard failures == 0 else { return }
        report.fine(subject, "all extensions and USER_IDs are active users of the portal")
    }

    private func judgeExtensions(_ subject: String, _ report: inout CheckReport) -> Int {
        let unknown = demand.extensions.filter { people.standing(ofExtension: $0.key) == .unknown }
        let dismissed = demand.extensions.filter { people.standing(ofExtension: $0.key) == .dismissed }
        if !unknown.isEmpty {
            report.warn(
                subject,
                """
                \(verbs(unknown.count, "extension", "is", "are")) unknown there: \(held(unknown)); add them to \
                users.extensions, or set the inner number in the portal: \(listed(unknown, "call", limit: Self.mostNames))
                """)
        }
        if !dismissed.isEmpty {
            report.warn(
                subject,
                """
                \(verbs(dismissed.count, "extension", "belongs", "belong")) to dismissed users there: \(held(dismissed)); \
                map them in users.extensions: \(listed(dismissed, "call", limit: Self.mostNames))
                """)
        }
        let shared = demand.extensions.keys.sorted().compactMap { name -> String? in
            guard case .shared(let ids) = people.standing(ofExtension: name) else { return nil }
            return "\(name) (USER_IDs \(ids.map(String.init).joined(separator: ", ")))"
        }
        if !shared.isEmpty {
            report.warn(
                subject,
                "extensions of more than one user there: \(shared.prefix(Self.mostNames).joined(separator: ", ")); map them "
                    + "in users.extensions")
        }
        return unknown.count + dismissed.count + shared.count
    }

    private func judge(_ users: [Int: Int], _ subject: String, _ report: inout CheckReport) -> Int {
        let unknown = named(users.filter { people.standing(ofUser: $0.key) == .unknown })
        let dismissed = named(users.filter { people.standing(ofUser: $0.key) == .dismissed })
        if !unknown.isEmpty {
            report.warn(
                subject,
                """
                \(verbs(unknown.count, "USER_ID", "is", "are")) unknown there: \(held(unknown)); correct users in the \
                configuration: \(listed(unknown, "call", limit: Self.mostNames))
                """)
        }
        if !dismissed.isEmpty {
            report.warn(
                subject,
                """
                \(verbs(dismissed.count, "USER_ID", "belongs", "belong")) to dismissed users there: \(held(dismissed)); \
                give their calls to others in users: \(listed(dismissed, "call", limit: Self.mostNames))
                """)
        }
        return unknown.count + dismissed.count
    }

    private func named(_ users: [Int: Int]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: users.map { (String($0.key), $0.value) })
    }

    private func verbs(_ count: Int, _ noun: String, _ singular: String, _ plural: String) -> String {
        "\(counted(count, noun)) \(count == 1 ? singular : plural)"
    }

    private func held(_ counts: [String: Int]) -> String {
        "\(counted(counts.values.reduce(0, +), "call")) would be held"
    }
}
