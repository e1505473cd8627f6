// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import Clocks
import Delivery
import Foundation
import Logging
import Reporting
import Synchronization

/// How far delivery is: one line on a terminal that counts down while it waits, elsewhere a line in the log now and then.
final class ProgressLine: Sendable {
    private struct State {
        var progress: RunProgress?
        /// When that progress was reported.
        var reported = ContinuousClock.now
        var shown: ContinuousClock.Instant?
    }

    /// How often a log gets a line.
    private static let logPause: Duration = .seconds(60)

    private let isShown: Bool
    private let log: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - isShown: Whether standard error is a terminal that may show the line.
    ///   - log: Where a line goes now and then if it is not.
    init(isShown: Bool, log: Logger) {
        self.isShown = isShown
        self.log = log
    }

    /// Shows the line, at most five times a second.
    func show(_ progress: RunProgress) {
        let isDue = state.withLock { state in
            let now = ContinuousClock.now
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
            state.progress?.line(after: ContinuousClock.now - state.reported)
        }
        if let line { log.info("progress: \(line)") }
    }

    private func draw() {
        let line = state.withLock { state -> String? in
            let now = ContinuousClock.now
            guard let progress = state.progress else { return nil }
            state.shown = now
            return progress.line(after: now - state.reported)
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
    /// The progress some time after it was reported, most important things first.
    func line(after age: Duration) -> String {
        let seconds = max((elapsed + age).inSeconds, 1)
        var parts = ["\(grouped(done))/\(counted(total, "call"))", String(format: "%.1f/s", Double(done) / seconds)]
        if let remaining, done < total {
            parts.append("\(Self.clock(remaining - age)) left")
        }
        if let wait, wait.duration - age >= .seconds(1) {
            parts.append("waiting \(Self.clock(wait.duration - age)) for \(wait.cause.rawValue)")
        }
        if unsettled > 0 { parts.append("\(grouped(unsettled)) unconfirmed") }
        return parts.joined(separator: ", ")
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
