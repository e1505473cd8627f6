// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// Whose a file is: an import that was once run as root leaves files that the user of the nightly import cannot write.
package enum FileOwner {
    /// What should be done about files that root has made in the folder of another user.
    ///
    /// - Parameter path: A file in that folder.
    /// - Returns: A sentence without a full stop; `nil` where nothing is wrong, and for everybody but root.
    package static func warning(aboutRootsFile path: String) -> String? {
        let folder = folder(of: path)
        guard geteuid() == 0, let user = user(of: folder), user.id != 0, Self.user(of: path)?.id == 0 else {
            return nil
        }
        return """
            \(path) belongs to root, but its folder to \(user.name), who cannot import with it; run: \
            \(handOver(path, folder)); then import as that user: runuser -u \(user.name) -- cdr24 import
            """
    }

    /// Why this user may not write a file, and what to do, as a clause; `nil` where its owner is not the reason.
    package static func obstacle(at path: String) -> String? {
        guard let owner = user(of: path), owner.id != geteuid(), access(path, W_OK) != 0, errno == EACCES else {
            return nil
        }
        let cause = owner.id == 0 ? "an import as root has made it; as root, run" : "as root, run"
        return "it belongs to \(owner.name); \(cause): \(handOver(path, folder(of: path)))"
    }

    private static func handOver(_ path: String, _ folder: String) -> String {
        let ledger = path.hasSuffix(".lock") ? String(path.dropLast(5)) : path
        return "chown --reference=\(folder) \(ledger)*"
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func user(of path: String) -> (id: uid_t, name: String)? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 4_096)
        let number = String(status.st_uid)
        guard getpwuid_r(status.st_uid, &entry, &buffer, buffer.count, &found) == 0, let found else {
            return (status.st_uid, number)
        }
        return (status.st_uid, found.pointee.pw_name.map { String(cString: $0) } ?? number)
    }
}
