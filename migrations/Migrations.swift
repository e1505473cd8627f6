// SPDX-License-Identifier: Apache-2.0

/// One step of the ledger's schema.
package struct Migration: Sendable {
    /// The step's name, remembered in every ledger that has had it; never changed.
    package let name: String
    /// The statements of the step, run in one transaction.
    package let sql: String
}

/// The steps of the ledger's schema in the order in which they are applied; steps are appended and never edited.
package enum Migrations {
    /// All steps that this program knows.
    package static let all: [Migration] = [
        Migration(name: "m0001_ledger", sql: text(PackageResources.m0001_ledger_sql)),
        Migration(name: "m0002_reject_encoding", sql: text(PackageResources.m0002_reject_encoding_sql)),
        Migration(name: "m0003_exchange", sql: text(PackageResources.m0003_exchange_sql)),
        Migration(name: "m0004_call_details", sql: text(PackageResources.m0004_call_details_sql)),
        Migration(name: "m0005_dealt_with", sql: text(PackageResources.m0005_dealt_with_sql)),
        Migration(name: "m0006_join_marks", sql: text(PackageResources.m0006_join_marks_sql)),
        Migration(name: "m0007_whole_files", sql: text(PackageResources.m0007_whole_files_sql)),
        Migration(name: "m0008_reject_indexes", sql: text(PackageResources.m0008_reject_indexes_sql)),
        Migration(name: "m0009_reject_hash", sql: text(PackageResources.m0009_reject_hash_sql)),
        Migration(name: "m0010_file_headers", sql: text(PackageResources.m0010_file_headers_sql)),
        Migration(name: "m0011_reject_parts", sql: text(PackageResources.m0011_reject_parts_sql)),
    ]

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
