// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Settings
import TestSupport
import Testing

@testable import CDRConfiguration

/// Whose call it is, by extension and day.
@Suite struct ExtensionDirectoryTests {
    private func users(_ entries: String) throws -> UserSettings {
        try ImportConfiguration(text: "users:\n  default: 1\n  extensions:\n\(entries)\n", file: "c.yaml").users
    }

    private func refusal(_ entries: String) -> SettingsFault? {
        do {
            _ = try users(entries)
            return nil
        } catch {
            return error as? SettingsFault
        }
    }

    /// A call of an extension; seconds since 1970 in UTC, and the offset of the phone system's clock.
    private func call(_ name: String?, at seconds: Int64, offset: Int32 = 0) -> Call {
        .sample(start: seconds, offset: offset, employee: name, talk: 0)
    }

    /// 2026-03-01T00:00:00Z
    private static let march: Int64 = 1_772_323_200

    @Test(
        arguments: [
            // The last second of February and the first of March on a clock in Moscow.
            (-10_801, 10_800, 12), (-10_800, 10_800, 8),
            // The same instants where the phone system's clock shows UTC: both are February.
            (-10_801, 0, 12), (-10_800, 0, 12), (-1, 0, 12), (0, 0, 8),
            // West of Greenwich the day comes later.
            (0, -18_000, 12), (17_999, -18_000, 12), (18_000, -18_000, 8),
            (-900 * 86_400, 0, 12), (900 * 86_400, 0, 8),
        ] as [(Int64, Int32, Int)])
    func `the day of the change is that of the phone system's clock`(_ at: Int64, _ offset: Int32, _ user: Int) throws {
        let users = try users(
            """
                "101": [{ user: 12, before: 2026-03-01 }, { user: 8, from: 2026-03-01 }]
            """)
        #expect(users.employee(of: call("101", at: Self.march + at, offset: offset)) == .user(user))
    }

    @Test func `a spelling is found however often it is asked for`() throws {
        let users = try users(
            #"""
                "201": 7
                '^\+7495000(\d{3})$': { extension: '$1' }
            """#)
        for _ in 1...2 { #expect(users.employee(of: call("+7495000201", at: 0)) == .user(7)) }
    }

    @Test func `on a day that belongs to nobody the default has the call, and never whoever has the extension today`()
        throws
    {
        let users = try users(
            """
                "101": [{ user: 12, from: 2026-01-01, before: 2026-02-01 }, { user: 8, from: 2026-03-01 }]
                "102": { user: 9, before: 2026-03-01 }
            """)
        let day: Int64 = 86_400
        #expect(users.employee(of: call("101", at: Self.march - 1)) == .user(1))
        #expect(users.employee(of: call("101", at: Self.march - 29 * day)) == .user(12))
        #expect(users.employee(of: call("101", at: Self.march - 28 * day)) == .user(1))
        #expect(users.employee(of: call("101", at: Self.march - 60 * day)) == .user(1))
        #expect(users.employee(of: call("102", at: Self.march - 1)) == .user(9))
        #expect(users.employee(of: call("102", at: Self.march)) == .user(1))
        var nobody = users
        nobody.fallback = nil
        #expect(nobody.employee(of: call("102", at: Self.march)) == nil)
    }

    @Test func `expressions are tried in order after single extensions, and spellings are looked up`() throws {
        let users = try users(
            """
                "205": 5
                "101": 7
                '^20\\d$': 9
                '^2': [{ user: 10, before: 2026-03-01 }]
                '^(\\d{3})-berlin$': { extension: '$1' }
                "desk": { extension: "101" }
            """)
        let expected: [(String, Employee)] = [
            ("205", .user(5)), ("206", .user(9)), ("2060", .user(10)), ("101-berlin", .user(7)),
            ("104-berlin", .inner("104")), ("desk", .user(7)), ("104", .inner("104")), ("1010", .inner("1010")),
        ]
        for (name, employee) in expected {
            #expect(users.employee(of: call(name, at: Self.march - 1)) == employee, "\(name)")
        }
        #expect(users.employee(of: call(nil, at: Self.march)) == .user(1))
        #expect(users.extensions.isUnknown("104"))
        #expect(users.extensions.isUnknown("104-berlin"))
        #expect(!users.extensions.isUnknown("2060"))
    }

    @Test(arguments: [
        (#"    "101": [{ user: 1, before: 2026-03-02 }, { user: 2, from: 2026-03-01 }]"#, 4, 46, "two users"),
        (#"    "101": [1, 2]"#, 4, 16, "two users"),
        (#"    "101": [{ user: 1, from: 2026-03-01 }, { user: 2, from: 2027-03-01 }]"#, 4, 44, "two users"),
        (#"    "101": { user: 1, from: 2026-03-01, before: 2026-03-01 }"#, 4, 12, "not later than"),
        (#"    "101": { user: 1, from: 2026-02-30 }"#, 4, 29, "a date such as"),
        (#"    "101": { user: 1, until: 2026-02-28 }"#, 4, 23, "unknown key"),
        (#"    "101": { from: 2026-02-28 }"#, 4, 12, "missing key \"user\""),
        (#"    "101": { user: 0 }"#, 4, 20, "from 1 to"),
        (#"    "101": []"#, 4, 12, "expected a USER_ID"),
        (#"    "101": anna"#, 4, 12, "whole number"),
        ("    '^(': 5", 4, 11, "invalid pattern"),
    ])
    func `what cannot be meant is refused at its place`(
        _ entry: String, _ line: Int, _ column: Int, _ message: String
    ) throws {
        let fault = try #require(refusal(entry))
        #expect(fault.place == SettingsPlace(file: "c.yaml", line: line, column: column), "\(fault)")
        #expect(fault.message.contains(message), "\(fault)")
    }
}
