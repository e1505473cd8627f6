// SPDX-License-Identifier: Apache-2.0

import Foundation
import Importing
import Synchronization

/// One line on a terminal that shows how far delivery is.
final class ProgressLine: Sendable {
    private let isShown: Bool
    private let lastShown = Mutex<ContinuousClock.Instant?>(nil)

    init(isShown: Bool) {
        self.isShown = isShown
    }

    /// Shows the line, at most five times a second.
    func show(_ progress: DeliveryProgress) {
        guard isShown else { return }
        let isDue = lastShown.withLock { last in
            let now = ContinuousClock.now
            if let last, now - last < .milliseconds(200) { return false }
            last = now
            return true
        }
        guard isDue else { return }
        write("\r\u{1B}[K\(progress.line)")
    }

    /// Takes the line away.
    func clear() {
        guard isShown, lastShown.withLock({ $0 != nil }) else { return }
        write("\r\u{1B}[K")
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}

extension DeliveryProgress {
    /// The progress in a line that fits a narrow terminal.
    fileprivate var line: String {
        let seconds = max(Double(elapsed.components.seconds), 1)
        let rate = Double(done) / seconds
        var parts = ["\(done)/\(total) calls", String(format: "%.1f/s", rate)]
        if let waitingFor { parts.append("waiting for \(waitingFor)") }
        if unsettled > 0 { parts.append("\(unsettled) unsettled") }
        if rate > 0, total > done {
            let left = Int(Double(total - done) / rate)
            parts.append(String(format: "%d:%02d:%02d left", left / 3_600, left / 60 % 60, left % 60))
        }
        return parts.joined(separator: ", ")
    }
}
