// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import Foundation
import PortalSimulator

/// What a portal costs and permits, as `bench/pace/regimes.json` describes it.
struct Regime: Codable, Sendable {
    /// What one command takes, in seconds.
    struct Cost: Codable, Sendable {
        var wall: Double
        var operating: Double
    }

    /// Costs that change while the import runs.
    struct Change: Codable, Sendable {
        /// Seconds after the first request.
        var at: Double
        var factor: Double
    }

    var name: String
    var calls: Int
    var register: Cost
    var finish: Cost
    var lookUp: Cost
    /// `off`, `A` or `B`.
    var limiter: String
    var operatingLimit: Double
    /// `nil`: the portal counts no requests.
    var requestsPerSecond: Double?
    var burst: Double?
    /// Seconds that a request is on its way, and a reply on its way back.
    var network: Double
    var lanes: Int
    /// Requests per second that another program sends from the same address.
    var othersPerSecond: Double
    /// By how many seconds all of these come later.
    var othersPhase: Double
    /// Whether they come at random moments instead of evenly.
    var othersRandom: Bool?
    /// The method that they call in vain, which costs a quarter of its operating time; `nil`: one that costs nothing.
    var othersMethod: String?
    var change: Change?
    /// How many nights follow one another with one ledger, each with as many calls; one unless told.
    var nights: Int?
    /// Rules of the pace that are left out; none unless told.
    var without: [PaceRule]?

    static func read(_ json: String) throws -> Regime {
        try JSONDecoder().decode(Regime.self, from: Data(json.utf8))
    }

    /// A portal of this kind.
    func portalOptions() throws -> PortalOptions {
        var options = PortalOptions()
        guard let mode = PortalOptions.OperatingMode(rawValue: limiter) else {
            throw Misuse(description: "limiter: \(limiter); expected off, A or B")
        }
        options.operatingMode = mode
        options.operatingLimit = operatingLimit
        options.rateLimited = requestsPerSecond != nil
        options.rateDrain = requestsPerSecond ?? 0
        options.rateDepth = burst ?? 0
        options.costs = [
            "telephony.externalcall.register": MethodCost(latency: register.wall, operating: register.operating),
            "telephony.externalcall.finish": MethodCost(latency: finish.wall, operating: finish.operating),
            "voximplant.statistic.get": MethodCost(latency: lookUp.wall, operating: lookUp.operating),
        ]
        return options
    }
}

/// Something was asked that cannot be done.
struct Misuse: Error, CustomStringConvertible {
    var description: String
}
