// SPDX-License-Identifier: Apache-2.0

/// The address of a portal's REST interface for applications, `https://PORTAL/rest/`; it contains no secret.
package struct RESTEndpoint: Sendable, Hashable {
    /// The portal's scheme, host and port.
    package let origin: HTTPOrigin
    private let path: String

    /// The endpoint that every portal has.
    package init(portal: HTTPOrigin) {
        origin = portal
        path = "/rest/"
    }

    /// Reads the `client_endpoint` of the authorization server.
    ///
    /// `nil` when it is no address. An `http://` address of another machine is taken as its `https://` address: the
    /// documents show both, and a token never travels in the open.
    package init?(_ text: String) {
        guard let mark = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<mark.lowerBound].lowercased()
        let authority = text[mark.upperBound...].prefix { !"/?#".contains($0) }
        var path = String(text[authority.endIndex...].prefix { !"?#".contains($0) })
        if !path.hasSuffix("/") { path += "/" }
        guard scheme == "http" || scheme == "https", path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return nil
        }
        do throws(OriginFault) {
            origin = try Self.origin(authority, usesTLS: scheme == "https")
        } catch {
            return nil
        }
        self.path = path
    }

    private static func origin(_ authority: Substring, usesTLS: Bool) throws(OriginFault) -> HTTPOrigin {
        do throws(OriginFault) {
            return try HTTPOrigin(authority: authority, usesTLS: usesTLS)
        } catch .plainHTTP {
            return try HTTPOrigin(authority: authority, usesTLS: true)
        }
    }

    /// The address itself.
    package var text: String { origin.text + path }

    /// The address of one method.
    func url(method: String) -> String { text + method }
}

extension RESTEndpoint: CustomStringConvertible {
    /// The address itself.
    package var description: String { text }
}
