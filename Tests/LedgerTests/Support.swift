// SPDX-License-Identifier: Apache-2.0

import Ledger

extension Ledger {
    @discardableResult
    func store(_ calls: [LedgerCall]) throws -> [Int64] {
        _ = try source(keyPrefix: "pbx", keyRule: "rule")
        return try intake { writer in try calls.map { try writer.insert($0) } }
    }
}
