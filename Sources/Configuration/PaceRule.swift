// SPDX-License-Identifier: Apache-2.0

/// A rule by which requests are paced and that could be left out; docs/pace.md has their equations.
///
/// All rules are in force, except where `bench/pace/without` shows what each of them is worth.
package enum PaceRule: String, Sendable, CaseIterable, Codable {
    /// An unknown request bucket is opened over a minute and a half, not at once.
    case gradualOpening
    /// What a night proves about the request bucket is used in the next one at the same hour.
    case hourMemory
    /// What others had in the bucket before it was watched is not taken for a rate.
    case contentIsNoRate
    /// What one short watch shows of others is taken for half of the limit at most.
    case shortWatch
    /// After a refusal less and less of the bucket is used.
    case growingMargin
    /// What is kept empty of the bucket is used for the last requests.
    case marginAtEnd
    /// Finishes that do not fill a batch wait for registers that come soon.
    case fullFinishes
    /// What is on its way counts three times towards the operating limit.
    case tripleSafety
    /// A batch takes no more than half of the operating time that is left.
    case halfRoom
    /// Near the operating limit commands are sent some at a time.
    case noTrickle
    /// What is left of a window, though little, is used if nothing is added to it for five seconds.
    case lastOfWindow
    /// The plan goes nearer to the operating limit where that spares a window.
    case wholeWindows
    /// Operating time that others use is foreseen.
    case operatingOfOthers
}
