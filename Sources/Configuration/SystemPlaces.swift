// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where a machine keeps what cdr24 reads and writes, as the package installs it.
///
/// `/etc/cdr24/cdr24.yaml` belongs to `/var/lib/cdr24`, and `/etc/cdr24/NAME.yaml` to `/var/lib/cdr24/NAME`. The units
/// use the same folders, so that a command that a person types works on the ledger of the unit.
package struct SystemPlaces: Sendable {
    /// The folder of the configuration files.
    package let configuration: String
    /// The folder of ledgers and of what runs leave for each other.
    package let state: String

    /// The places of a Linux system.
    package static let usual = SystemPlaces(configuration: "/etc/cdr24", state: "/var/lib/cdr24")

    /// Other places, for tests.
    package init(configuration: String, state: String) {
        self.configuration = configuration
        self.state = state
    }

    /// The configuration that is read when none is named.
    package var defaultConfiguration: String { configuration + "/cdr24.yaml" }

    /// The state folder of a configuration file in ``configuration``; `nil` for a file elsewhere.
    package func stateFolder(ofConfiguration path: String) -> String? {
        let file = URL(fileURLWithPath: path).standardizedFileURL
        let folder = URL(fileURLWithPath: configuration).standardizedFileURL
        guard file.deletingLastPathComponent().path == folder.path else { return nil }
        let name = file.deletingPathExtension().lastPathComponent
        return name == "cdr24" ? state : state + "/" + name
    }

    /// The state folder of a configuration file that names none and is not in ``configuration``.
    ///
    /// It is the one that systemd made for the unit, else ``state`` if this user can write to it, else a folder of this
    /// user's; `nil` for a user without a home.
    ///
    /// - Parameters:
    ///   - environment: `STATE_DIRECTORY` is set by systemd, `XDG_STATE_HOME` and `HOME` by the session.
    ///   - isWritable: Whether this user can write to a folder.
    package func stateFolder(
        environment: [String: String],
        isWritable: (String) -> Bool = { FileManager.default.isWritableFile(atPath: $0) }
    ) -> String? {
        // A unit may have several, separated by colons: the first is its own.
        if let unit = environment["STATE_DIRECTORY"]?.split(separator: ":").first { return String(unit) }
        if isWritable(state) { return state }
        if let session = environment["XDG_STATE_HOME"], session.hasPrefix("/") { return session + "/cdr24" }
        return environment["HOME"].map { $0 + "/.local/state/cdr24" }
    }
}
