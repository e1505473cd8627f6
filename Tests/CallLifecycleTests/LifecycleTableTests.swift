// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import Foundation
import TestSupport
import Testing

/// The table of docs/exactly-once.md is made from the state machine itself.
@Suite struct LifecycleTableTests {
    /// One event of each kind, and a second one where its value decides.
    private static let events: [CallEvent] =
        DeliveryProgressTests.events + [
            .grew(isWhole: false), .registerRefused(.permanent("no")), .finishRefused(.permanent("no")),
            .finishRefused(.userNotActive(canSubstitute: true)), .registerRefused(.unclear("odd")),
            .finishRefused(.unclear("odd")),
        ]

    /// Everything that a state's transitions may depend on.
    private static func variants(of state: CallState) -> [(progress: DeliveryProgress, age: Duration)] {
        var variants: [(DeliveryProgress, Duration)] = []
        for lostFinish in [false, true] {
            for isNotFound in [false, true] {
                for registrations in 0...3 {
                    for unsettledRuns in 0...1 {
                        for (days, note) in [(1, nil), (1, "odd"), (40, nil)] {
                            for mayHaveCreated in [false, true] {
                                let progress = DeliveryProgress(
                                    stored: state, note: note,
                                    portalCallID: state == .unsettled ? "externalCall.1" : nil,
                                    lostFinish: lostFinish, isNotFound: isNotFound, registrations: registrations,
                                    unsettledRuns: unsettledRuns, mayHaveCreated: mayHaveCreated)
                                variants.append((progress, .seconds(days * 86_400)))
                            }
                        }
                    }
                }
            }
        }
        return variants
    }

    private static func outcomes(of event: CallEvent, in state: CallState) -> [String] {
        var found: [String] = []
        for (progress, age) in variants(of: state) {
            var changed = progress
            // An impossible transition has no row.
            guard let action = try? changed.apply(event, startedAgo: age) else { continue }
            let reason = changed.state == .held ? " (\(changed.reason ?? ""))" : ""
            let outcome = action == .ignore ? "stays, too late" : "\(changed.state)\(reason): \(action)"
            if !found.contains(outcome) { found.append(outcome) }
        }
        return found
    }

    private static func name(_ event: CallEvent) -> String {
        switch event {
        case .grew(let isWhole): isWhole ? "grew, whole" : "grew"
        case .registerRefused(.permanent), .finishRefused(.permanent): "\(kind(event)), for good"
        case .registerRefused(.unclear), .finishRefused(.unclear): "\(kind(event)), in unknown words"
        case .finishRefused(.userNotActive): "\(kind(event)), employee dismissed"
        case .registerRefused, .finishRefused: "\(kind(event)), needs a person"
        default: kind(event)
        }
    }

    private static func kind(_ event: CallEvent) -> String { String("\(event)".prefix { $0 != "(" }) }

    static var table: String {
        var lines = ["| state | event | what becomes of the call: what follows |", "|---|---|---|"]
        for state in CallState.allCases {
            for event in events {
                let outcomes = outcomes(of: event, in: state)
                guard !outcomes.isEmpty else { continue }
                lines.append("| \(state) | \(name(event)) | \(outcomes.joined(separator: "; ")) |")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test func `the table in docs/exactly-once.md is that of the code`() throws {
        let path = PackageFolder.file("docs/exactly-once.md")
        let page = try String(contentsOfFile: path, encoding: .utf8)
        let (begin, end) = (
            "<!-- made by LifecycleTableTests: begin -->\n", "<!-- made by LifecycleTableTests: end -->"
        )
        let start = try #require(page.range(of: begin)?.upperBound)
        let stop = try #require(page.range(of: end, range: start..<page.endIndex)?.lowerBound)
        if ProcessInfo.processInfo.environment["CDR24_WRITE_DOCS"] != nil {
            let written = page[..<start] + Self.table + page[stop...]
            try String(written).write(toFile: path, atomically: true, encoding: .utf8)
        } else {
            #expect(page[start..<stop] == Self.table, "run the tests once with CDR24_WRITE_DOCS=1")
        }
    }
}
