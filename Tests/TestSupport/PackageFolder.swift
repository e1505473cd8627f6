// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// The folder that this package was built from.
package enum PackageFolder {
    /// The folder that holds `Package.swift`.
    package static let url = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The path of the folder, without a slash at its end.
    package static var path: String { url.path }

    /// The path of a file of the package, relative to its folder.
    package static func file(_ name: String) -> String { url.appendingPathComponent(name).path }
}
