// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import PortalSimulator
import UnixSignals

@main
struct Bitrix24Sim: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bitrix24-sim",
        abstract: "A local stand-in for a Bitrix24 portal's telephony REST interface.",
        discussion: Help.discussion)

    @OptionGroup(title: "Where it listens and what it writes") var place: PlaceOptions
    @OptionGroup(title: "Who is there") var people: PeopleOptions
    @OptionGroup(title: "Applications and tokens") var access: AccessOptions
    @OptionGroup(title: "Time, costs and limits") var limits: LimitOptions
    @OptionGroup(title: "How the portal behaves") var behaviour: BehaviourOptions
    @OptionGroup(title: "What goes wrong") var faults: FaultOptions
    @OptionGroup(title: "Who else is there") var neighbours: NeighbourOptions

    func run() async throws {
        var options = PortalOptions()
        try people.apply(to: &options)
        try limits.apply(to: &options)
        behaviour.apply(to: &options)
        faults.apply(to: &options)
        access.apply(to: &options)
        let portal = try SimulatedPortal(options: options, stateFile: place.state, requestLog: place.requestLog)
        for plan in try neighbours.plans() { await portal.play(plan) }
        let server = PortalServer(portal: portal, host: place.host, port: place.port)
        let place = self.place
        let secret = options.secret
        // A second signal is not needed: there is nothing that a sudden end would spoil.
        let stopped = Task {
            for await _ in await UnixSignalsSequence(trapping: [.sigterm, .sigint]) { Foundation.exit(0) }
        }
        defer { stopped.cancel() }
        place.removeStaleReadyFile()
        do {
            try await server.run { port in
                place.announce(port: port, secret: secret)
            }
        } catch {
            throw PlaceFault(address: "\(place.host):\(place.port)", cause: error)
        }
    }
}
