// SPDX-License-Identifier: Apache-2.0

import Testing

/// The protocol between importer and portal, every order of events: two calls, two lanes, two faults and a crash, or one
/// fault and two crashes.
///
/// The importer's decisions are made by the real state machine; its queue, its ledger and the portal are a model.
@Suite struct ModelTests {
    @Test(arguments: ModelScene.all)
    func `whatever the order of events, no call is lost or doubled`(_ scene: ModelScene) {
        let result = ModelExploration(scene).run()
        print("model: \(scene.name): \(result.states) states")
        #expect(result.trace == nil, "\(result.trace?.joined(separator: "\n") ?? "")")
        #expect(result.impossible.isEmpty, "\(result.impossible)")
    }

    static let setBackWithoutKeys = ModelScene(
        name: "two crashes, no EXTERNAL_CALL_ID, the ledger lost or set back", keepsKeys: false, losesLedger: true,
        crashes: 2, faults: 1)

    static let rules: [(ModelRule, ModelScene)] = [
        (.intentFirst, ModelScene(name: "no right to read", canRead: false)),
        (.twoPhases, ModelScene(name: "statistics that lag", lags: true)),
        (.twoPhases, ModelScene(name: "no right to read", canRead: false)),
        (.oneCallID, ModelScene(name: "no EXTERNAL_CALL_ID", keepsKeys: false)),
        (.askBeforeRepeating, ModelScene(name: "an everyday portal")),
        (.askLate, ModelScene(name: "an everyday portal")),
        (.settleNotFound, ModelScene(name: "statistics that lag", lags: true)),
        (.lookUp, ModelScene(name: "the ledger lost or set back", losesLedger: true)),
        (
            .lookUp,
            ModelScene(name: "no EXTERNAL_CALL_ID, the ledger lost or set back", keepsKeys: false, losesLedger: true)
        ),
        (.askBeforeFinishing, setBackWithoutKeys),
        (.askBeforeFinishing, ModelScene(name: "no right to read, set back", canRead: false, losesLedger: true)),
        (.resumeOnlyCurrent, setBackWithoutKeys),
        (.askByAttributes, setBackWithoutKeys),
        (
            .settleUnclear,
            ModelScene(name: "retry, unknown errors, no right to read", canRead: false, retries: true, garbles: true)
        ),
    ]

    @Test(arguments: rules)
    func `without any one of the rules something goes wrong`(_ rule: ModelRule, _ scene: ModelScene) throws {
        let result = ModelExploration(scene.without(rule)).run()
        let trace = try #require(result.trace, "\(rule) is not needed with \(scene.name)")
        print("model: \(scene.name), without \(rule):\n  " + trace.joined(separator: "\n  "))
    }
}
