// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords
import Clocks
import Reporting

extension FailureList.Call {
    /// A call of the ledger as a person sees it.
    init(_ call: TrackedCall) {
        self.init(
            key: call.key, state: "\(call.state)", reason: call.progress.reason ?? "", note: call.progress.note,
            remedy: Self.remedy(call), start: UTCText.instant(call.call.start.epochSeconds),
            localStart: UTCText.local(call.call.start.epochSeconds, offset: Int(call.call.start.offsetSeconds)),
            phone: call.phoneNumber,
            employee: call.call.employeeExtension)
    }

    /// What can be done about the call, with its key where a command needs it.
    private static func remedy(_ call: TrackedCall) -> String {
        switch call.state {
        case .held:
            let hold = call.progress.reason.flatMap(HoldReason.init(rawValue:))
            return (hold?.remedy ?? "run: cdr24 resolve KEY").replacing("KEY", with: call.key)
        case .refused: return "correct the cause, then run: cdr24 retry \(call.key)"
        case .waiting, .pending, .registering, .registered, .finishing, .unsettled, .delivered, .deliveredByOthers:
            return ""
        }
    }
}
