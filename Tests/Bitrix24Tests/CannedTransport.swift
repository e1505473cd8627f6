// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Synchronization

/// A transport that gives one answer to everything and keeps what it was asked.
final class CannedTransport: PortalTransport {
    private let exchange: PortalExchange
    private let requests = Mutex<[PortalRequest]>([])

    init(_ exchange: PortalExchange) {
        self.exchange = exchange
    }

    convenience init(status: Int = 200, location: String? = nil, _ body: String) {
        self.init(
            .answered(HTTPAnswer(status: status, body: Array(body.utf8), location: location, elapsed: .seconds(1))))
    }

    var sent: [PortalRequest] { requests.withLock { $0 } }

    func send(_ request: PortalRequest) async -> PortalExchange {
        requests.withLock { $0.append(request) }
        return exchange
    }
}
