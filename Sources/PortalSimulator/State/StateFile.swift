// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The file that keeps the portal's memory: one JSON change per line, appended before the reply leaves.
///
/// A half-written last line, as a killed process leaves it, is dropped on reading. Opening rewrites the file without
/// what was overtaken.
final class StateFile {
    private let handle: FileHandle
    private let encoder = JSONEncoder()

    /// Reads the file, if there is one, into `state`, and opens it for appending.
    init(path: String, into state: inout PortalState) throws {
        let url = URL(fileURLWithPath: path)
        if FileManager.default.fileExists(atPath: path) {
            let decoder = JSONDecoder()
            for line in try Data(contentsOf: url).split(separator: UInt8(ascii: "\n")) {
                // Half a line is what a killed process leaves.
                guard let change = try? decoder.decode(Change.self, from: line) else { continue }
                state.apply(change)
            }
        }
        var compact = Data()
        for change in state.asChanges {
            compact.append(try encoder.encode(change))
            compact.append(UInt8(ascii: "\n"))
        }
        try compact.write(to: url, options: .atomic)
        handle = try FileHandle(forWritingTo: url)
        try handle.seekToEnd()
    }

    func append(_ changes: [Change]) throws {
        var data = Data()
        for change in changes {
            data.append(try encoder.encode(change))
            data.append(UInt8(ascii: "\n"))
        }
        try handle.write(contentsOf: data)
    }

    // Every change was written when it was made; nobody is there to be told.
    deinit { try? handle.close() }
}
