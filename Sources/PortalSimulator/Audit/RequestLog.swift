// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// One line of JSON per step of every REST request: `arrived`, `executed` (the reply is not sent yet), `replied`.
final class RequestLog {
    private let handle: FileHandle?
    /// Lines written, or that would have been written without a file.
    private(set) var lines = 0

    /// Opens the file anew; nil keeps only the count.
    init(path: String?) throws {
        guard let path else {
            handle = nil
            return
        }
        let url = URL(fileURLWithPath: path)
        try Data().write(to: url)
        handle = try FileHandle(forWritingTo: url)
    }

    func write(_ event: String, request: Int, methods: [String], at time: Double, status: Int? = nil) {
        lines += 1
        guard let handle else { return }
        var counts = PortalMap()
        for method in methods.dropFirst() { counts[method] = .int((counts[method]?.asInt ?? 0) + 1) }
        var line: PortalMap = [
            "event": .string(event), "request": .int(request), "method": .string(methods.first ?? ""),
            "commands": counts.isEmpty ? .emptyObject : .map(counts), "at": .double(time),
        ]
        if let status { line["status"] = .int(status) }
        // A log that cannot be written must not stop the portal.
        try? handle.write(contentsOf: Data(JSONWriter.write(.map(line)) + [UInt8(ascii: "\n")]))
    }

    // Each line was written when it was due; nobody is there to be told.
    deinit { try? handle?.close() }
}
