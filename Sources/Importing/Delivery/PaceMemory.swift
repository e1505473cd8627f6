// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Foundation
import Ledger

/// The pace's memory between runs, as a fact of the ledger.
enum PaceMemory {
    /// What the last run left; `nil` when there is nothing or it cannot be read, which only makes the start slower.
    static func read(ledger: Ledger) -> RequestBucket.Snapshot? {
        guard let text = try? ledger.fact(.pace) else { return nil }
        return try? JSONDecoder().decode(RequestBucket.Snapshot.self, from: Data(text.utf8))
    }

    static func text(_ snapshot: RequestBucket.Snapshot) -> String {
        (try? JSONEncoder().encode(snapshot)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

extension Duration {
    /// The whole duration in seconds.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
