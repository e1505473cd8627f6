// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Clocks
import Foundation
import PortalSimulator
import TestSupport

/// What else happens to a regime's portal while an import runs.
struct Disturbances {
    let portal: SimulatedTransport
    let time: VirtualTime

    /// Sends requests of another program from the same address until the task is cancelled.
    ///
    /// - Parameters:
    ///   - phase: By how many seconds all of them come later; of random ones, what is drawn.
    ///   - isRandom: Whether they come at random moments, so often on the average.
    ///   - method: What they call, without parameters.
    func send(perSecond: Double, phase: Double, isRandom: Bool, method: String) async {
        var next = time.now + .seconds(phase)
        // Of an employee who is there, a call that is not: the portal works on it before it says so.
        let parameters = "{\"USER_ID\":1,\"CALL_ID\":\"none\"}"
        var draws = SeededRandom(UInt64(phase * 1e9))
        while !Task.isCancelled {
            let pause = isRandom ? -log(1 - Double.random(in: 0..<1, using: &draws)) : 1
            next += .seconds(pause / perSecond)
            // Only cancellation throws.
            try? await time.sleep(until: next)
            if Task.isCancelled { return }
            _ = await portal.portal.handle(.json("/rest/1/secret/\(method)", parameters))
        }
    }

    /// Multiplies the cost of every command from a moment after the first request on.
    func change(_ change: Regime.Change) async {
        while portal.first == nil {
            // Only cancellation throws.
            try? await time.sleep(until: time.now + .milliseconds(100))
            if Task.isCancelled { return }
        }
        // Only cancellation throws.
        try? await time.sleep(until: (portal.first ?? time.now) + .seconds(change.at))
        if Task.isCancelled { return }
        _ = await portal.portal.control("{\"costFactor\":\(change.factor)}")
    }
}

/// Shows every request on standard error: its moment, how long it took and what it was for.
func trace(_ exchange: SimulatedTransport.Exchange, since first: Duration) {
    let (start, end) = (exchange.period.lowerBound, exchange.period.upperBound)
    let body = String(decoding: exchange.request.body, as: UTF8.self)
    let counts = ["register", "finish", "statistic"].map { "\($0) \(body.ranges(of: "\($0)").count)" }
    let refused = exchange.reply.text.ranges(of: "OPERATION_TIME_LIMIT").count
    let moments = String(format: "%10.3f %8.3f", (start - first).inSeconds, (end - start).inSeconds)
    let line = "\(moments)  \(counts.joined(separator: ", "))  status \(exchange.reply.status), \(refused) over limit\n"
    FileHandle.standardError.write(Data(line.utf8))
}
