// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import PortalSimulator

struct NeighbourOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Another integration that registers calls as they happen: a JSON object with calls (phone, type, start, \
            duration, user) and, if wanted, app, appId, prefix, loss, doubles, skew, jitter, delay and seed. May be repeated.
            """, valueName: "file"))
    var neighbour: [String] = []

    /// The plans of the files.
    func plans() throws -> [NeighbourPlan] {
        try neighbour.map { path in
            let data: Data
            do {
                data = try Data(contentsOf: URL(fileURLWithPath: path))
            } catch {
                throw ValidationError("--neighbour \(path): \(error.localizedDescription)")
            }
            guard let plan = NeighbourPlan(json: String(decoding: data, as: UTF8.self)) else {
                throw ValidationError(
                    "--neighbour \(path): expected {\"app\": NAME, \"loss\": 0.1, \"calls\": [{\"phone\": …, \"type\": 2, "
                        + "\"start\": \"2026-11-03T09:12:44+03:00\", \"duration\": 31, \"user\": 7}]}")
            }
            return plan
        }
    }
}
