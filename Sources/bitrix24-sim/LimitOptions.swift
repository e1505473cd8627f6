// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import PortalSimulator

extension CostPreset: ExpressibleByArgument {}
extension PortalOptions.OperatingMode: ExpressibleByArgument {}
extension PortalOptions.CapReply: ExpressibleByArgument {}

/// A switch with the words on and off.
enum Toggle: String, ExpressibleByArgument, CaseIterable {
    case on, off
}

struct LimitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How many times faster than a real portal's durations pass: costs, cap, windows, bans, delays.",
            valueName: "factor"))
    var timeScale = 1.0

    @Option(
        help: ArgumentHelp(
            "What methods cost: nothing, or what the REST documentation's examples show.", valueName: "preset"))
    var costs = CostPreset.free

    @Option(help: ArgumentHelp("The time until a method answers, METHOD=SECONDS. May be repeated.", valueName: "cost"))
    var latency: [String] = []

    @Option(help: ArgumentHelp("What a method is charged, METHOD=SECONDS. May be repeated.", valueName: "cost"))
    var operating: [String] = []

    @Option(
        help: ArgumentHelp(
            "The limiter of operating time: A refuses while over the limit, B bans for 300 s and charges batch.",
            valueName: "mode"))
    var limiter = PortalOptions.OperatingMode.off

    @Option(help: ArgumentHelp("Operating seconds per method in 600 s.", valueName: "seconds"))
    var operatingLimit = 420.0

    @Option(help: ArgumentHelp("The window of the operating limit.", valueName: "seconds"))
    var operatingWindow = 600.0

    @Option(help: ArgumentHelp("The ban of limiter B.", valueName: "seconds"))
    var operatingBan = 300.0

    @Option(help: ArgumentHelp("The limit on requests per second.", valueName: "switch"))
    var rateLimit = Toggle.off

    @Option(help: ArgumentHelp("Requests per second that drain from the request limit.", valueName: "number"))
    var rateDrain = 2.0

    @Option(help: ArgumentHelp("Requests that the request limit holds.", valueName: "number"))
    var rateDepth = 50.0

    @Flag(help: "Requests refused by the request limit fill it, too.")
    var rateCountsRefused = false

    @Option(help: ArgumentHelp("The longest time for one request; 0 for no cap.", valueName: "seconds"))
    var requestCap = 60.0

    @Option(help: ArgumentHelp("What the caller of a request over the cap sees.", valueName: "what"))
    var capReply = PortalOptions.CapReply.html

    func apply(to options: inout PortalOptions) throws {
        guard timeScale > 0 else { throw ValidationError("--time-scale \(timeScale): expected a number above 0") }
        options.timeScale = timeScale
        options.costs = costs.table
        for text in latency {
            let (method, seconds) = try Self.cost(text, option: "--latency")
            options.costs[method, default: MethodCost(latency: 0, operating: 0)].latency = seconds
        }
        for text in operating {
            let (method, seconds) = try Self.cost(text, option: "--operating")
            options.costs[method, default: MethodCost(latency: 0, operating: 0)].operating = seconds
        }
        options.operatingMode = limiter
        options.operatingLimit = operatingLimit
        options.operatingWindow = operatingWindow
        options.operatingBan = operatingBan
        options.rateLimited = rateLimit == .on
        options.rateDrain = rateDrain
        options.rateDepth = rateDepth
        options.rateCountsRefused = rateCountsRefused
        options.requestCap = requestCap
        options.capReply = capReply
    }

    private static func cost(_ text: String, option: String) throws -> (String, Double) {
        let parts = text.split(separator: "=")
        guard parts.count == 2, let seconds = Double(parts[1]), seconds >= 0 else {
            throw ValidationError(
                "\(option) \(text): expected METHOD=SECONDS, such as telephony.externalCall.finish=1.4")
        }
        return (parts[0].lowercased(), seconds)
    }
}
