// SPDX-License-Identifier: Apache-2.0

import ExitCodes
private import Glibc

/// The entries of a folder by their names, without a look at each where the file system says what it is.
enum FolderListing {
    /// The paths of those entries of a folder whose names are wanted, in no order.
    ///
    /// - Parameters:
    ///   - folder: As it is to stand in the paths; empty for the folder in which the program runs.
    ///   - onlyRegular: Whether what is no regular file, nor leads to one, is left out.
    /// - Returns: `nil` when the folder cannot be opened; `errno` says why.
    /// - Throws: ``ImportFault/input(_:)`` when only a part of it can be read.
    static func paths(
        in folder: String, onlyRegular: Bool, where isWanted: (UnsafePointer<CChar>) -> Bool
    ) throws(ImportFault) -> [String]? {
        guard let stream = opendir(folder.isEmpty ? "." : folder) else { return nil }
        defer { closedir(stream) }
        let start = folder.isEmpty || folder.hasSuffix("/") ? folder : folder + "/"
        var paths: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let kind = Int(entry.pointee.d_type)
            guard let place = MemoryLayout<dirent>.offset(of: \.d_name) else { break }
            let name = UnsafeRawPointer(entry).advanced(by: place).assumingMemoryBound(to: CChar.self)
            guard isWanted(name) else { continue }
            let path = start + String(cString: name)
            if onlyRegular, kind != Int(DT_REG) {
                // A link may lead to a regular file, and some file systems do not say what an entry is.
                guard kind == Int(DT_LNK) || kind == Int(DT_UNKNOWN), FilePart.isRegular(path) else { continue }
            }
            paths.append(path)
        }
        guard errno == 0 else {
            throw .input("the folder \(folder) cannot be read: \(String(cString: strerror(errno))); try again")
        }
        return paths
    }

    /// Whether a name fits a pattern as a shell would expand it: a leading dot is not matched by a wildcard.
    static func fits(_ name: UnsafePointer<CChar>, _ pattern: String) -> Bool {
        fnmatch(pattern, name, FNM_PERIOD) == 0
    }
}
