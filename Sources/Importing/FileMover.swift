// SPDX-License-Identifier: Apache-2.0

import ExitCodes
import Foundation
private import Glibc
import Intake
import Ledger

/// Moves files into a folder, never over another file, also to another file system.
struct FileMover {
    private let folder: String

    /// - Parameter folder: The path of a folder; it is not made.
    init(folder: String) { self.folder = folder }

    /// Whether a file is in the folder already.
    func hasInFolder(_ path: String) -> Bool { Self.isSame(Self.parent(of: path), folder) }

    private static func parent(of path: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().path
    }

    private static func isSame(_ one: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev
            && first.st_ino == second.st_ino
    }

    /// Moves a file, unless it is gone or has changed since it was read.
    ///
    /// - Returns: Whether it was moved.
    /// - Throws: ``ImportFault/input(_:)`` when it cannot be moved; it is where it was then.
    func move(_ file: LedgerWholeFile) throws(ImportFault) -> Bool {
        let path = file.path
        guard FilePart.stamp(path).map({ $0.size == file.stamp.size && $0.modified == file.stamp.modified }) == true
        else {
            return false
        }
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Self.fault(path, "it is a link; name the file itself in files, or remove after_import")
        }
        let target = folder + "/" + URL(fileURLWithPath: path).lastPathComponent
        switch Self.rename(path, to: target) {
        case 0: break
        case EXDEV: try copy(file, to: target, status)
        case let code: throw Self.fault(path, reason(code, target))
        }
        Self.flush(folder: folder)
        return true
    }

    /// Renames a file unless there is one of the new name already; gives the error's number, or 0.
    private static func rename(_ path: String, to target: String) -> Int32 {
        if link(path, target) == 0 { return unlink(path) == 0 ? 0 : errno }
        switch errno {
        // Killed between the two steps, an earlier run has left both names.
        case EEXIST: return isSame(path, target) && unlink(path) == 0 ? 0 : EEXIST
        // Some file systems have no links, and Linux refuses them for files of others.
        case EPERM, EOPNOTSUPP, EMLINK: return renameOverPlaceholder(path, to: target)
        case let code: return code
        }
    }

    /// Takes the new name by an empty file of its own, and renames over that.
    private static func renameOverPlaceholder(_ path: String, to target: String) -> Int32 {
        let descriptor = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return errno }
        close(descriptor)
        guard Glibc.rename(path, target) != 0 else { return 0 }
        let code = errno
        unlink(target)
        return code
    }

    private func copy(_ file: LedgerWholeFile, to target: String, _ status: stat) throws(ImportFault) {
        let path = file.path
        let part = folder + "/.\(UUID().uuidString).cdr24"
        var isKept = false
        defer { if !isKept { unlink(part) } }
        do {
            try FileManager.default.copyItem(atPath: path, toPath: part)
        } catch {
            throw Self.fault(path, "\(folder) cannot be written: \(error.localizedDescription)")
        }
        guard try FilePart.digest(part) == file.content else {
            throw Self.fault(path, "its copy in \(folder) differs from what was read; check the disk")
        }
        var times = [status.st_atim, status.st_mtim]
        utimensat(AT_FDCWD, part, &times, 0)
        chmod(part, status.st_mode & 0o777)
        Self.flush(file: part)
        switch Self.rename(part, to: target) {
        case 0: isKept = true
        case let code: throw Self.fault(path, reason(code, target))
        }
        Self.flush(folder: folder)
        guard unlink(path) == 0 else {
            let code = errno
            unlink(target)
            throw Self.fault(path, reason(code, path))
        }
    }

    private func reason(_ code: Int32, _ target: String) -> String {
        switch code {
        case EEXIST: "there is a file \(target) already; move or rename one of the two"
        case ENOENT: "there is no folder \(folder); make it, and give it to the user that runs cdr24"
        case EACCES, EPERM, EROFS:
            "\(String(cString: strerror(code))); its folder and \(folder) must be writable for the user that runs cdr24, "
                + "and for the systemd unit (ReadWritePaths=)"
        default: "\(target): \(String(cString: strerror(code)))"
        }
    }

    private static func fault(_ path: String, _ reason: String) -> ImportFault {
        .input("\(path) was not moved: \(reason)")
    }

    /// Brings a file's bytes to the disk.
    private static func flush(file path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Brings a folder's names to the disk.
    private static func flush(folder path: String) { flush(file: path) }
}
