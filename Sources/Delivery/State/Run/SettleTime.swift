// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import Clocks

/// How long a request may be at work at the portal, as far as is known: after that it can be asked what became of it.
struct SettleTime: Sendable {
    private let cap: Duration
    /// The time itself.
    private(set) var duration: Duration

    init(_ portal: PortalSettings) {
        cap = portal.requestCap
        duration = portal.settleAfter
    }

    /// Takes in how long a reply took: one that came later than the portal's own limit on a request shows that there is no
    /// such limit.
    ///
    /// - Returns: What a person should know about it; `nil` when nothing has changed.
    mutating func measured(_ elapsed: Duration) -> String? {
        guard elapsed > cap else { return nil }
        let longer = elapsed * PortalSettings.settleFactorWithoutCap
        guard longer > duration else { return nil }
        duration = longer
        return """
            a request took \(Int(elapsed.inSeconds.rounded(.up))) seconds, longer than the portal's limit of \
            \(cap.inSeconds) seconds; cdr24 now waits \(Int(longer.inSeconds)) seconds before it asks what became of a lost \
            request; set request_cap_seconds to the limit that the portal's server enforces
            """
    }
}
