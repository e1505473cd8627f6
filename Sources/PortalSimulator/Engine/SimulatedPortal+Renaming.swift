// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// The answer to a request for a name that the portal no longer has; `nil` when the name is right.
    func redirectIfRenamed(_ request: PortalRequest) -> PortalReply? {
        guard let newName, Self.split(request.headers["host"] ?? newName).name != newName else { return nil }
        return redirect(request, to: newName)
    }

    /// Sends a request to the same port and path of another name.
    func redirect(_ request: PortalRequest, to name: String) -> PortalReply {
        let port = Self.split(request.headers["host"] ?? "").port
        let query = request.query.isEmpty ? "" : "?\(request.query)"
        return PortalReply(
            status: 302,
            headers: ["Location": "http://\(name)\(port)\(request.path)\(query)", "Content-Type": "text/html"])
    }

    /// The other of the two names that this machine has.
    static func otherName(_ request: PortalRequest) -> String {
        split(request.headers["host"] ?? "localhost").name == "localhost" ? "127.0.0.1" : "localhost"
    }

    /// The portal's present name, with the port at which it was asked.
    func portalHost(asSeenFrom host: String) -> String {
        newName.map { $0 + Self.split(host).port } ?? host
    }

    /// A host's name and its port with the colon before it, which may be empty.
    private static func split(_ host: String) -> (name: String, port: String) {
        guard let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") else { return (host, "") }
        return (String(host[..<colon]), String(host[colon...]))
    }

    func expireTokens() {
        state.tokens.expireAll()
        change(.tokens(state.tokens))
    }
}
