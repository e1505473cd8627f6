// SPDX-License-Identifier: Apache-2.0

import Phrases

extension Summary {
    /// A labelled count, in the words that text and HTML share.
    struct Row {
        /// What is counted.
        let label: Phrase
        /// How many.
        let count: Int
        /// Whether a person should look at it when it is not 0.
        let needsAttention: Bool
        /// Whether it is a part of the row before.
        let isPart: Bool

        init(_ label: Phrase, _ count: Int, needsAttention: Bool = false, isPart: Bool = false) {
            self.label = label
            self.count = count
            self.needsAttention = needsAttention
            self.isPart = isPart
        }
    }

    /// What became of the records that were read.
    var recordRows: [Row] {
        commonRecordRows
            + records.skipped.sorted { $0.key < $1.key }.map { Row(Phrase("skipped: \($0.key)"), $0.value) }
            + records.rejected.sorted { $0.key < $1.key }.map {
                Row(Phrase("rejected: \($0.key)"), $0.value, needsAttention: true)
            }
    }

    /// The same, without the reasons.
    var briefRecordRows: [Row] {
        commonRecordRows + [
            Row(Phrase("skipped"), Self.sum(records.skipped)),
            Row(Phrase("rejected"), Self.sum(records.rejected), needsAttention: true),
        ]
    }

    private var commonRecordRows: [Row] {
        [
            Row(Phrase("new calls"), records.calls), Row(Phrase("further legs of calls"), records.merged),
            Row(Phrase("waiting for further legs"), records.waiting),
            Row(Phrase("late (call already delivered)"), records.late), Row(Phrase("duplicates"), records.duplicates),
        ]
    }

    /// What became of calls: of those in the ledger only where it could be read.
    var callRows: [Row] {
        guard calls.ledgerRead else { return sentRows }
        return sentRows + openRows
            + calls.refused.sorted { $0.key < $1.key }.map {
                Row(Phrase("refused: \($0.key)"), $0.value, needsAttention: true)
            }
            + calls.held.sorted { $0.key < $1.key }.map {
                Row(Phrase("held: \($0.key)"), $0.value, needsAttention: true)
            }
    }

    /// The same, without reasons and CRM cards.
    var briefCallRows: [Row] {
        let sent = sentRows.filter { !$0.isPart }
        guard calls.ledgerRead else { return sent }
        return sent + openRows + [
            Row(Phrase("refused"), Self.sum(calls.refused), needsAttention: true),
            Row(Phrase("held"), Self.sum(calls.held), needsAttention: true),
        ]
    }

    private var sentRows: [Row] {
        [
            Row(Phrase("delivered"), calls.delivered),
            Row(Phrase("without a CRM card"), crm?.withoutCard ?? 0, isPart: true),
            Row(Phrase("with a new lead, contact or deal"), crm?.created ?? 0, isPart: true),
            Row(Phrase("already at the portal"), calls.alreadyDelivered),
            Row(Phrase("registered by another integration"), calls.deliveredByOthers ?? 0),
        ]
    }

    private var openRows: [Row] {
        [
            Row(Phrase("waiting for further legs"), calls.waiting),
            Row(run.dryRun ? Phrase("would be delivered") : Phrase("pending"), calls.pending),
            Row(Phrase("left to another integration for now"), calls.leftToOthers ?? 0),
            Row(Phrase("of sources that are left out"), calls.leftOut ?? 0),
            Row(Phrase("unconfirmed"), calls.unsettled, needsAttention: true),
        ]
    }

    /// What was asked of the portal.
    var portalRows: [Row] {
        var rows = [
            Row(Phrase("requests"), portal.requests), Row(Phrase("commands"), portal.commands),
            Row(Phrase("refused for the rate limit"), portal.rateLimited),
            Row(Phrase("refused for the operating limit"), portal.operatingLimited),
            Row(Phrase("repeated"), portal.retries),
            Row(Phrase("lost or unreadable replies"), portal.unknownReplies),
        ]
        if portal.waitSeconds >= 1 { rows.append(Row(Phrase("seconds waited for limits"), Int(portal.waitSeconds))) }
        return rows
    }

    /// What stands in place of the counts of a ledger that could not be read; `nil` where it was.
    var ledgerRemark: Phrase? {
        calls.ledgerRead ? nil : Phrase("undelivered calls: unknown, the ledger could not be read")
    }

    /// The warnings that are not among what needs a person, each kind once.
    ///
    /// What differs only in its values is one kind; the others of a kind are counted.
    var noteLines: [Phrase] {
        var kinds: [(first: Phrase, count: Int)] = []
        var places: [String: Int] = [:]
        for note in notes ?? warnings.map(Phrase.verbatim) {
            if let place = places[note.template] {
                kinds[place].count += 1
            } else {
                places[note.template] = kinds.count
                kinds.append((note, 1))
            }
        }
        return kinds.map { $0.count == 1 ? $0.first : Phrase("\($0.first); and \($0.count - 1) more") }
    }

    private static func sum(_ counts: [String: Int]) -> Int { counts.values.reduce(0, +) }
}
