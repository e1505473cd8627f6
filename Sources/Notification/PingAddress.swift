// SPDX-License-Identifier: Apache-2.0

import Bitrix24Transport

/// The address of a monitor that is told when a run starts and how it ends, in the manner of healthchecks.io.
///
/// It is a secret: whoever knows it can pretend that all is well. Descriptions show the host alone.
package struct PingAddress: Sendable {
    /// What the monitor is told.
    enum Sign: Sendable {
        /// A run begins.
        case start
        /// It ended, and nobody has to do anything.
        case success
        /// It failed, or somebody has to do something.
        case failure
    }

    /// Whom the connection is made to.
    let origin: HTTPOrigin
    private let base: String

    /// Reads an address.
    ///
    /// - Parameter text: `https://HOST/PATH`; http for this machine only.
    /// - Throws: ``PingFault``, which repeats at most the host.
    package init(_ text: String) throws(PingFault) {
        var text = Substring(text)
        while text.last == "/" { text = text.dropLast() }
        guard let mark = text.firstRange(of: "://") else {
            throw PingFault(description: "the address is not one; expected https://HOST/PATH")
        }
        let rest = text[mark.upperBound...]
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !rest.contains(where: { "?#".contains($0) }) else {
            throw PingFault(description: "the address contains a space, ? or #; expected https://HOST/PATH")
        }
        do throws(OriginFault) {
            origin = try HTTPOrigin(String(text[..<mark.upperBound] + rest.prefix { $0 != "/" }))
        } catch {
            throw PingFault(description: "\(error)")
        }
        base = String(text)
    }

    /// The address that a sign is sent to.
    func url(_ sign: Sign) -> String {
        switch sign {
        case .start: base + "/start"
        case .success: base
        case .failure: base + "/fail"
        }
    }
}

extension PingAddress: CustomStringConvertible, CustomReflectable {
    /// The host.
    package var description: String { origin.host }
    /// A mirror that shows the host alone.
    package var customMirror: Mirror { Mirror(self, children: ["host": origin.host]) }
}

/// What is wrong with the address of a monitor; never contains its path.
package struct PingFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, to follow the name of the setting and a colon.
    package let description: String
}
