// SPDX-License-Identifier: Apache-2.0

package import PortalSimulator

/// How one request goes wrong between an importer and its portal.
package enum Loss: Sendable, Hashable, CaseIterable {
    /// No byte of the body leaves.
    case neverSent
    /// The request is lost on its way.
    case before
    /// The portal does everything, and the reply is lost.
    case after
    /// The portal does the first half of the commands and dies.
    case halfWay
    /// The connection breaks at once; the portal does everything shortly before its request cap is over.
    case late
}

/// What goes wrong between an importer and its portal; requests are counted from 1 by each transport.
package struct Mishaps: Sendable {
    /// The requests that are lost.
    package var losses: [Int: Loss] = [:]
    /// How late the portal works on a request that is lost as ``Loss/late``: shortly before a cap of 60 s is over.
    package var lateSeconds = 56.0
    /// What happens to every request that is not lost, unless it is `nil`.
    package var fault: Fault?
    /// Until when ``fault`` happens, on the monotonic clock.
    package var faultEnds: Duration = .seconds(1_000_000_000)
    /// Nobody answers before this moment on the monotonic clock.
    package var unreachableUntil: Duration = .zero
    /// The request that raises the stop signal, so that no mistake can make a test endless.
    package var mostRequests = 4_000
    /// Orders for the portal's control endpoint, each given before the request of a number.
    package var orders: [Int: String] = [:]
    /// Orders for the portal's control endpoint, each given before the first request that calls a method.
    package var ordersByMethod: [String: String] = [:]
    /// Changes the text of a reply on its way back.
    package var rewritesReply: (@Sendable (String) -> String)?

    /// Nothing goes wrong.
    package init(losses: [Int: Loss] = [:]) { self.losses = losses }
}
