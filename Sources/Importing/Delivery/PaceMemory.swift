// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Foundation
import Ledger

/// What the pace remembers from one run to the next, as a fact of the ledger.
struct PaceMemory: Sendable, Codable {
    var bucket: RequestBucket.Snapshot
    var budget: OperatingBudget.Snapshot
    /// By the name of the phase.
    var sizers: [String: BatchSizer.Snapshot]

    /// What the last run left; `nil` when there is nothing or it cannot be read, which only makes the start slower.
    static func read(from ledger: Ledger) -> PaceMemory? {
        guard let text = try? ledger.fact(.pace) else { return nil }
        return try? JSONDecoder().decode(PaceMemory.self, from: Data(text.utf8))
    }

    /// The form in which the ledger keeps it.
    var text: String {
        (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

extension DeliveryPace {
    /// The pace that the last run left in the ledger, or that of an unknown portal.
    init(settings: PortalSettings, ledger: Ledger, time: TimeSource) {
        self.init(
            settings: settings, epoch: time.wall() - time.monotonic().inSeconds,
            memory: PaceMemory.read(from: ledger))
    }
}

extension Duration {
    /// The whole duration in seconds.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
