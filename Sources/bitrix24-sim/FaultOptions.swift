// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import PortalSimulator

extension FaultPlan.Scripted: ExpressibleByArgument {
    /// Reads it as ``init(text:)`` does.
    public init?(argument: String) { self.init(text: argument) }
}

extension FaultPlan.Random: ExpressibleByArgument {
    /// Reads it as ``init(text:)`` does.
    public init?(argument: String) { self.init(text: argument) }
}

struct FaultOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A fault at a given request; see above. May be repeated.", valueName: "kind@n"))
    var fault: [FaultPlan.Scripted] = []

    @Option(help: ArgumentHelp("A fault by chance, such as drop-after=0.05. May be repeated.", valueName: "kind=rate"))
    var faultRate: [FaultPlan.Random] = []

    @Option(help: "The seed of chance: the same seed gives the same faults.")
    var seed: UInt64 = 1

    func apply(to options: inout PortalOptions) {
        options.faults.scripted = fault
        options.faults.random = faultRate
        options.faults.seed = seed
    }
}
