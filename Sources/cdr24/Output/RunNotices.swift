// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import ExitCodes
import Foundation
import Importing
import Notification
import Phrases
import Synchronization

/// Those who are told how an import goes, by `notify` in the configuration.
///
/// What cannot be told is said on standard error; the exit code stays what it is.
final class RunNotices: Sendable {
    private let notifier: Notifier?
    private let language: Language
    private let start = Mutex<Task<[String], Never>?>(nil)

    /// - Parameter configuration: The configuration, or what can be read of it; `nil`: nobody is told.
    init(_ configuration: ImportConfiguration?) {
        language = CommonOptions.language(of: configuration)
        let environment = ProcessInfo.processInfo.environment
        let notifier = configuration.map { configuration in
            Notifier(
                configuration, environment: environment,
                post: Notifier.network(
                    configuration.portal, environment: environment, userAgent: "cdr24/\(CDR24.version)"),
                connect: CommonOptions.connect)
        }
        self.notifier = notifier?.isSilent == true ? nil : notifier
    }

    /// Tells the monitor that the run begins, while it does.
    func begin() {
        guard let notifier else { return }
        start.withLock { $0 = Task { await notifier.started() } }
    }

    /// Tells everybody how the run ended; returns after the time limit at the latest.
    func end(_ result: ImportRun.Result) async {
        guard let notifier, Self.isTold(result.status) else { return }
        let began = ContinuousClock.now
        // A start that arrives after the end would look like a run that never ended.
        for remark in await start.withLock({ $0 })?.value ?? [] { StandardErrorLog.say(remark) }
        let note = RunNote(result, in: language)
        for remark in await notifier.ended(note, waited: ContinuousClock.now - began) { StandardErrorLog.say(remark) }
    }

    /// What a person mistypes at a terminal is no news for others; in cron it is.
    private static func isTold(_ status: ExitStatus) -> Bool { status != .usage || isatty(STDERR_FILENO) == 0 }
}
