// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Why this user may not read or write a file, and what to do about it.
package enum FileObstacle {
    /// Why a file cannot be written or made.
    ///
    /// - Returns: A clause without a full stop; `nil` where neither an owner nor a missing folder is the reason.
    package static func writing(_ path: String) -> String? {
        let folder = FilePlace.folder(of: path)
        let user = FilePlace.Account.current
        guard let place = FilePlace(folder) else {
            guard errno == ENOENT else { return nil }
            let owner = user.id == 0 ? "" : "-o \(user.name) "
            return "the folder \(folder) does not exist; \(asRoot(user)): install -d -m 700 \(owner)\(folder)"
        }
        if let file = FilePlace(path), file.owner.id != user.id, isDenied(path, W_OK) {
            let cause = file.owner.id == 0 ? "a command that ran as root has made it; " : ""
            let remedy =
                place.owner.id == user.id
                ? FileOwner.handOver(path, folder) : "chown \(user.name): \(path)"
            return "it belongs to \(file.owner.name); \(cause)\(asRoot(user)): \(remedy)"
        }
        guard isDenied(folder, W_OK | X_OK) else { return nil }
        let remedy =
            place.owner.id == 0
            ? "use a folder of that user" : "run the command as its owner: runuser -u \(place.owner.name) -- cdr24 …"
        return "the user \(user.name) may not write in \(folder), which belongs to \(place.owner.name); \(remedy)"
    }

    /// Why a file cannot be read.
    ///
    /// - Returns: A clause without a full stop; `nil` where no right is missing.
    package static func reading(_ path: String) -> String? {
        let user = FilePlace.Account.current
        if let folder = closedFolder(above: path), let place = FilePlace(folder) {
            return "the user \(user.name) may not look into \(folder); " + remedy(folder, place, needing: 1, user)
        }
        guard isDenied(path, R_OK), let place = FilePlace(path) else { return nil }
        return "the user \(user.name) may not read it; " + remedy(path, place, needing: 4, user)
    }

    /// The first folder on the way to a file that this user may not search.
    private static func closedFolder(above path: String) -> String? {
        var end = path.startIndex
        while let slash = path[end...].firstIndex(of: "/") {
            let folder = slash == path.startIndex ? "/" : String(path[..<slash])
            if isDenied(folder, X_OK) { return folder }
            end = path.index(after: slash)
        }
        return nil
    }

    private static func remedy(
        _ path: String, _ place: FilePlace, needing right: mode_t, _ user: FilePlace.Account
    ) -> String {
        place.grantsGroup(right)
            ? "its group \(place.group) may: \(asRoot(user)): usermod --append --groups \(place.group) \(user.name)"
            : "\(asRoot(user)): chown \(user.name): \(path)"
    }

    private static func asRoot(_ user: FilePlace.Account) -> String { user.id == 0 ? "run" : "as root, run" }

    private static func isDenied(_ path: String, _ rights: Int32) -> Bool {
        access(path, rights) != 0 && errno == EACCES
    }
}
