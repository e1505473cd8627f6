// SPDX-License-Identifier: Apache-2.0

import Clocks
import ExitCodes
import Foundation
import Ledger

/// The lock on a portal that all ledgers of this machine share, with the memory of when it was last spoken to.
///
/// Two ledgers that deliver to one portal at the same moment would not see each other's requests.
struct PortalLock: ~Copyable {
    private let lock: FileLock
    private let time: TimeSource

    /// Takes the lock of a portal.
    ///
    /// - Throws: ``ImportFault/busy(_:)`` when another run speaks to the portal.
    init(host: String, time: TimeSource) throws(ImportFault) {
        self.time = time
        let name = host.map { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" ? String($0) : "_" }.joined()
        let path = "\(Self.folder)/cdr24-\(name).lock"
        do throws(LedgerFault) {
            lock = try FileLock(path: path, isShared: true)
        } catch {
            if case .locked = error {
                throw .busy(
                    "another run delivers to \(host) from this machine; wait until it ends, then run the same command again"
                )
            }
            throw ImportFault(error)
        }
    }

    /// The folder for locks of all users, else that for temporary files.
    private static var folder: String {
        FileManager.default.isWritableFile(atPath: "/run/lock") ? "/run/lock" : "/tmp"
    }

    /// What is known of the run that spoke to the portal last.
    struct FormerRun {
        /// The last moment at which it may have sent a request, on the clock of this process.
        var lastSpoken: Duration
        /// Whether it ended by itself and knew what became of all its requests.
        var hasSettled: Bool
        /// What it wrote into its ledger when it ended: a ledger without that word is another one, or an older copy.
        var token: String?
    }

    /// What the last run left; `nil` when none is remembered.
    ///
    /// A run that was killed may have sent a request up to the moment at which this one got the lock.
    func formerRun() -> FormerRun? {
        let parts = lock.text().split(whereSeparator: \.isWhitespace)
        guard parts.count >= 2, let milliseconds = Int64(parts[1]) else { return nil }
        let mark = parts.count > 2 ? Mark(rawValue: String(parts[2])) : nil
        if mark == .working { return FormerRun(lastSpoken: time.monotonic(), hasSettled: false) }
        let ago = Duration.milliseconds(Self.uptimeMilliseconds() - milliseconds)
        guard parts[0] == Self.boot, ago >= .zero else { return nil }
        let token = parts.count > 3 ? String(parts[3]) : nil
        return FormerRun(lastSpoken: time.monotonic() - ago, hasSettled: mark == .settled, token: token)
    }

    /// How a run stands with the portal.
    enum Mark: String {
        /// It sends requests.
        case working
        /// It ended by itself and left an answer unknown.
        case stopped
        /// It ended by itself, and the answer to each of its requests is known.
        case settled
    }

    /// Notes how this run stands; called before the first request and after the last one.
    ///
    /// - Parameter token: A word without spaces that the run has just written into its ledger.
    func note(_ mark: Mark, token: String? = nil) {
        lock.write("\(Self.boot) \(Self.uptimeMilliseconds()) \(mark.rawValue) \(token ?? "")\n")
    }

    private static let boot: String =
        // Without /proc, which a container may lack, only an uptime that has gone back tells one boot from another.
        (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
        .trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"

    private static func uptimeMilliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        return Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
    }
}
