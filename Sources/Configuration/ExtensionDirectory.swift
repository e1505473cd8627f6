// SPDX-License-Identifier: Apache-2.0

package import CallRecords

/// Whose calls those of an extension are: `users.extensions` of the configuration.
package struct ExtensionDirectory: Sendable, Hashable {
    /// One employee, and the days on which an extension was theirs.
    package struct Tenure: Sendable, Hashable {
        /// The employee's USER_ID.
        package var user: Int
        /// The first day, counted from 1970-01-01; `nil`: since ever.
        package var from: Int64?
        /// The first day on which it was theirs no more; `nil`: to this day.
        package var before: Int64?

        /// The time of one employee; without days: all of it.
        package init(user: Int, from: Int64? = nil, before: Int64? = nil) {
            self.user = user
            self.from = from
            self.before = before
        }

        func covers(_ day: Int64) -> Bool { day >= from ?? .min && day < before ?? .max }

        func overlaps(_ other: Tenure) -> Bool {
            from ?? .min < other.before ?? .max && other.from ?? .min < before ?? .max
        }
    }

    /// What an entry says about its extensions.
    package enum Entry: Sendable, Hashable {
        /// Employees, one after the other.
        case employees([Tenure])
        /// It is another spelling of an extension; `$1` to `$9` are groups of the entry's pattern.
        case spelling(String)
    }

    /// Whom an extension belonged to on a day.
    package enum Owner: Sendable, Hashable {
        /// The employee with this USER_ID.
        case user(Int)
        /// Nobody is named: the portal may know the extension, in this spelling.
        case unknown(String)
        /// Others are named, but on that day it was nobody's.
        case nobody
    }

    /// Entries of single extensions.
    package var exact: [String: Entry] = [:]
    /// Entries of patterns, in the order in which they are tried.
    package var patterns: [(rule: TextRule, entry: Entry)] = []

    /// A directory that names nobody.
    package init() {}

    /// Whom an extension belonged to.
    ///
    /// An entry of its own wins over patterns. A spelling is looked up once among the single extensions.
    ///
    /// - Parameter day: Days since 1970-01-01 on the phone system's clock.
    package func owner(of name: String, on day: Int64) -> Owner {
        if let entry = exact[name] { return owner(entry, day, name) }
        for (rule, entry) in patterns where rule.matches(name) {
            guard case .spelling(let spelling) = entry else { return owner(entry, day, name) }
            let other = rule.replaced(name, with: spelling)
            return exact[other].map { owner($0, day, other) } ?? .unknown(other)
        }
        return .unknown(name)
    }

    private func owner(_ entry: Entry, _ day: Int64, _ name: String) -> Owner {
        switch entry {
        case .spelling(let other):
            if case .employees(let tenures)? = exact[other] { return owner(.employees(tenures), day, other) }
            return .unknown(other)
        case .employees(let tenures):
            return tenures.first { $0.covers(day) }.map { .user($0.user) } ?? .nobody
        }
    }

    /// Whether the portal would have to look the extension up.
    package func isUnknown(_ name: String) -> Bool {
        if case .unknown = owner(of: name, on: 0) { true } else { false }
    }

    /// Whether two directories have the same entries, and their patterns in the same order.
    package static func == (a: ExtensionDirectory, b: ExtensionDirectory) -> Bool {
        a.exact == b.exact && a.patterns.map(\.rule) == b.patterns.map(\.rule)
            && a.patterns.map(\.entry) == b.patterns.map(\.entry)
    }

    /// Takes in what `==` compares.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(exact)
        for (rule, entry) in patterns {
            hasher.combine(rule)
            hasher.combine(entry)
        }
    }
}

extension ExtensionDirectory: ExpressibleByDictionaryLiteral {
    /// Single extensions with the USER_IDs that they always belong to.
    package init(dictionaryLiteral elements: (String, Int)...) {
        for (name, user) in elements { exact[name] = .employees([Tenure(user: user)]) }
    }
}
