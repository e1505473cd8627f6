// SPDX-License-Identifier: Apache-2.0

import ExitCodes
import Foundation
package import Phrases

/// What a run did: the one value behind the text on stdout, `--summary-json`, `--report` and `--metrics`.
///
/// The key paths are a contract with scripts: they are added to, never renamed.
package struct Summary: CommandReport, Equatable, Codable {
    /// The name and version of this form of summary.
    package var schema = "cdr24.summary/1"
    /// Whether the run did its work; missing in summaries of earlier versions.
    package var verdict: Verdict?
    /// What needs a person, the run itself first, then what is most.
    package var needs: [Need] = []
    /// The run itself.
    package var run = Run()
    /// What became of the records that the run read.
    package var records = Records()
    /// What became of calls.
    package var calls = Calls()
    /// What needs a person and nobody has dealt with, whichever run has met it.
    package var attention = Attention()
    /// What was asked of the portal.
    package var portal = PortalUse()
    /// What the portal's CRM made of the calls of this run; missing in summaries of older programs.
    package var crm: CRM?
    /// How long the delivery was expected to take when it began, or would take in a dry run; missing while unknown.
    package var estimate: Estimate?
    /// The sources that the ledger knows, by name; empty in a dry run.
    package var sources: [Source] = []
    /// The files that were read, in order, at most ``ReadFiles/mostNamed``.
    package var files: [File] = []
    /// What was read of further files; missing when all are named.
    package var furtherFiles: FurtherFiles?
    /// Files that were read before, have not changed since, and were not read again; missing when there are none.
    package var unchangedFiles: Int?
    /// Files that were moved away as `after_import` says; missing where it says nothing.
    package var movedFiles: Int?
    /// Sources whose calls another integration registers, because of which nothing was sent; missing without one.
    package var neighbours: [Neighbour]?
    /// Sentences that a person should read; none of them changes what was delivered.
    package var warnings: [String] = []
    /// Those of the warnings that are not among ``needs``, with their parts; missing in summaries of earlier versions.
    package var notes: [Phrase]?

    /// The summary of a run that has done nothing yet.
    package init() {}

    /// Reads a summary that ``JSONReport/json`` wrote, in this version or an earlier one.
    ///
    /// What an earlier version did not write has its initial value.
    ///
    /// - Throws: `DecodingError` or `CocoaError` for anything else.
    package init(json: String) throws {
        let initial = try JSONSerialization.jsonObject(with: JSONEncoder().encode(Summary()))
        let written = try JSONSerialization.jsonObject(with: Data(json.utf8))
        let whole = try JSONSerialization.data(withJSONObject: Self.overlaid(initial, by: written))
        self = try JSONDecoder().decode(Summary.self, from: whole)
    }

    private static func overlaid(_ lower: Any, by upper: Any) -> Any {
        guard let lower = lower as? [String: Any], let upper = upper as? [String: Any] else { return upper }
        return lower.merging(upper) { overlaid($0, by: $1) }
    }
}

extension Summary {
    /// The run itself.
    package struct Run: Sendable, Equatable, Codable {
        /// The number of the run in its ledger, from 1; 0 in a dry run and when the ledger could not be written.
        package var id: Int64 = 0
        /// When it began: ISO 8601, UTC.
        package var startedAt = ""
        /// When it ended: ISO 8601, UTC.
        package var endedAt = ""
        /// How the run ended, in a few words.
        package var outcome = ""
        /// Why the run could not go on, or stopped with work left; missing when it came to its end.
        package var message: String?
        /// The exit code; see `cdr24 --help`.
        package var exitCode = ExitStatus.success.rawValue
        /// Whether nothing was written and nothing sent.
        package var dryRun = false
        /// The host of the portal; missing in a dry run, and for a run that failed before it was known.
        package var portal: String?
        /// When a run of this ledger last had exit code 0: ISO 8601, UTC; missing where none has.
        package var lastSuccessAt: String?
        /// The moment that `--until` gave: ISO 8601, UTC; missing without one.
        package var until: String?

        /// A run that has not begun.
        package init() {}
    }

    /// Every record read is in exactly one of the other counts.
    package struct Records: Sendable, Equatable, Codable {
        /// Records read.
        package var read = 0
        /// Records that began a call.
        package var calls = 0
        /// Records that joined a call.
        package var merged = 0
        /// Records of groups that can still grow.
        package var waiting = 0
        /// Records that came after their call was sent.
        package var late = 0
        /// Records that the ledger knows already.
        package var duplicates = 0
        /// Reason -> records that are no business of the portal.
        package var skipped: [String: Int] = [:]
        /// Reason -> records that cannot become a call.
        package var rejected: [String: Int] = [:]

        /// No records.
        package init() {}

        /// What became of the records that were read since an earlier account.
        package func since(_ former: Records) -> Records {
            var records = self
            records.read -= former.read
            records.calls -= former.calls
            records.merged -= former.merged
            records.waiting -= former.waiting
            records.late -= former.late
            records.duplicates -= former.duplicates
            records.skipped.merge(former.skipped, uniquingKeysWith: -)
            records.rejected.merge(former.rejected, uniquingKeysWith: -)
            return records
        }

        /// Whether the counts add up to ``read``.
        package var addsUp: Bool {
            read == calls + merged + waiting + late + duplicates + skipped.values.reduce(0, +)
                + rejected.values.reduce(0, +)
        }
    }

    /// Calls by what became of them.
    package struct Calls: Sendable, Equatable, Codable {
        /// Delivered by this run.
        package var delivered = 0
        /// Found at the portal by this run.
        package var alreadyDelivered = 0
        /// Found by this run to be registered by another integration; missing in summaries of earlier versions.
        package var deliveredByOthers: Int?
        /// In the ledger now, left to another integration until they are old enough; missing in those, too.
        package var leftToOthers: Int?
        /// In the ledger now, of sources that the configuration leaves out; missing in those, too.
        package var leftOut: Int?
        /// In the ledger now, their legs not complete.
        package var waiting = 0
        /// In the ledger now, to be sent.
        package var pending = 0
        /// In the ledger now, their outcome at the portal not known yet.
        package var unsettled = 0
        /// Reason -> calls in the ledger that the portal refused for good.
        package var refused: [String: Int] = [:]
        /// Reason -> calls in the ledger that wait for a person.
        package var held: [String: Int] = [:]
        /// When the oldest call that is still to be delivered began: ISO 8601, UTC; missing where there is none.
        package var oldestPendingAt: String?
        /// Whether the ledger could be read when the run ended; where not, the counts of calls in the ledger are 0 and say
        /// nothing.
        package var ledgerRead = false

        /// No calls, of a ledger that was not read.
        package init() {}
    }

    /// What was asked of the portal.
    package struct PortalUse: Sendable, Equatable, Codable {
        /// Requests, of one command or a batch.
        package var requests = 0
        /// Commands in all of them.
        package var commands = 0
        /// Replies that refused a request for the portal's rate limit.
        package var rateLimited = 0
        /// Replies that refused a request or a command for the portal's operating limit.
        package var operatingLimited = 0
        /// Requests that repeated commands of an earlier one.
        package var retries = 0
        /// Requests whose reply was lost or could not be read.
        package var unknownReplies = 0
        /// Time spent waiting for the portal's limits, in seconds.
        package var waitSeconds = 0.0
        /// Method -> the highest operating time that the portal has reported for it during the run, in seconds of its
        /// moving window; missing in summaries of earlier versions, and where nothing was reported.
        package var operatingSeconds: [String: Double]?
        /// LINE_NUMBERs that the run created at the portal; missing when there are none.
        package var linesCreated: [String]?

        /// No requests.
        package init() {}
    }

    /// What the portal's CRM made of calls.
    package struct CRM: Sendable, Equatable, Codable {
        /// Delivered calls for which the portal created no CRM activity, because no card belongs to them.
        package var withoutCard = 0
        /// Calls for which a lead, a contact or a deal was created.
        package var created = 0
        /// The portal's words -> calls for which nothing was created although it was asked for.
        package var notCreated: [String: Int] = [:]

        /// No calls.
        package init() {}
    }

    /// How long a delivery will take.
    package struct Estimate: Sendable, Equatable, Codable {
        /// Calls that waited to be delivered.
        package var calls: Int
        /// How many of them the run may deliver, by `--max-calls`.
        package var allowed: Int
        /// How long those take, in seconds.
        package var seconds: Double
        /// How many of those are delivered by the time of `--until`; missing without one.
        package var byDeadline: Int?
        /// Whether the portal's pace was known; otherwise the documents' examples are assumed.
        package var paceKnown: Bool
        /// The same as a sentence, without a full stop.
        package var text: String

        /// An estimate; see the properties.
        package init(
            calls: Int, allowed: Int, seconds: Double, byDeadline: Int?, paceKnown: Bool, text: String
        ) {
            self.calls = calls
            self.allowed = allowed
            self.seconds = seconds
            self.byDeadline = byDeadline
            self.paceKnown = paceKnown
            self.text = text
        }
    }

    /// A source of the ledger.
    package struct Source: Sendable, Equatable, Codable {
        /// Its `key_prefix`.
        package var name: String
        /// When its newest call ended: ISO 8601, UTC; missing before the first.
        package var newestRecordAt: String?

        /// A source; see the properties.
        package init(name: String, newestRecordAt: String?) {
            self.name = name
            self.newestRecordAt = newestRecordAt
        }
    }

    /// A source whose calls another integration registers.
    package struct Neighbour: Sendable, Equatable, Codable {
        /// A call that the portal has from it.
        package struct Example: Sendable, Equatable, Codable {
            /// When the call began by the phone system: ISO 8601, UTC.
            package var start: String
            /// The client's number with its middle hidden.
            package var number: String
            /// The ID of the row in the portal's statistics.
            package var statisticsID: Int64
            /// By how many seconds the row begins later than the call.
            package var difference: Int64
            /// The application that wrote the row; missing for a webhook.
            package var application: String?

            /// An example; see the properties.
            package init(start: String, number: String, statisticsID: Int64, difference: Int64, application: String?) {
                self.start = start
                self.number = number
                self.statisticsID = statisticsID
                self.difference = difference
                self.application = application
            }
        }

        /// The key prefix of the source.
        package var source: String
        /// How many of its calls were looked up.
        package var checked: Int
        /// How many of them the portal has from others.
        package var found: Int
        /// The applications that wrote them, as a list for people.
        package var writers: String
        /// By how many seconds their clock is constantly ahead; missing when no offset was found.
        package var offsetSeconds: Int64?
        /// Up to three of the calls.
        package var examples: [Example]

        /// A source; see the properties.
        package init(
            source: String, checked: Int, found: Int, writers: String, offsetSeconds: Int64?, examples: [Example]
        ) {
            self.source = source
            self.checked = checked
            self.found = found
            self.writers = writers
            self.offsetSeconds = offsetSeconds
            self.examples = examples
        }
    }

    /// A file that was read.
    package struct File: Sendable, Equatable, Codable {
        /// Its path; `-` for standard input.
        package var path: String
        /// Bytes taken in by this run.
        package var bytes: Int64
        /// Records read by this run.
        package var records: Int

        /// A file; see the properties.
        package init(path: String, bytes: Int64, records: Int) {
            self.path = path
            self.bytes = bytes
            self.records = records
        }
    }
}
