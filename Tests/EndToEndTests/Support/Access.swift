// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

extension Portal {
    /// Orders something of the portal: see `GET /control`.
    func order(_ json: String) async throws {
        var request = URLRequest(url: try #require(URL(string: base + "/control")))
        request.httpMethod = "POST"
        request.httpBody = Data(json.utf8)
        let (data, _) = try await URLSession.shared.data(for: request)
        try #require(String(decoding: data, as: UTF8.self).hasPrefix(#"{"ok":true"#), "\(json)")
    }

    /// Does what a person does on the page at an address: allows the application.
    ///
    /// - Returns: The address to which the portal sends the browser.
    func allow(_ address: String, user: Int = 1) async throws -> String {
        let url = try #require(URL(string: address + "&decision=allow&user=\(user)"))
        // A delegate of the task alone is not asked about redirects on Linux.
        let session = URLSession(configuration: .ephemeral, delegate: NoRedirects(), delegateQueue: nil)
        defer { session.finishTasksAndInvalidate() }
        let (_, response) = try await session.data(for: URLRequest(url: url))
        return try #require((response as? HTTPURLResponse)?.value(forHTTPHeaderField: "Location"), "\(address)")
    }

    private final class NoRedirects: NSObject, URLSessionTaskDelegate {
        func urlSession(
            _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
            newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
        ) {
            completionHandler(nil)
        }
    }
}

extension Workspace {
    /// The client secret of the local portal's application.
    static let clientSecret = "app-secret"

    /// A configuration that uses the local portal's application, with its secret in a file.
    func configureApplication(_ portal: Portal, host: String? = nil, source: String = "") throws {
        let host = host ?? String(portal.base.dropFirst("http://".count))
        let oauth = """
            oauth:
                portal: \(host)
                client_id: local.app
                client_secret: { file: client-secret }
                server: \(portal.base)
            """
        let text = Self.configuration(source: source).replacingOccurrences(
            of: "webhook_url: ${BITRIX24_WEBHOOK_URL}", with: oauth)
        try write(text, to: "cdr24.yaml")
        try write(Self.clientSecret + "\n", to: "client-secret")
        chmod(path("client-secret"), 0o600)
    }

    /// Starts `cdr24 login` and waits until it shows the address to open.
    func startLogin(_ arguments: [String] = [], pipe: Pipe? = nil) async throws -> (
        program: RunningProgram, address: String
    ) {
        let program = try RunningProgram("cdr24", ["login"] + arguments, pipe: pipe, in: folder)
        for _ in 0..<3_000 {
            if let line = program.outputSoFar.split(separator: "\n").first, line.contains("client_id=") {
                return (program, String(line))
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        program.send(SIGKILL)
        throw Portal.StartFault(description: await program.outcome().errors)
    }

    /// Logs in as a person does who pastes the address.
    @discardableResult
    func logIn(_ portal: Portal, user: Int = 1) async throws -> Outcome {
        let pipe = Pipe()
        let (program, address) = try await startLogin(pipe: pipe)
        try pipe.fileHandleForWriting.write(contentsOf: Data("\(try await portal.allow(address, user: user))\n".utf8))
        return await program.outcome()
    }

    /// The tokens that are kept.
    func tokens() throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path("tokens.json")))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
}
