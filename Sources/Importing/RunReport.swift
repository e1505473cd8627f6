// SPDX-License-Identifier: Apache-2.0

import Clocks
import Delivery
import ExitCodes
import Intake
import Ledger
import Reporting

/// What a run has done so far; its summary, its exit code and its complaint follow from that.
struct RunReport: Sendable {
    let time: TimeSource
    let isDryRun: Bool
    let startedAt: Int64
    private(set) var runID: Int64 = 0
    private(set) var intake = IntakeReport()
    /// What came of moving files away; `nil` where nothing was to be moved.
    private(set) var moving: FileMoving.Result?
    private(set) var delivery: DeliveryReport?
    private(set) var forecast: Forecast?
    /// The moment that `--until` gives, in seconds since 1970.
    private(set) var deadline: Double?
    /// What is left in the ledger; `nil` while it is not known, and for a ledger that cannot be read.
    private(set) var remainder: Remainder?
    /// Extensions that the portal has to look up -> calls that are still to be sent.
    private(set) var unmappedExtensions: [String: Int] = [:]
    /// What the portal would make of the calls of a dry run; empty when it was not asked.
    private(set) var check = CheckReport()
    private(set) var wasInterrupted = false
    /// The host of the portal; `nil` in a dry run, and before it is known.
    private(set) var portal: String?
    /// What monitoring wants to know of the ledger; `nil` in a dry run, and where it cannot be read.
    private(set) var health: LedgerHealth?
    /// What went wrong, the cause first.
    private(set) var faults: [ImportFault] = []

    init(time: TimeSource, isDryRun: Bool) {
        self.time = time
        self.isDryRun = isDryRun
        startedAt = time.wallSeconds
    }

    /// The run is for this portal.
    mutating func connected(to host: String) { portal = host }

    /// The ledger was asked how it is.
    mutating func found(_ health: LedgerHealth) { self.health = health }

    /// The ledger has given the run a number.
    mutating func began(_ runID: Int64) { self.runID = runID }

    /// The files were read, or a part of them.
    mutating func took(_ intake: IntakeReport) { self.intake = intake }

    /// Files were moved away.
    mutating func moved(_ moving: FileMoving.Result) { self.moving = moving }

    /// Calls that are to be sent belong to extensions that the configuration does not map.
    mutating func found(unmappedExtensions: [String: Int]) { self.unmappedExtensions = unmappedExtensions }

    /// The delivery came to an end, a good one or a bad one.
    mutating func delivered(_ delivery: DeliveryReport, deadline: Double?) {
        self.delivery = delivery
        self.deadline = deadline
        forecast = delivery.forecast
    }

    /// A dry run has worked out how long a delivery would take.
    mutating func foresaw(_ forecast: Forecast, deadline: Double?) {
        self.forecast = forecast
        self.deadline = deadline
    }

    /// A dry run has asked the portal what it would make of the calls.
    mutating func foresaw(_ check: CheckReport) { self.check = check }

    /// A signal came before the delivery began.
    mutating func interrupted() { wasInterrupted = true }

    /// The ledger was looked through at the end.
    mutating func left(_ remainder: Remainder) { self.remainder = remainder }

    /// Something went wrong that the run cannot get over; a second time after the first.
    mutating func failed(_ fault: ImportFault) {
        if !faults.contains(fault) { faults.append(fault) }
    }
}

extension RunReport {
    /// What the run ends with: the first that applies of everything that happened.
    var status: ExitStatus {
        var statuses = faults.map(\.exitStatus)
        switch delivery?.end {
        case .misconfigured?: statuses.append(.configuration)
        case .rejected?: statuses.append(.portalRefuses)
        case .unwritable?: statuses.append(.inputOutput)
        case .stopped?: statuses.append(.workLeft)
        case .finished?, nil: break
        }
        statuses.append(check.exitStatus)
        if wasInterrupted { statuses.append(.workLeft) }
        if needsPerson { statuses.append(.needsAttention) }
        return .first(of: statuses)
    }

    /// Whether nobody has to do anything: work may be left, but not because the portal did not answer as it should.
    var isGood: Bool {
        switch status {
        case .success: true
        case .workLeft: !needsPerson && delivery?.lastRequestFailed != true
        case .needsAttention, .usage, .portalRefuses, .inputOutput, .busy, .configuration: false
        }
    }

    /// Whether anything is left that a person has to deal with, whichever run has met it.
    private var needsPerson: Bool {
        attention.isNeeded || !intake.alarms.isEmpty || delivery?.abandoned.isEmpty == false
            || moving?.alarms.isEmpty == false
    }

    /// The key prefixes of sources whose calls wait because the configuration leaves them out.
    var leftOutOnPurpose: Set<String> {
        Set((delivery?.leftOut ?? [:]).keys).subtracting((delivery?.abandoned ?? [:]).keys)
    }

    /// What needs a person and nobody has dealt with; nothing while the ledger was not looked through.
    var attention: Attention {
        remainder.map { Attention($0.attention) } ?? Attention()
    }

    /// How the run ended, in a few words.
    var outcome: String {
        switch status {
        case .success: "completed"
        case .needsAttention: "completed; some items need attention"
        case .workLeft: "stopped with work left: \(stopReason)"
        case .portalRefuses: "failed: the portal refuses access"
        case .usage, .configuration, .busy, .inputOutput: "failed"
        }
    }

    /// What the run has to say on standard error, as one sentence without a full stop; `nil` when it came to its end.
    var complaint: String? {
        var sentences = faults.map(\.description)
        switch delivery?.end {
        case .rejected(let reason)?, .misconfigured(let reason)?, .unwritable(let reason)?:
            sentences.append("delivery stopped: \(reason)")
        case .stopped?: if faults.isEmpty { sentences.append(stopSentence) }
        case .finished?, nil: if faults.isEmpty, wasInterrupted { sentences.append(stopSentence) }
        }
        return sentences.isEmpty ? nil : sentences.joined(separator: "; also: ")
    }

    private var stopSentence: String {
        "stopped with work left: \(stopReason); nothing is lost, run the same command again to continue"
    }

    var stopReason: String {
        if case .stopped(let reason)? = delivery?.end { return reason }
        return "interrupted by a signal"
    }
}
