// SPDX-License-Identifier: Apache-2.0

package import ExitCodes
import FileRights
import Foundation
private import Glibc

/// The files that paths, globs and folders stand for, in a stable order.
package enum FileSelection {
    /// Finds the files of some patterns.
    ///
    /// - A path is itself; `-` is standard input. What is no regular file, such as a pipe, is read once from its start.
    /// - A glob (`*`, `?`, `[…]`) is its matches in the order of their names; none is fine, since logs rotate.
    /// - A folder is its files that end in `.csv`, `.tsv`, `.txt` or `.log`, also packed (`.gz`) or rotated (`.1`, `-20261101`), in the
    ///   order of their names. A file without such an end is taken by a glob.
    ///
    /// A file that several patterns name is taken once, at its first place.
    ///
    /// - Parameter onlyRegular: Whether what is no regular file, nor leads to one, is left out of the matches of globs and of
    ///   the content of folders.
    /// - Throws: ``ImportFault/input(_:)`` for a path that is not there, and for a folder that is there and cannot be read.
    package static func files(_ patterns: [String], onlyRegular: Bool = true) throws(ImportFault) -> [String] {
        // The matches of one pattern are different files.
        if patterns.count == 1 { return try expand(patterns[0], onlyRegular) }
        var files: [String] = []
        var seen: Set<String> = []
        for pattern in patterns {
            for path in try expand(pattern, onlyRegular) where seen.insert(path).inserted { files.append(path) }
        }
        return files
    }

    private static func expand(_ pattern: String, _ onlyRegular: Bool) throws(ImportFault) -> [String] {
        if pattern == "-" { return [pattern] }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: pattern, isDirectory: &isFolder) else {
            guard pattern.contains(where: { "*?[".contains($0) }) else {
                if let obstacle = FileObstacle.reading(pattern) {
                    throw .input("the file \(pattern) cannot be reached: \(obstacle)")
                }
                throw .input("the file \(pattern) is not there; check the path")
            }
            return try matches(pattern, onlyRegular)
        }
        return isFolder.boolValue ? try contents(pattern, onlyRegular) : [pattern]
    }

    private static func matches(_ pattern: String, _ onlyRegular: Bool) throws(ImportFault) -> [String] {
        // What nearly all patterns are: a folder as it is written, and wildcards in the name.
        let end = pattern.utf8.lastIndex(of: UInt8(ascii: "/")).map { pattern.index(after: $0) } ?? pattern.startIndex
        let (folder, names) = (String(pattern[..<end]), String(pattern[end...]))
        if !names.isEmpty, !folder.utf8.contains(where: { "*?[\\".utf8.contains($0) }) {
            let paths = try FolderListing.paths(in: folder, onlyRegular: onlyRegular) { FolderListing.fits($0, names) }
            if let paths { return paths.sorted() }
            if isNoFolder(errno) { return [] }
            throw unreadable(folder)
        }
        var result = glob_t()
        defer { globfree(&result) }
        switch glob(pattern, GLOB_NOSORT, { _, code in FileSelection.isNoFolder(code) ? 0 : 1 }, &result) {
        case 0: break
        case GLOB_NOMATCH: return []
        default: throw .input("a folder that matches the pattern \(pattern) cannot be read; check who may read it")
        }
        var paths: [String] = []
        for index in 0..<Int(result.gl_pathc) {
            if let path = result.gl_pathv[index] { paths.append(String(cString: path)) }
        }
        return (onlyRegular ? paths.filter(isFile) : paths).sorted()
    }

    /// A pipe among the files of a folder would be waited for until somebody writes to it.
    private static func isFile(_ path: String) -> Bool { FilePart.isRegular(path) }

    /// Whether the name of a file in a folder is one that CDR files have.
    private static func isRecordFile(_ name: String) -> Bool {
        var name = name.lowercased()[...]
        if name.hasSuffix(".gz") { name = name.dropLast(3) }
        // What logrotate appends: a number or a date.
        let stem = name.reversed().drop { $0.isASCII && ($0.isNumber || $0 == "-") || $0 == "." }
        let end = name.dropFirst(stem.count)
        if end.contains(where: \.isNumber) { name = name.dropLast(end.count) }
        return [".csv", ".tsv", ".txt", ".log"].contains { name.hasSuffix($0) }
    }

    private static func contents(_ folder: String, _ onlyRegular: Bool) throws(ImportFault) -> [String] {
        let paths = try FolderListing.paths(in: folder, onlyRegular: onlyRegular) { name in
            UInt8(bitPattern: name.pointee) != UInt8(ascii: ".") && isRecordFile(String(cString: name))
        }
        guard let paths else { throw unreadable(folder) }
        return paths.sorted()
    }

    /// Whether an error means that there is no such folder, which then has no matches, rather than that it cannot be read.
    private static func isNoFolder(_ code: Int32) -> Bool { code == ENOENT || code == ENOTDIR || code == ELOOP }

    private static func unreadable(_ folder: String) -> ImportFault {
        let reason = String(cString: strerror(errno))
        return .input("the folder \(folder) cannot be read: \(FileObstacle.reading(folder) ?? reason)")
    }
}
