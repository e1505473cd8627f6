// SPDX-License-Identifier: Apache-2.0

/// What a path under `/rest/` asks for.
///
/// `/rest/USER/SECRET/METHOD` is an inbound webhook, `/rest/METHOD` an application with a token. The method may end in
/// `.json` or `.xml` and in one slash.
struct RequestAddress: Equatable {
    var webhook: Webhook?
    var method: String

    struct Webhook: Equatable {
        var user: String
        var secret: String
    }

    /// Nil when the path is not one of the REST interface.
    init?(path: String) {
        var parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { FormReader.decode($0) }
        guard parts.count >= 3, parts[0].isEmpty, parts[1] == "rest" else { return nil }
        parts.removeFirst(2)
        if parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
        switch parts.count {
        case 1: method = parts[0]
        case 2 where Int(parts[0]) != nil:
            // A webhook's address without a method, as a person opens it in a browser.
            webhook = Webhook(user: parts[0], secret: parts[1])
            method = ""
        case 3:
            webhook = Webhook(user: parts[0], secret: parts[1])
            method = parts[2]
        default: return nil
        }
        for suffix in [".json", ".xml"] where method.lowercased().hasSuffix(suffix) {
            method.removeLast(suffix.count)
        }
    }
}
