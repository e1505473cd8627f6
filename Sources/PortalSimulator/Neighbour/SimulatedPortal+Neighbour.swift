// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// Lets another integration register calls: those that have ended at once, the others when their time has come.
    public func play(_ plan: NeighbourPlan) {
        neighbourRows += plan.rows
        neighbourRows.sort { $0.insertedAt > $1.insertedAt }
        writeNeighbourRows()
        save()
    }

    /// Writes the rows of other integrations whose time has come.
    func writeNeighbourRows() {
        let now = clock.now()
        while let next = neighbourRows.last, next.insertedAt <= now {
            neighbourRows.removeLast()
            // A portal that was started again with the same plan has them already.
            guard state.statistics.rows(callID: next.callID).isEmpty else { continue }
            var row = next
            row.id = state.statistics.nextID
            if !options.keepsExternalIDs { row.externalID = nil }
            change(.row(row))
        }
    }
}

extension NeighbourPlan {
    /// The rows that come of the plan, without their numbers.
    fileprivate var rows: [StatisticsRow] {
        var dice = SeededDice(seed: seed)
        return calls.enumerated().flatMap { index, call -> [StatisticsRow] in
            // Every call throws the same dice, so that a rate that is changed moves nothing else.
            let isLost = dice.fraction() < loss
            let isDoubled = dice.fraction() < doubles
            let start = call.start + skew + ((2 * dice.fraction() - 1) * jitter).rounded()
            let copies = (0..<2).map { _ in row(call, index, start: start, &dice) }
            return isLost ? [] : isDoubled ? copies : Array(copies.prefix(1))
        }
    }

    private func row(_ call: Call, _ index: Int, start: Double, _ dice: inout SeededDice) -> StatisticsRow {
        let end = call.start + Double(call.duration)
        return StatisticsRow(
            id: 0, callID: "externalCall.\(dice.hex())\(dice.hex()).\(Int(end + delay))",
            externalID: keyPrefix.isEmpty ? nil : "\(keyPrefix)\(index)", userID: call.user, phone: call.phone,
            portalNumber: "REST_APP:\(applicationID)", type: call.type, start: start, duration: call.duration,
            failedCode: call.code.isEmpty ? (call.duration > 0 ? "200" : "304") : call.code, failedReason: "", vote: 0,
            cost: 0, currency: "", applicationID: applicationID.isEmpty ? nil : applicationID,
            applicationName: applicationName.isEmpty ? nil : applicationName, insertedAt: end + delay,
            registeredUserID: call.user, registeredAt: call.start)
    }
}

extension SeededDice {
    /// A number from 0 up to, but not including, 1.
    fileprivate mutating func fraction() -> Double { Double(next() >> 11) / Double(1 << 53) }

    /// Sixteen hexadecimal digits.
    fileprivate mutating func hex() -> String {
        let part = String(next(), radix: 16)
        return String(repeating: "0", count: 16 - part.count) + part
    }
}
