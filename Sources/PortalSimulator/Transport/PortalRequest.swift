// SPDX-License-Identifier: Apache-2.0

/// One HTTP request as the portal's front end hands it on.
public struct PortalRequest: Sendable {
    /// The HTTP verb; it has no meaning to the REST interface.
    public var verb: String
    /// The path, still percent-encoded, without the query.
    public var path: String
    /// The text after `?`, still percent-encoded.
    public var query: String
    /// The headers, names in lower case; of a repeated header the last one.
    public var headers: [String: String]
    /// The body.
    public var body: [UInt8]
    /// The address of the caller: the front limiter counts per address.
    public var remote: String

    /// Makes a request.
    public init(
        verb: String = "POST", path: String, query: String = "", headers: [String: String] = [:], body: [UInt8] = [],
        remote: String = "127.0.0.1"
    ) {
        self.verb = verb
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.remote = remote
    }

    /// Makes a POST with a JSON body.
    public static func json(_ path: String, _ body: String) -> PortalRequest {
        PortalRequest(path: path, headers: ["content-type": "application/json"], body: Array(body.utf8))
    }
}

/// What goes back to the caller, including the ways in which nothing useful does.
public struct PortalReply: Sendable {
    /// What happens to the connection.
    public enum Delivery: Sendable, Equatable {
        /// The whole reply is sent.
        case whole
        /// The connection is closed without a byte.
        case dropped
        /// The head promises the whole body, then the connection is closed after this many bytes of it.
        case truncated(Int)
    }

    /// The HTTP status.
    public var status: Int
    /// The headers besides the length.
    public var headers: [String: String]
    /// The body.
    public var body: [UInt8]
    /// What happens to the connection.
    public var delivery: Delivery

    /// Makes a reply.
    public init(
        status: Int, headers: [String: String] = ["Content-Type": "application/json; charset=utf-8"],
        body: [UInt8] = [], delivery: Delivery = .whole
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.delivery = delivery
    }

    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// A closed connection.
    static let dropped = PortalReply(status: 0, headers: [:], delivery: .dropped)

    static func json(_ value: PortalValue, status: Int = 200) -> PortalReply {
        PortalReply(status: status, body: JSONWriter.write(value))
    }

    /// A page of the gateway in front of the portal, which knows nothing of JSON.
    static func gatewayPage(_ status: Int) -> PortalReply {
        let title =
            switch status {
            case 502: "502 Bad Gateway"
            case 503: "503 Service Temporarily Unavailable"
            case 504: "504 Gateway Time-out"
            case 500: "500 Internal Server Error"
            default: "\(status) Error"
            }
        let page = """
            <html>\r
            <head><title>\(title)</title></head>\r
            <body>\r
            <center><h1>\(title)</h1></center>\r
            <hr><center>nginx</center>\r
            </body>\r
            </html>\r

            """
        return PortalReply(status: status, headers: ["Content-Type": "text/html"], body: Array(page.utf8))
    }
}
