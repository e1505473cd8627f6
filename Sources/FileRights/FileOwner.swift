// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// Whose a file is: a command that was once run as root leaves files that the user of the nightly import cannot write.
package enum FileOwner {
    /// What should be done about files that root has made in the folder of another user.
    ///
    /// - Parameters:
    ///   - path: A file in that folder.
    ///   - command: The command that the other user is to run instead, as in `cdr24 import`.
    /// - Returns: A sentence without a full stop; `nil` where nothing is wrong, and for everybody but root.
    package static func warning(aboutRootsFile path: String, command: String) -> String? {
        let folder = FilePlace.folder(of: path)
        guard geteuid() == 0, let place = FilePlace(folder), place.owner.id != 0, FilePlace(path)?.owner.id == 0 else {
            return nil
        }
        return """
            \(path) belongs to root, but its folder to \(place.owner.name), who cannot use it; run: \
            \(handOver(path, folder)); then work as that user: runuser -u \(place.owner.name) -- \(command)
            """
    }

    /// The command that gives a file, and those beside it that begin with its name, to whom the folder belongs.
    static func handOver(_ path: String, _ folder: String) -> String {
        let file = path.hasSuffix(".lock") ? String(path.dropLast(5)) : path
        return "chown --reference=\(folder) \(file)*"
    }
}
