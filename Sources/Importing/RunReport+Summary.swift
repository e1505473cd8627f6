// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords
import Clocks
import Delivery
import ExitCodes
import Intake
import Ledger
import Phrases
import Reporting

extension RunReport {
    /// The most lines and extensions that a warning lists.
    private static let mostNames = 20

    /// The summary of everything until now.
    var summary: Summary {
        var summary = Summary()
        summary.run.id = runID
        summary.run.startedAt = UTCText.instant(startedAt)
        summary.run.endedAt = UTCText.instant(time.wallSeconds)
        summary.run.dryRun = isDryRun
        summary.run.exitCode = status.rawValue
        summary.run.outcome = outcome
        summary.run.portal = portal
        summary.run.lastSuccessAt = lastSuccess.map(UTCText.instant)
        summary.sources = (health?.sources ?? []).map {
            Summary.Source(name: $0.keyPrefix, newestRecordAt: $0.newestLeg.map(UTCText.instant))
        }
        summary.run.until = deadline.map { UTCText.instant(Int64($0)) }
        summary.run.message = complaint
        summary.records = intake.tally.records
        summary.files = intake.files.named
        summary.furtherFiles = intake.files.further
        summary.unchangedFiles = intake.unchangedFiles == 0 ? nil : intake.unchangedFiles
        summary.movedFiles = moving?.moved
        summary.calls = calls
        summary.attention = attention
        summary.portal = portalUse
        summary.crm = crm
        summary.estimate = estimate
        let notes = notes
        summary.notes = notes
        summary.warnings = (problems + notes + heldCalls).map(\.english)
        summary.neighbours = neighbours.isEmpty ? nil : neighbours
        summary.needs = remainder?.attention.needs ?? []
        summary.conclude(
            stopReason: status == .workLeft ? .verbatim(stopReason) : nil, complaint: complaint.map(Phrase.verbatim),
            problems: problems, warnings: check.findings.count { $0.severity != .fine })
        return summary
    }

    /// When a run last had exit code 0: this one, or what the ledger knows.
    private var lastSuccess: Int64? { status == .success && !isDryRun ? time.wallSeconds : health?.lastSuccess }

    private var neighbours: [Summary.Neighbour] {
        (delivery?.neighbours ?? []).map { finding in
            Summary.Neighbour(
                source: finding.prefix, checked: finding.checked, found: finding.found, writers: finding.writers,
                offsetSeconds: finding.offset,
                examples: finding.examples.map { example in
                    Summary.Neighbour.Example(
                        start: UTCText.instant(example.start), number: maskedNumber(example.phoneNumber),
                        statisticsID: example.statisticID, difference: example.startDifference,
                        application: example.application)
                })
        }
    }

    private var calls: Summary.Calls {
        var calls = Summary.Calls()
        calls.delivered = delivery?.delivered ?? 0
        calls.alreadyDelivered = delivery?.found ?? 0
        calls.deliveredByOthers = delivery?.byOthers ?? 0
        calls.leftToOthers = delivery?.leftToOthers ?? 0
        guard let remainder else { return calls }
        calls.ledgerRead = true
        calls.waiting = remainder.count(.waiting)
        let leftOut = (delivery?.leftOut ?? [:]).values.reduce(0, +)
        calls.leftOut = leftOut
        calls.pending =
            remainder.count(.pending, .registering, .registered) - (delivery?.leftToOthers ?? 0) - leftOut
        calls.unsettled = remainder.count(.unsettled, .finishing)
        calls.refused = remainder.attention.refused
        calls.held = remainder.attention.held
        calls.oldestPendingAt = health?.oldestPending.map(UTCText.instant)
        return calls
    }

    private var portalUse: Summary.PortalUse {
        var use = Summary.PortalUse()
        guard let delivery else { return use }
        use.requests = delivery.requests
        use.commands = delivery.commands
        use.rateLimited = delivery.rateLimited
        use.operatingLimited = delivery.operatingLimited
        use.retries = delivery.retries
        use.unknownReplies = delivery.unknownReplies
        let totals = delivery.operatingTotals.mapValues { ($0 * 1_000).rounded() / 1_000 }
        use.operatingSeconds = totals.isEmpty ? nil : totals
        use.linesCreated = delivery.linesCreated.isEmpty ? nil : delivery.linesCreated
        use.waitSeconds = (delivery.waited.inSeconds * 1_000).rounded() / 1_000
        return use
    }

    private var crm: Summary.CRM {
        var crm = Summary.CRM()
        guard let cards = delivery?.cards else { return crm }
        crm.withoutCard = cards.withoutCard
        crm.created = cards.created
        crm.notCreated = cards.creationErrors
        return crm
    }

    private var estimate: Summary.Estimate? {
        forecast.map { forecast in
            Summary.Estimate(
                calls: forecast.calls, allowed: forecast.allowed, seconds: forecast.duration.inSeconds.rounded(),
                byDeadline: forecast.byDeadline, paceKnown: forecast.isPaceKnown,
                text: forecast.text(now: nil, deadline: deadline))
        }
    }

    /// What a person should know, and that changes nothing about how the run ended.
    private var notes: [Phrase] {
        var notes = (delivery?.warnings ?? []).map(Phrase.verbatim) + intake.remarks
        notes += intake.clockDoubts.remarks.map(Phrase.verbatim)
        notes += check.findings.filter { $0.severity != .fine }.map { .verbatim("\($0.subject): \($0.message)") }
        if let lines = delivery?.linesCreated, !lines.isEmpty {
            notes.append(Phrase("lines created in the portal: \(lines.joined(separator: ", "))"))
        }
        if let unmapped = unmappedExtensionsWarning { notes.append(unmapped) }
        if !intake.unmappedLines.isEmpty {
            notes.append(UnmappedNames.lines(intake.unmappedLines, limit: Self.mostNames))
        }
        for (words, count) in (delivery?.cards.creationErrors ?? [:]).sorted(by: { $0.key < $1.key }) {
            notes.append(Phrase("no lead was created for \(count, .ofCall): \(words)"))
        }
        return notes
    }

    /// What needs a person and is neither a call nor a record: calls are probably missing, or stay where they are.
    private var problems: [Phrase] {
        let abandoned = (delivery?.abandoned ?? [:]).sorted { $0.key < $1.key }.map { prefix, count in
            Phrase(
                """
                \(count, .call) of the source \(prefix) not sent: the configuration no longer has a source with this \
                key_prefix; add it again
                """)
        }
        return intake.alarms + (moving?.alarms ?? []).map(Phrase.verbatim) + abandoned
    }

    /// What is held, as the warnings of the JSON say it.
    private var heldCalls: [Phrase] {
        (remainder?.attention.held ?? [:]).sorted { $0.key < $1.key }.compactMap { reason, count in
            guard let hold = HoldReason(rawValue: reason) else { return nil }
            return .verbatim("held (\(reason)): \(counted(count, "call")); \(hold.remedy().english)")
        }
    }

    /// The extensions that `users.extensions` does not map, the most frequent first; `nil` when there are none.
    var unmappedExtensionsWarning: Phrase? {
        unmappedExtensions.isEmpty
            ? nil : UnmappedNames.extensions(unmappedExtensions, .call, limit: Self.mostNames)
    }
}
