// SPDX-License-Identifier: Apache-2.0

import Testing

/// The rules that keep a call from being lost or doubled; the model can do without each.
enum ModelRule: String, CaseIterable, Sendable {
    /// An intent is durable before its request leaves.
    case intentFirst
    /// A finish leaves only when its CALL_ID is durable.
    case twoPhases
    /// One CALL_ID, one call; look-alikes one after the other.
    case oneCallID
    /// A finish without an answer is not repeated before the portal was asked.
    case askBeforeRepeating
    /// The portal is asked when nothing can be at work any more, and "no row" is believed after a second look.
    case askLate
    /// "Call is not found" is settled, and the call not simply registered again.
    case settleNotFound
    /// The ledger is never believed alone.
    case lookUp
    /// The finish of a call that an earlier process registered is not sent before the portal was asked.
    case askBeforeFinishing
    /// Only what a ledger that was used last holds as registered is asked about at once and once.
    case resumeOnlyCurrent
    /// Where calls are not told apart by keys, an unsettled call is asked for by what it is, too.
    case askByAttributes
    /// An unknown error of a finish may come after its row.
    case settleUnclear
    /// A CALL_ID that is older than its register is another call's, where calls are not told apart by keys. In the model
    /// nothing goes wrong without it: look-alikes are registered in one order only, and a row that is like a call tells
    /// whose CALL_ID it is.
    case freshCallID
}

/// What kind of portal it is, and what befalls the importer.
struct ModelScene: Sendable, CustomTestStringConvertible {
    var name: String
    /// Rows become visible at any later moment. A portal that also dies between the row and the end of the live call
    /// leaves nothing by which anybody could know: that is not covered.
    var lags = false
    /// The statistics may be read.
    var canRead = true
    /// The portal keeps EXTERNAL_CALL_ID. One that does not gives a look-alike the CALL_ID of an unfinished call.
    var keepsKeys = true
    /// The calls are a month old, and the portal's cleaner removes one that is unfinished.
    var cleans = false
    /// At the crash the ledger is lost, or set back to a copy made at any moment before.
    var losesLedger = false
    /// A person says `cdr24 retry`, once.
    var retries = false
    /// The portal answers a finish with an error that nobody knows, before or after it has written the row.
    var garbles = false
    var crashes: UInt8 = 1
    var faults: UInt8 = 2
    var rules = Set(ModelRule.allCases)

    var testDescription: String { name }

    static let all = [
        ModelScene(name: "an everyday portal"),
        ModelScene(name: "statistics that lag", lags: true),
        ModelScene(name: "no right to read", canRead: false),
        ModelScene(name: "no EXTERNAL_CALL_ID", keepsKeys: false),
        ModelScene(name: "no EXTERNAL_CALL_ID, statistics that lag", lags: true, keepsKeys: false),
        ModelScene(name: "the cleaner", cleans: true),
        ModelScene(name: "the ledger lost or set back", losesLedger: true),
        ModelScene(
            name: "no EXTERNAL_CALL_ID, the ledger lost or set back", keepsKeys: false, losesLedger: true),
        ModelScene(name: "two crashes", crashes: 2),
        ModelScene(name: "two crashes, no right to read", canRead: false, crashes: 2),
        ModelScene(name: "two crashes, the ledger lost or set back", losesLedger: true, crashes: 2, faults: 1),
        ModelScene(
            name: "two crashes, no EXTERNAL_CALL_ID, the ledger lost or set back", keepsKeys: false, losesLedger: true,
            crashes: 2, faults: 1),
        ModelScene(name: "retry, statistics that lag", lags: true, retries: true),
        ModelScene(name: "retry, unknown errors", retries: true, garbles: true),
        ModelScene(name: "retry, unknown errors, no right to read", canRead: false, retries: true, garbles: true),
        ModelScene(name: "unknown errors, no EXTERNAL_CALL_ID", keepsKeys: false, garbles: true),
        ModelScene(name: "retry, no right to read", canRead: false, retries: true),
    ]

    /// The scene without one of the rules.
    func without(_ rule: ModelRule) -> ModelScene {
        var scene = self
        scene.rules.remove(rule)
        return scene
    }
}
