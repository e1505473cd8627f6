// SPDX-License-Identifier: Apache-2.0

package import ExitCodes
package import Phrases

extension Summary {
    /// Whether the run did its work, in one line.
    package struct Verdict: Sendable, Equatable, Codable {
        /// How good or bad it is.
        package enum Level: String, Sendable, Codable {
            /// Everything is delivered.
            case ok
            /// The run came to its end, and something needs a person.
            case attention
            /// Work is left, which the next run continues.
            case incomplete
            /// The run could not do its work.
            case failed
        }

        /// How good or bad it is.
        package var level: Level
        /// The verdict: a clause without a full stop.
        package var message: Phrase

        /// A verdict; see the properties.
        package init(level: Level, message: Phrase) {
            self.level = level
            self.message = message
        }
    }

    /// Decides on the verdict, and puts what the run itself needs before what the ledger needs.
    ///
    /// - Parameters:
    ///   - stopReason: Why work is left; `nil` where none is.
    ///   - complaint: Why the run failed; `nil` where it did not.
    ///   - problems: Signs that calls are missing from files.
    ///   - warnings: How many findings of a dry run a person should read.
    package mutating func conclude(
        stopReason: Phrase?, complaint: Phrase?, problems: [Phrase], warnings: Int = 0
    ) {
        let status = ExitStatus(rawValue: run.exitCode) ?? .success
        let open = open(problems: problems.count, warnings: warnings)
        verdict = Verdict(level: Self.level(status), message: message(status, stopReason, open))
        needs.insert(contentsOf: problems.map { Need(.files, cause: $0) }, at: 0)
        if status.isFailure, let complaint {
            needs.insert(Need(.failed, cause: complaint, remedy: Self.remedy(status)), at: 0)
        } else if let stopReason {
            let remedy = Phrase("nothing is lost; run the same command again to continue")
            needs.insert(Need(.stopped, cause: stopReason, remedy: remedy), at: 0)
        }
    }

    /// Notes that a run could not do everything after all, once the verdict is there.
    package mutating func fail(_ status: ExitStatus, complaint: Phrase) {
        run.exitCode = status.rawValue
        run.outcome = "failed"
        run.message = complaint.english
        verdict = Verdict(level: Self.level(status), message: message(status, nil, open(problems: 0, warnings: 0)))
        needs.insert(Need(.failed, cause: complaint, remedy: Self.remedy(status)), at: 0)
    }

    /// Whether the run has looked at anything, so that it has figures.
    var hasBegun: Bool { verdict?.level != .failed || !files.isEmpty || calls.ledgerRead || portal.requests > 0 }

    private static func level(_ status: ExitStatus) -> Verdict.Level {
        switch status {
        case .success: .ok
        case .needsAttention: .attention
        case .workLeft: .incomplete
        case .usage, .configuration, .busy, .inputOutput, .portalRefuses: .failed
        }
    }

    private func message(_ status: ExitStatus, _ stopReason: Phrase?, _ open: [Phrase]) -> Phrase {
        switch status {
        case .success where run.dryRun && open.isEmpty: return Phrase("dry run completed; no problem found")
        case .success where run.dryRun: return Phrase("dry run completed: \(open)")
        case .success where calls.delivered == 0: return Phrase("completed; no new calls to deliver")
        case .success: return Phrase("completed; \(calls.delivered, .deliveredCall)")
        case .needsAttention: return Phrase("completed; needs attention: \(open)")
        case .workLeft:
            return stopReason.map { Phrase("stopped with work left: \($0)") } ?? Phrase("stopped with work left")
        case .usage: return Phrase("failed: wrong usage")
        case .portalRefuses: return Phrase("failed: the portal refuses access")
        case .inputOutput: return Phrase("failed: the ledger or a file cannot be read or written")
        case .busy: return Phrase("not started: another run is in progress")
        case .configuration: return Phrase("failed: the configuration is wrong, or would lose or duplicate calls")
        }
    }

    /// What needs a person, by kind.
    private func open(problems: Int, warnings: Int) -> [Phrase] {
        let counts: [(Int, Noun)] = [
            (problems, .fileProblem), (attention.held, .heldCall), (attention.refused, .refusedCall),
            (attention.rejected, .rejectedRecord), (warnings, .warning),
        ]
        return counts.filter { $0.0 > 0 }.map { Phrase("\($0.0, $0.1)") }
    }

    /// What helps after a failure, whatever its message says; `nil` where only the message can say it.
    private static func remedy(_ status: ExitStatus) -> Phrase? {
        switch status {
        case .configuration, .portalRefuses: Phrase("after the correction, run: cdr24 check")
        case .busy: Phrase("wait until the other run has ended, then run the same command again")
        case .inputOutput: Phrase("nothing is lost; after the correction, run the same command again")
        case .usage: Phrase("see: cdr24 import --help")
        case .success, .needsAttention, .workLeft: nil
        }
    }
}
