// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import Foundation
import Notification
import Reporting

/// Looks whether those who are to be told how runs end can be told; nobody is told anything by that.
struct NotifyCheck {
    private let settings: NotifySettings
    private let environment: [String: String]

    /// - Parameter environment: The environment's variables, for the address of the monitor.
    init(_ settings: NotifySettings, environment: [String: String]) {
        self.settings = settings
        self.environment = environment
    }

    func run(_ report: inout CheckReport) {
        if let source = settings.ping {
            do {
                let text = try source.read(environment: environment, what: "the address of the monitor")
                report.fine("notify.ping", "the address of \(try PingAddress(text)) can be used")
            } catch {
                report.warn("notify.ping", "\(error)")
            }
        }
        if let program = settings.command.first {
            if FileManager.default.isExecutableFile(atPath: program) {
                report.fine("notify.command", "\(program) can be run")
            } else {
                report.warn("notify.command", "\(program) is not a program that this user may run; check path and mode")
            }
        }
    }
}
