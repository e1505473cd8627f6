// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import Clocks
import Delivery
import Foundation
import Logging
import Phrases
import Reporting
import Synchronization

/// How far delivery is: one line on a terminal that counts down while it waits, elsewhere a line in the log now and then.
final class ProgressLine: Sendable {
    private struct State {
        var progress: RunProgress?
        /// When that progress was reported.
        var reported = ContinuousClock.now
        var shown: ContinuousClock.Instant?
        /// How long the run has waited with nothing on its way, until that progress was reported.
        var waited: Duration = .zero
    }

    /// How often a log gets a line.
    private static let logPause: Duration = .seconds(60)

    private let isShown: Bool
    private let language: Language
    private let log: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - isShown: Whether standard error is a terminal that may show the line.
    ///   - language: The language of the line on a terminal; a log is English.
    ///   - log: Where a line goes now and then if it is not.
    init(isShown: Bool, language: Language, log: Logger) {
        self.isShown = isShown
        self.language = language
        self.log = log
    }

    /// Shows the line, at most five times a second.
    func show(_ progress: RunProgress) {
        let isDue = state.withLock { state in
            let now = ContinuousClock.now
            state.waited += state.progress?.idle(now - state.reported) ?? .zero
            state.progress = progress
            state.reported = now
            return state.shown.map { now - $0 >= .milliseconds(200) } ?? true
        }
        if isDue, isShown { draw() }
    }

    /// Draws the line anew every second while `body` runs.
    ///
    /// The line is gone afterwards.
    func ticking<T: Sendable>(_ body: @Sendable () async -> T) async -> T {
        defer { if isShown { clear() } }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let pause = self.isShown ? .seconds(1) : Self.logPause
                // The sleep fails when the task is cancelled: the run is over then.
                while (try? await Task.sleep(for: pause)) != nil { self.tick() }
            }
            defer { group.cancelAll() }
            return await body()
        }
    }

    private func clear() {
        guard state.withLock({ $0.shown != nil }) else { return }
        write("\r\u{1B}[K")
    }

    private func tick() {
        if isShown { return draw() }
        let line = state.withLock { state in
            state.progress?.line(
                after: ContinuousClock.now - state.reported, waited: state.waited, in: .english)
        }
        if let line { log.info("progress: \(line.english)") }
    }

    private func draw() {
        let line = state.withLock { state -> String? in
            let now = ContinuousClock.now
            guard let progress = state.progress else { return nil }
            state.shown = now
            let line = progress.line(after: now - state.reported, waited: state.waited, in: language)
            let bar = progress.bar(width: Self.columns < 100 ? 10 : 20)
            return "\(bar) \(line.text(in: language))"
        }
        // A line that wraps could not be taken away again.
        if let line { write("\r\u{1B}[K\(line.prefix(Self.columns - 1))") }
    }

    private static var columns: Int {
        var size = winsize()
        let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 1
        return isKnown ? Int(size.ws_col) : 80
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}

extension RunProgress {
    /// How much is done, as a bar with a percentage: `[##........]  25 %`.
    ///
    /// - Parameter width: How many characters the bar has between its brackets.
    func bar(width: Int) -> String {
        let share = total > 0 ? min(max(Double(done) / Double(total), 0), 1) : 0
        // 100 % means that nothing is left, so it is never rounded up to.
        let filled = Int(share * Double(width))
        let percent = String(Int(share * 100))
        return "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: width - filled))]"
            + "\(String(repeating: " ", count: max(1, 4 - percent.count)))\(percent) %"
    }

    /// How much of some time after the report nothing was on its way.
    func idle(_ age: Duration) -> Duration {
        guard let wait, wait.cause != .answers else { return .zero }
        return min(wait.duration, age)
    }

    /// The progress some time after it was reported, most important things first.
    ///
    /// - Parameter waited: How long the run had waited with nothing on its way when this was reported; it is left out of
    ///   the rate, which is that of the time in which calls were sent.
    func line(after age: Duration, waited: Duration, in language: Language) -> Phrase {
        var parts = [Phrase("\(done)/\(total, .call)")]
        let waiting = waited + idle(age)
        if done > 0 {
            let rate = Double(done) / max((elapsed + age - waiting).inSeconds, 1)
            parts.append(Phrase("\(language.decimal(rate)) calls a second"))
        }
        if let remaining, done < total { parts.append(Phrase("\(Self.clock(remaining - age)) left")) }
        if let wait, wait.duration - age >= .seconds(1) {
            let cause = Phrase.verbatim(wait.cause.rawValue)
            parts.append(Phrase("waiting \(Self.clock(wait.duration - age)) for \(cause)"))
        }
        if unsettled > 0 { parts.append(Phrase("unconfirmed \(unsettled)")) }
        return Phrase("\(parts)")
    }

    /// `0:07`, `12:30` or `1:35:00`.
    private static func clock(_ duration: Duration) -> String {
        let seconds = max(0, Int(duration.inSeconds.rounded(.up)))
        let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60)
        return hours > 0
            ? String(format: "%d:%02d:%02d", hours, minutes, seconds % 60)
            : String(format: "%d:%02d", minutes, seconds % 60)
    }
}
