// SPDX-License-Identifier: Apache-2.0

/// What one call of a method takes.
public struct MethodCost: Sendable, Equatable {
    /// The time until the reply, in seconds.
    public var latency: Double
    /// The time charged to the operating budget, in seconds.
    public var operating: Double

    /// Makes a cost.
    public init(latency: Double, operating: Double) {
        self.latency = latency
        self.operating = operating
    }

    static let free = MethodCost(latency: 0, operating: 0)
}

/// A named set of costs.
public enum CostPreset: String, Sendable, CaseIterable {
    /// Everything is done at once and charged nothing.
    case free
    /// The durations and operating times printed in the REST documentation's example replies.
    case documented

    /// Costs by method name in lower case; a method that is missing costs nothing.
    public var table: [String: MethodCost] {
        guard self == .documented else { return [:] }
        return [
            "telephony.externalcall.register": MethodCost(latency: 1.12, operating: 0.22),
            "telephony.externalcall.finish": MethodCost(latency: 2.30, operating: 1.41),
            "telephony.externalcall.attachrecord": MethodCost(latency: 2.40, operating: 1.94),
            "telephony.externalcall.show": MethodCost(latency: 1.20, operating: 0.285),
            "telephony.externalcall.hide": MethodCost(latency: 0.81, operating: 0),
            "telephony.call.attachtranscription": MethodCost(latency: 0.50, operating: 0.138),
            "telephony.externalcall.searchcrmentities": MethodCost(latency: 0.40, operating: 0.25),
            "voximplant.statistic.get": MethodCost(latency: 0.60, operating: 0),
            "telephony.externalline.add": MethodCost(latency: 0.42, operating: 0),
            "telephony.externalline.update": MethodCost(latency: 1.0, operating: 0),
            "telephony.externalline.delete": MethodCost(latency: 0.31, operating: 0),
            "telephony.externalline.get": MethodCost(latency: 0.04, operating: 0),
        ]
    }
}
