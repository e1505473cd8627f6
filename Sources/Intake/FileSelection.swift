// SPDX-License-Identifier: Apache-2.0

package import ExitCodes
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
    /// - Parameter onlyRegular: Whether the matches of globs and the content of folders are looked at, and what is no regular file
    ///   is left out; with half a million files that takes a second.
    /// - Throws: ``ImportFault/input(_:)`` for a path that is not there.
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
                throw .input("the file \(pattern) is not there; check the path and who may read its folder")
            }
            return try matches(pattern, onlyRegular)
        }
        return isFolder.boolValue ? try contents(pattern, onlyRegular) : [pattern]
    }

    private static func matches(_ pattern: String, _ onlyRegular: Bool) throws(ImportFault) -> [String] {
        var result = glob_t()
        defer { globfree(&result) }
        switch glob(pattern, GLOB_NOSORT, nil, &result) {
        case 0: break
        case GLOB_NOMATCH: return []
        default: throw .input("the pattern \(pattern) cannot be searched; check who may read its folder")
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
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw .input("the folder \(folder) cannot be read: \(error.localizedDescription); check who may read it")
        }
        let paths = names.filter { !$0.hasPrefix(".") && isRecordFile($0) }.sorted()
            .map { folder.hasSuffix("/") ? folder + $0 : folder + "/" + $0 }
        return onlyRegular ? paths.filter(isFile) : paths
    }
}
