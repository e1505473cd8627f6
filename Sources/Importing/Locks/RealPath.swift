// SPDX-License-Identifier: Apache-2.0

import Foundation
private import Glibc

/// The one path of a file, whatever symbolic links lead to it.
enum RealPath {
    /// How many links are followed where the file itself is missing; the kernel follows no more either.
    private static let mostLinks = 40

    /// The path without symbolic links; a file that is missing has the path at which it would be made.
    static func of(_ path: String) -> String {
        var path = path
        for _ in 0..<mostLinks {
            if let real = resolved(path) { return real }
            // Only a link has a destination: a path without one is where the file would be made.
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else { break }
            path = target.hasPrefix("/") ? target : (path as NSString).deletingLastPathComponent + "/" + target
        }
        let folder = (path as NSString).deletingLastPathComponent
        guard let real = resolved(folder.isEmpty ? "." : folder) else { return path }
        return (real as NSString).appendingPathComponent((path as NSString).lastPathComponent)
    }

    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
