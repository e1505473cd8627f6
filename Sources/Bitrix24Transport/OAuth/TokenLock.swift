// SPDX-License-Identifier: Apache-2.0

package import Clocks
internal import Glibc

/// The right to replace the tokens, which one process has at a time.
///
/// A `flock` on a file of its own beside the tokens: it ends with the process, however that ends, and is not passed on to
/// programs that the process starts. The lock file stays in place when the lock is released, since removing it would
/// let two processes lock two files of one name.
package struct TokenLock: ~Copyable {
    private let descriptor: Int32

    /// Takes the lock, waiting while another process has it.
    ///
    /// - Parameters:
    ///   - file: The tokens that are to be replaced.
    ///   - time: The clock that is waited by.
    ///   - limit: How long to wait; a renewal takes a second, and a minute where the network does not answer.
    /// - Throws: ``TokenFileFault``: `locked` after the limit or when the task is cancelled, `unwritable` when the lock
    ///   file cannot be made.
    package init(
        beside file: TokenFile, time: TimeSource, waitingAtMost limit: Duration
    ) async throws(TokenFileFault) {
        let path = file.path + ".lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
        let end = time.monotonic() + limit
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            let isOver = time.monotonic() >= end
            do {
                guard code == EWOULDBLOCK || code == EINTR, !isOver else {
                    throw TokenFileFault.locked(path: file.path)
                }
                try await time.sleep(time.monotonic() + .milliseconds(20))
            } catch {
                close(descriptor)
                throw .locked(path: file.path)
            }
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }
}
