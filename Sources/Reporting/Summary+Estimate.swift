// SPDX-License-Identifier: Apache-2.0

import Phrases

extension Summary {
    /// How long the delivery was expected to take, as a sentence without a full stop; `nil` while unknown.
    ///
    /// In English it is the sentence of the JSON.
    func estimatePhrase(in language: Language) -> Phrase? {
        guard let estimate else { return nil }
        guard language != .english else { return .verbatim(estimate.text) }
        return estimate.phrase(until: run.until.map { LocalTime.text($0) })
    }

    /// How long it takes to deliver what the run has left, or what a dry run has found, as a sentence without a full stop;
    /// `nil` while unknown, and when nothing is left.
    func estimateOfRest(in language: Language) -> Phrase? {
        guard !run.dryRun else { return estimatePhrase(in: language) }
        guard var rest = estimate, rest.allowed > 0, calls.pending > 0 else { return nil }
        rest.seconds *= Double(calls.pending) / Double(rest.allowed)
        rest.calls = calls.pending
        rest.allowed = calls.pending
        rest.byDeadline = nil
        return rest.phrase(until: nil)
    }
}

extension Summary.Estimate {
    fileprivate func phrase(until: String?) -> Phrase {
        let calls =
            allowed < calls
            ? Phrase("\(calls, .call) to deliver, \(allowed) of them in this run")
            : Phrase("\(calls, .call) to deliver")
        // From an hour on, minutes are not known so well.
        let time = Phrase.span(Int64(seconds < 3_600 ? seconds : (seconds / 300).rounded() * 300))
        let all =
            paceKnown
            ? Phrase("\(calls): about \(time) at this portal's pace")
            : Phrase("\(calls): about \(time) assuming the costs in the Bitrix24 documentation")
        guard let byDeadline, let until, byDeadline < allowed else { return all }
        return Phrase("\(all); about \(byDeadline) of them by \(until) (--until), the rest in the next run")
    }
}

extension Phrase {
    /// A time as people say it: `45 s`, `12 min`, `3 h 05 min`, `4 d 2 h`.
    static func span(_ seconds: Int64) -> Phrase {
        let minutes = Int(seconds) / 60
        if seconds < 60 { return Phrase("\(Int(seconds)) s") }
        if minutes < 60 { return Phrase("\(minutes) min") }
        if minutes < 48 * 60 {
            return Phrase("\(minutes / 60) h \("\(minutes % 60 < 10 ? "0" : "")\(minutes % 60)") min")
        }
        return Phrase("\(minutes / 1_440) d \(minutes / 60 % 24) h")
    }
}
