// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Foundation
import Ledger

/// A folder that is gone when the test is.
final class Folder: Sendable {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("cdr24-\(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String = "cdr24.sqlite") -> String { "\(path)/\(name)" }

    func mode(_ name: String = "cdr24.sqlite") throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: file(name))[.posixPermissions] as? Int
    }

    func bytes(_ name: String = "cdr24.sqlite") -> Data? { FileManager.default.contents(atPath: file(name)) }
}

extension LedgerCall {
    /// An invented call; `start` is in seconds since 1970.
    static func sample(
        _ key: String, start: Int64 = 1_790_000_000, state: CallState = .pending, source: Int64 = 1
    ) -> LedgerCall {
        LedgerCall(
            sourceID: source,
            call: Call(
                key: key, type: .incoming, start: CallTime(epochSeconds: start, offsetSeconds: 10_800),
                end: CallTime(epochSeconds: start + 40, offsetSeconds: 10_800), phoneNumber: "+12025550101",
                employeeExtension: "101", line: "+12025550100", callListID: 7, talk: .seconds(30), status: .success,
                failedReason: nil),
            state: state, legs: [1, 2, 3], fingerprints: [1, .max, 0x8000_0000_0000_0001], runID: 1, runLegs: 2)
    }
}

extension Ledger {
    @discardableResult
    func store(_ calls: [LedgerCall]) throws -> [Int64] {
        _ = try source(keyPrefix: "pbx", keyRule: "rule")
        return try intake { writer in try calls.map { try writer.insert($0) } }
    }
}
