// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Ledger

/// Remembers what legs share with others of their calls, so that a leg of a later batch, file or run joins its call.
///
/// Only formats whose ids do not join the records of a call have marks. What is remembered is bounded: the legs of at
/// least the last ``generationMarks`` / 2 records with marks.
struct MarkMemory: Sendable {
    /// A leg that is remembered by one of its marks.
    struct Entry: Sendable {
        var leg: MarkedLeg
        /// The key of its call.
        var key: String
    }

    /// The marks of the newest legs; when there are enough of them they become ``old``.
    private var young: [UInt64: Entry] = [:]
    private var old: [UInt64: Entry] = [:]
    /// The marks that the ledger has not been given yet.
    private var unsaved: Set<UInt64> = []

    /// How many marks make a generation.
    ///
    /// A phone system that writes 8,000 records in the time that a transferred call takes is beyond what such files are
    /// for; two generations take less than 12 MiB.
    private static let generationMarks = 16_384

    /// Nothing is remembered.
    init() {}

    /// Remembers what earlier runs left.
    init(_ marks: [LedgerMark]) {
        for mark in marks { young[mark.mark] = Entry(leg: mark.leg, key: mark.key) }
    }

    /// The key of the call that a leg belongs to, as far as legs that came before tell.
    func key(of leg: MarkedLeg, _ marks: JoinMarks) -> String? {
        if let entry = entry(marks.first), entry.leg.belongsBeside(leg, opened: marks.opened) { return entry.key }
        if let entry = entry(marks.second), entry.leg.belongsBeside(leg, opened: marks.opened) { return entry.key }
        return nil
    }

    private func entry(_ mark: UInt64) -> Entry? { mark == 0 ? nil : young[mark] ?? old[mark] }

    /// Remembers a leg; one that ended earlier than what is known of a mark changes nothing.
    mutating func remember(_ leg: MarkedLeg, _ marks: JoinMarks, key: String) {
        remember(marks.first, leg, key)
        if marks.second != marks.first { remember(marks.second, leg, key) }
    }

    private mutating func remember(_ mark: UInt64, _ leg: MarkedLeg, _ key: String) {
        guard mark != 0 else { return }
        if let known = entry(mark), known.leg.end > leg.end { return }
        let entry = Entry(leg: leg, key: key)
        unsaved.insert(mark)
        young[mark] = entry
        guard young.count >= Self.generationMarks else { return }
        // What is older than both generations would be forgotten here; the ledger need not have it either.
        unsaved = Set(young.keys)
        (old, young) = (young, [:])
    }

    /// What the ledger has not been given since the last time, in no particular order.
    mutating func takeUnsaved() -> [LedgerMark] {
        defer { unsaved = [] }
        return unsaved.compactMap { mark in entry(mark).map { LedgerMark(mark: mark, leg: $0.leg, key: $0.key) } }
    }
}
