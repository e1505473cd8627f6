// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

struct PlaceOptions: ParsableArguments {
    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 8024

    @Option(help: ArgumentHelp("Written with the webhook address once requests are accepted.", valueName: "path"))
    var readyFile: String?

    @Option(help: ArgumentHelp("Keeps everything in this file, across restarts and kills.", valueName: "file"))
    var state: String?

    @Option(
        help: ArgumentHelp(
            "Gets one JSON line when a REST request arrives, is executed, and is answered.", valueName: "file"))
    var requestLog: String?

    /// A file of an earlier portal must not be taken for this one's.
    func removeStaleReadyFile() {
        guard let readyFile else { return }
        // Usually there is none; one that cannot be removed cannot be replaced either, which is reported then.
        try? FileManager.default.removeItem(atPath: readyFile)
    }

    /// Says where the portal is, on stdout and in the ready file, which appears whole or not at all.
    func announce(port: Int, secret: String) {
        let address = "http://\(host):\(port)/rest/1/\(secret)/"
        FileHandle.standardOutput.write(Data("listening on \(address)\n".utf8))
        guard let readyFile else { return }
        do {
            try Data("\(address)\n".utf8).write(to: URL(fileURLWithPath: readyFile), options: .atomic)
        } catch {
            FileHandle.standardError.write(Data("bitrix24-sim: \(readyFile): \(error.localizedDescription)\n".utf8))
            Foundation.exit(74)
        }
    }
}

/// The address cannot be listened on.
struct PlaceFault: Error, CustomStringConvertible {
    var address: String
    var cause: any Error

    var description: String {
        "cannot listen on \(address): \(cause). Is it in use? --port 0 takes a free one."
    }
}
