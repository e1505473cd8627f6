// SPDX-License-Identifier: Apache-2.0

internal import Bitrix24
internal import FileRights
internal import FoundationEssentials
internal import Glibc

/// The file in which tokens outlive the process; only its owner can read it.
///
/// It is replaced as a whole: a new file is written, synced and renamed, and the folder is synced. Whoever reads it finds
/// the tokens from before or the new ones. Whoever replaces it holds the ``TokenLock`` beside it.
package struct TokenFile: Sendable {
    /// The path, with symbolic links followed.
    package let path: String

    /// Room that is made in a new file before tokens are asked for, in bytes; a file of tokens has about 600.
    private static let room = 8_192

    /// Names the file; it need not be there.
    package init(path: String) {
        var path = path
        // A link stays a link: the file behind it is replaced.
        if let real = realpath(path, nil) {
            path = String(cString: real)
            free(real)
        }
        self.path = path
    }

    /// Reads the tokens.
    ///
    /// - Throws: ``TokenFileFault`` when there is no such file, others may read it, or it is something else.
    package func read() throws(TokenFileFault) -> OAuthTokens {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { throw .missing(path: path) }
            throw .unreadable(path: path, reason: Self.reason)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, reason: Self.reason) }
        guard status.st_mode & 0o077 == 0 else { throw .openToOthers(path: path) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = Self.retrying { Glibc.read(descriptor, &bytes, bytes.count) }
        guard count >= 0 else { throw .unreadable(path: path, reason: Self.reason) }
        guard let tokens = StoredTokens(Array(bytes.prefix(count)))?.tokens else { throw .notTokens(path: path) }
        return tokens
    }

    /// Makes room for new tokens, so that a full disk or a locked folder is found before the old ones are used up.
    ///
    /// The new file lies beside the old one, under a name of its own, until ``replace(_:)``.
    ///
    /// - Throws: ``TokenFileFault/unwritable(path:reason:)``.
    package func prepare() throws(TokenFileFault) {
        // What a process that was killed has left behind is not trusted.
        unlink(draft)
        let blanks = [UInt8](repeating: UInt8(ascii: " "), count: Self.room)
        guard write(blanks, flags: O_CREAT | O_EXCL) else {
            throw .unwritable(path: path, reason: Self.reason)
        }
    }

    /// Writes the tokens and puts the new file in the old one's place; when it returns they are safe from a crash.
    ///
    /// - Throws: ``TokenFileFault/unwritable(path:reason:)``; the old file is in its place then, unless only the last
    ///   sync failed.
    package func replace(_ tokens: OAuthTokens) throws(TokenFileFault) {
        if access(draft, F_OK) != 0 { try prepare() }
        guard write(StoredTokens(tokens).bytes, flags: 0), rename(draft, path) == 0, syncFolder() else {
            throw .unwritable(path: path, reason: Self.reason)
        }
    }

    /// Removes what ``prepare()`` made, where nothing came of it.
    package func discard() {
        unlink(draft)
    }

    private var draft: String { path + ".new" }

    /// Writes the draft from its beginning, cuts it there and syncs it.
    private func write(_ bytes: [UInt8], flags: Int32) -> Bool {
        let descriptor = open(draft, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | flags, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return Self.write(bytes, to: descriptor) && ftruncate(descriptor, off_t(bytes.count)) == 0
            && fsync(descriptor) == 0
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { buffer in
                retrying { Glibc.write(descriptor, buffer.baseAddress, buffer.count) }
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func syncFolder() -> Bool {
        let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
        let descriptor = open(folder.isEmpty ? "/" : String(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }

    private static func retrying(_ call: () -> Int) -> Int {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }

    private static var reason: String { String(cString: strerror(errno)) }
}

/// What is wrong with the file of tokens; never contains a token.
package enum TokenFileFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nobody has granted access yet, or the file was removed.
    case missing(path: String)
    /// The file cannot be read.
    case unreadable(path: String, reason: String)
    /// Others than its owner may read the file.
    case openToOthers(path: String)
    /// The file is something else, or is damaged.
    case notTokens(path: String)
    /// The file or its folder cannot be written.
    case unwritable(path: String, reason: String)
    /// Another process has held the lock for long.
    case locked(path: String)

    /// What is wrong and what to do, as one sentence without a full stop.
    package var description: String {
        switch self {
        case .missing(let path): "there are no tokens in \(path); grant access: cdr24 login"
        case .unreadable(let path, let reason):
            "cannot read the tokens in \(path): " + (FileObstacle.reading(path) ?? reason)
        case .openToOthers(let path): "other users can read the tokens in \(path); run: chmod 600 \(path)"
        case .notTokens(let path): "\(path) is not a token file, or it is damaged; remove it and run: cdr24 login"
        case .unwritable(let path, let reason):
            "cannot write the tokens to \(path): \(reason); "
                + (FileObstacle.writing(path) ?? "check that its folder is writable and the disk is not full")
        case .locked(let path):
            "another process has held the tokens in \(path) for too long; check that no cdr24 process is suspended"
        }
    }
}

/// The content of the file.
private struct StoredTokens: Codable {
    var format = Self.name
    var portal: String
    var server: String
    var clientID: String
    var memberID: String
    var endpoint: String
    var userID: Int?
    var scopes: [String]
    var obtainedAt: Double
    var expiresAt: Double
    var access: String
    var refresh: String

    private static let name = "cdr24.tokens/1"

    private enum CodingKeys: String, CodingKey {
        case format, portal, server
        case clientID = "client_id"
        case memberID = "member_id"
        case endpoint = "client_endpoint"
        case userID = "user_id"
        case scopes = "scope"
        case obtainedAt = "obtained_at"
        case expiresAt = "expires_at"
        case access = "access_token"
        case refresh = "refresh_token"
    }

    init(_ tokens: OAuthTokens) {
        portal = tokens.portal
        server = tokens.server
        clientID = tokens.clientID
        memberID = tokens.memberID
        endpoint = tokens.endpoint.text
        userID = tokens.userID
        scopes = tokens.scopes
        obtainedAt = tokens.obtainedAt
        expiresAt = tokens.expiresAt
        access = tokens.access.exposed
        refresh = tokens.refresh.exposed
    }

    /// Reads the file; `nil` when it is something else.
    init?(_ bytes: [UInt8]) {
        // Why it cannot be decoded does not matter, and the reason would quote from it.
        guard let stored = try? JSONDecoder().decode(Self.self, from: Data(bytes)), stored.format == Self.name else {
            return nil
        }
        self = stored
    }

    var tokens: OAuthTokens? {
        guard let endpoint = RESTEndpoint(endpoint), !access.isEmpty, !refresh.isEmpty else { return nil }
        let grant = TokenGrant(access: Secret(access), refresh: Secret(refresh), lifetime: expiresAt - obtainedAt)
        return OAuthTokens(
            grant, portal: portal, server: server, clientID: clientID, memberID: memberID, endpoint: endpoint,
            userID: userID,
            scopes: scopes, obtainedAt: obtainedAt)
    }

    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Only numbers that JSON does not have could fail, and a time is none.
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("texts and finite numbers can be written as JSON")
        }
        return Array(data) + [UInt8(ascii: "\n")]
    }
}
