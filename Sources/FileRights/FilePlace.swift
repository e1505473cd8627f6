// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A file or folder with its owner, its group and what the group may do.
struct FilePlace {
    /// A user of this machine.
    struct Account {
        let id: uid_t
        /// The name; the number where the system knows none.
        let name: String

        init(_ id: uid_t) {
            self.id = id
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            var buffer = [CChar](repeating: 0, count: 4_096)
            let isKnown = getpwuid_r(id, &entry, &buffer, buffer.count, &found) == 0
            name = (isKnown ? found?.pointee.pw_name : nil).map { String(cString: $0) } ?? String(id)
        }

        /// The user of this process.
        static var current: Account { Account(geteuid()) }
    }

    let owner: Account
    /// The name of the group; its number where the system knows none.
    let group: String
    private let mode: mode_t
    private let groupID: gid_t

    /// Looks at a path; `nil` when it is not there or cannot be reached.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        owner = Account(status.st_uid)
        mode = status.st_mode
        groupID = status.st_gid
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        var buffer = [CChar](repeating: 0, count: 65_536)
        let isKnown = getgrgid_r(status.st_gid, &entry, &buffer, buffer.count, &found) == 0
        group = (isKnown ? found?.pointee.gr_name : nil).map { String(cString: $0) } ?? String(status.st_gid)
    }

    /// Whether a group other than root's has these rights, in octal as in 4 for reading.
    func grantsGroup(_ rights: mode_t) -> Bool { groupID != 0 && mode >> 3 & rights == rights }

    /// The folder that a path names a file in.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
