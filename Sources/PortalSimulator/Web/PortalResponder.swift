// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Keeps the connection at hand, since some replies are that it is closed.
struct PortalContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    var maxUploadSize: Int { 64 << 20 }
}

/// Turns HTTP requests into the portal's and its replies back.
struct PortalResponder: HTTPResponder {
    typealias Context = PortalContext

    let portal: SimulatedPortal

    func respond(to request: Request, context: PortalContext) async throws -> Response {
        let body = try await request.body.collect(upTo: context.maxUploadSize)
        let asked = PortalRequest(
            verb: request.method.rawValue, path: request.uri.path, query: request.uri.query ?? "",
            headers: Self.headers(of: request), body: Array(body.readableBytesView),
            remote: context.channel.remoteAddress?.ipAddress ?? "")
        let reply = await answer(asked)
        switch reply.delivery {
        case .whole: return Self.response(reply, body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
        case .dropped:
            // A connection that the client has closed already is just as gone.
            try? await context.channel.close()
            return Response(status: .badGateway)
        case .truncated(let length):
            return Self.response(reply, body: Self.torn(reply.body, after: length, channel: context.channel))
        }
    }

    private func answer(_ request: PortalRequest) async -> PortalReply {
        switch (request.verb, request.path) {
        case (_, let path) where path.hasPrefix("/rest/"): return await portal.handle(request)
        case (_, "/oauth/token"), (_, "/oauth/token/"): return await portal.handleTokenRequest(request)
        case (_, "/oauth/authorize"), (_, "/oauth/authorize/"): return await portal.authorizePage(request)
        case ("GET", "/"): return .text(PortalPage.html, type: "text/html; charset=utf-8")
        case ("GET", "/audit"):
            let audit = await portal.audit(
                events: !request.query.contains("events=0"), rows: !request.query.contains("rows=0"))
            return .text(audit, type: "application/json")
        case ("GET", "/recent"): return .text(await portal.recent(), type: "application/json")
        case ("POST", "/audit/reset"):
            await portal.reset()
            return .text("{\"ok\":true}", type: "application/json")
        case ("GET", "/control"): return .text(SimulatedPortal.controlHelp, type: "text/plain; charset=utf-8")
        case ("POST", "/control"):
            let answer = await portal.control(String(decoding: request.body, as: UTF8.self))
            return .text(
                answer, type: "application/json", status: answer.hasPrefix("{\"ok\":true") ? 200 : 400)
        default: return .text("There is nothing here. The portal's calls are at /", type: "text/plain", status: 404)
        }
    }

    private static func headers(of request: Request) -> [String: String] {
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        if let authority = request.head.authority { headers["host"] = authority }
        return headers
    }

    private static func response(_ reply: PortalReply, body: ResponseBody) -> Response {
        var fields = HTTPFields()
        for (name, value) in reply.headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return Response(status: .init(code: reply.status), headers: fields, body: body)
    }

    /// A body that promises its whole length and ends early.
    private static func torn(_ bytes: [UInt8], after length: Int, channel: any Channel) -> ResponseBody {
        ResponseBody(contentLength: bytes.count) { writer in
            try await writer.write(ByteBuffer(bytes: bytes.prefix(length)))
            // A connection that the client has closed already is just as gone.
            try? await channel.close()
            try await writer.finish(nil)
        }
    }
}

extension PortalReply {
    static func text(_ text: String, type: String, status: Int = 200) -> PortalReply {
        PortalReply(status: status, headers: ["Content-Type": type], body: Array(text.utf8))
    }
}
