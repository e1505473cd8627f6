// SPDX-License-Identifier: Apache-2.0

package import CDRConfiguration
package import ExitCodes
import Foundation
private import Glibc
import Intake

/// The files that a run lives on: the ledger with its companions, the configuration, secrets, and the CDR files.
///
/// A file is known by what it is, not by how its path is written: links lead to the same one.
package struct OwnFiles: Sendable {
    private let configuration: ImportConfiguration

    /// The files of a configuration.
    package init(_ configuration: ImportConfiguration) { self.configuration = configuration }

    /// Refuses paths to which something is to be written and where one of the files is.
    ///
    /// - Parameter outputs: The paths with the options that name them, for the message.
    /// - Throws: ``ImportFault/usage(_:)``.
    package func refuse(outputs: [(option: String, path: String)]) throws(ImportFault) {
        var existing: [(option: String, path: String, identity: Identity)] = []
        for (option, path) in outputs {
            let output = Identity(path)
            for (what, file) in unreadable where Identity(file) == output {
                throw .usage("\(option) \(path) would replace \(what); name another file")
            }
            // Where nothing is yet, there is no CDR file.
            if case .file = output { existing.append((option, path, output)) }
        }
        guard !existing.isEmpty else { return }
        for source in configuration.sources {
            // What cannot be found is told when it is read.
            guard let files = try? FileSelection.files(source.files, onlyRegular: false) else { continue }
            for file in files where file != "-" {
                let identity = Identity(file)
                guard let found = existing.first(where: { $0.identity == identity }) else { continue }
                throw .usage(
                    "\(found.option) \(found.path) would replace a CDR file that is imported; name another file")
            }
        }
    }

    /// Refuses CDR files that are files of the program itself.
    ///
    /// - Throws: ``ImportFault/configuration(_:)``.
    func refuse(sources files: [String]) throws(ImportFault) {
        let own = unreadable.map { (what: $0.what, identity: Identity($0.path)) }
        for file in files where file != "-" {
            let identity = Identity(file)
            if let found = own.first(where: { $0.identity == identity }) {
                throw .configuration(
                    "files lead to \(file), which is \(found.what) and no CDR file; name the CDR files more narrowly")
            }
        }
    }

    /// What can never be a CDR file or an output.
    private var unreadable: [(what: String, path: String)] {
        var files = ["", "-wal", "-shm", "-journal", ".lock"].map { ("the ledger", configuration.ledger + $0) }
        if let path = configuration.path { files.append(("the configuration", path)) }
        if case .file(let path)? = configuration.portal.webhook { files.append(("the file with the webhook", path)) }
        return files
    }

    /// What a path leads to: a file that exists, or a name in a folder.
    private enum Identity: Equatable {
        case file(device: UInt64, inode: UInt64)
        case name(String)

        init(_ path: String) {
            var status = stat()
            if stat(path, &status) == 0 {
                self = .file(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
            } else {
                self = .name(URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path)
            }
        }
    }
}
