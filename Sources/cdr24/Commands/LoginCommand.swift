// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser
import CDRConfiguration
import ExitCodes
import Foundation

/// `cdr24 login`: lets an application into the portal.
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Grant an application access to the portal (OAuth).",
        discussion: """
            Prints an address to open in a browser. Allow access there, then paste the address at which the browser \
            ends. The tokens are stored in the file set by portal.oauth.tokens; cdr24 renews them itself. How to create \
            the application in the portal: docs/access.md.
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("Address at which the browser ended, or only the code.", valueName: "address"))
    var code: String?

    @Option(
        help: ArgumentHelp("Wait for the browser on this port of 127.0.0.1; 0 selects a free one.", valueName: "port"))
    var listen: Int?

    func validate() throws {
        guard code == nil || listen == nil else { throw ValidationError("--code and --listen exclude each other") }
        if let listen, !(0...65_535).contains(listen) {
            throw ValidationError("--listen: expected a port from 0 to 65535, for example 8025; found \(listen)")
        }
    }

    func run() async throws {
        try await reporting {
            let environment = ProcessInfo.processInfo.environment
            let login = Login(
                try options.configuration().portal, environment: environment, userAgent: "cdr24/\(CDR24.version)",
                say: { message in
                    switch message {
                    case .talk(let text): StandardErrorLog.say(text)
                    case .address(let address): Self.show(address)
                    }
                })
            let report = try await login.run(source)
            for warning in report.warnings where output.json { StandardErrorLog.say("warning: \(warning)") }
            output.print(report)
        }
    }

    private var source: Login.Source {
        if let code { return .text(code) }
        if let listen { return .port(listen) }
        return .line { readLine() }
    }

    /// Prints the address at once: a person, or a script, waits for it.
    private static func show(_ address: String) {
        FileHandle.standardOutput.write(Data("\(address)\n".utf8))
    }
}
