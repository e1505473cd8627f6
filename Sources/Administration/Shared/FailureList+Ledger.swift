// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords
import Clocks
import Phrases
import Reporting

extension FailureList.Call {
    /// A call of the ledger as a person sees it.
    init(_ call: TrackedCall) {
        self.init(
            key: call.key, state: "\(call.state)", reason: call.progress.reason ?? "", note: call.progress.note,
            cause: Self.hold(call)?.cause, remedy: Self.remedy(call),
            start: UTCText.instant(call.call.start.epochSeconds),
            localStart: UTCText.local(call.call.start.epochSeconds, offset: Int(call.call.start.offsetSeconds)),
            phone: call.phoneNumber,
            employee: call.call.employeeExtension)
    }

    /// Why the call is held; `nil` if it is not.
    private static func hold(_ call: TrackedCall) -> HoldReason? {
        call.state == .held ? call.progress.reason.flatMap(HoldReason.init(rawValue:)) : nil
    }

    /// What can be done about the call, with its key where a command needs it; `nil` if nothing needs to be done.
    private static func remedy(_ call: TrackedCall) -> Phrase? {
        switch call.state {
        case .held: hold(call)?.remedy(key: call.key) ?? Phrase("run: cdr24 resolve \(call.key)")
        case .refused:
            Phrase(
                "correct the cause, then run: cdr24 retry \(call.key); after a change of rules: cdr24 import --reread")
        case .waiting, .pending, .registering, .registered, .finishing, .unsettled, .delivered, .deliveredByOthers: nil
        }
    }
}
