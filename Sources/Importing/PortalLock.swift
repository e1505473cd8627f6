// SPDX-License-Identifier: Apache-2.0

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
                throw .busy("another run delivers to \(host) from this machine; let it finish, then run again")
            }
            throw ImportFault(error)
        }
    }

    /// The folder for locks of all users, else that for temporary files.
    private static var folder: String {
        FileManager.default.isWritableFile(atPath: "/run/lock") ? "/run/lock" : "/tmp"
    }

    /// Until when a request that this machine sent before may still be at work: the time of the last one on the same
    /// boot's clock, to which the caller adds what a request may take.
    func lastSpoken() -> Duration? {
        let parts = lock.text().split(separator: " ")
        guard parts.count == 2, parts[0] == Self.boot, let milliseconds = Int64(parts[1]) else { return nil }
        let ago = Duration.milliseconds(Self.uptimeMilliseconds() - milliseconds)
        return ago >= .zero ? time.monotonic() - ago : nil
    }

    /// Notes that the portal is spoken to; called before the first request and after the last one.
    func noteSpoken() {
        lock.write("\(Self.boot) \(Self.uptimeMilliseconds())\n")
    }

    private static let boot: String =
        (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
        .trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"

    private static func uptimeMilliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        return Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
    }
}
