// SPDX-License-Identifier: Apache-2.0

import Foundation
private import Glibc

/// The names of one portal: whoever speaks to it under any of them speaks to the same one.
///
/// A portal in the cloud is its host, since many portals share the addresses of the cloud. A portal of one's own is its
/// host and every address that the host resolves to, so that `localhost` and `127.0.0.1` are one. An application knows
/// the portal's own id besides.
package struct PortalIdentity: Sendable, Equatable {
    /// The host, with its port where that is unusual.
    package let host: String
    /// The host, the addresses and the portal's own id, each with a word before it; the one that changes least comes first.
    package let names: [String]
    /// Whether Bitrix24 runs the portal, so that its limits are known.
    package let isInCloud: Bool

    /// Finds the names of a portal; it may take as long as a look-up in the DNS takes.
    ///
    /// - Parameters:
    ///   - host: The host in lower case, with its port where that is unusual.
    ///   - memberID: The portal's own id; `nil` where it is not known.
    ///   - resolve: The numeric addresses of a host name; empty when it cannot be resolved.
    package init(host: String, memberID: String?, resolve: (String) -> [String] = Self.addresses) {
        self.host = host
        let (name, port) = Self.split(host)
        isInCloud = Self.isInCloud(name)
        let isUnresolvable = Self.reserved.contains { name == $0 || name.hasSuffix("." + $0) }
        let addresses = isInCloud || isUnresolvable ? [] : Set(resolve(name).map(Self.oneLoopback)).sorted()
        names =
            addresses.map { "address-\($0)-\(port)" } + ["host-\(name)-\(port)"]
            + [memberID].compactMap { $0 }.map { "member-\($0)" }
    }

    /// Top-level names that no name server knows: RFC 6761.
    private static let reserved = ["invalid", "test", "example"]

    /// Hosts such as `company.bitrix24.com` and `company.bitrix24.com.br`; the cloud's portals may have other names too,
    /// and are then taken for portals of one's own, which is the cautious side.
    private static func isInCloud(_ name: String) -> Bool {
        name.split(separator: ".").dropFirst().first == "bitrix24"
    }

    private static func split(_ host: String) -> (name: String, port: String) {
        guard let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") else { return (host, "default") }
        return (String(host[..<colon]), String(host[host.index(after: colon)...]))
    }

    /// One name for all addresses of this machine's loopback interface.
    private static func oneLoopback(_ address: String) -> String {
        address.hasPrefix("127.") || address == "::1" || address.hasPrefix("::ffff:127.") ? "loopback" : address
    }

    /// The numeric addresses of a host name; empty when it cannot be resolved.
    package static func addresses(of name: String) -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let bare = name.hasPrefix("[") ? String(name.dropFirst().dropLast()) : name
        guard getaddrinfo(bare, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        var found: [String] = []
        var next = first
        while let info = next?.pointee {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            if getnameinfo(
                info.ai_addr, info.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
            {
                found.append(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
            }
            next = info.ai_next
        }
        return found
    }
}
