// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// A lock that all processes in one network namespace share, whoever runs them and whatever folders they see: the name of
/// an abstract socket, held until the object is released or the process ends. It leaves nothing behind.
final class SocketLock: Sendable {
    /// Why a lock could not be taken.
    enum Failure: Error {
        /// Another process has it.
        case taken
        /// The system does not let us, in its own words.
        case impossible(String)
    }

    private let descriptor: Int32

    /// Takes the lock; never waits.
    ///
    /// - Parameter name: At most 100 bytes of UTF-8.
    init(name: String) throws(Failure) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .impossible(String(cString: strerror(errno))) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // A path that begins with a zero byte is a name of no file.
        let bytes = [0] + Array(name.utf8)
        let length = MemoryLayout<sa_family_t>.size + bytes.count
        let isBound = withUnsafeMutableBytes(of: &address) { memory in
            guard length <= memory.count, let base = memory.baseAddress else { return false }
            memory[MemoryLayout<sa_family_t>.size...].copyBytes(from: bytes)
            return Glibc.bind(descriptor, base.assumingMemoryBound(to: sockaddr.self), socklen_t(length)) == 0
        }
        guard isBound else {
            let code = errno
            _ = Glibc.close(descriptor)
            throw code == EADDRINUSE ? .taken : .impossible(String(cString: strerror(code)))
        }
        self.descriptor = descriptor
    }

    deinit {
        _ = Glibc.close(descriptor)
    }
}
