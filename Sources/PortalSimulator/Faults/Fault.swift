// SPDX-License-Identifier: Apache-2.0

/// Something that goes wrong with one request.
public enum Fault: Sendable, Equatable {
    /// The connection is closed, nothing is done.
    case dropBefore
    /// Everything is done, then the connection is closed.
    case dropAfter
    /// Everything is done, then a JSON error with this status is sent.
    case errorAfter(status: Int)
    /// Everything is done, then the gateway's page with this status is sent.
    case htmlAfter(status: Int)
    /// Everything is done, then half of the body is sent.
    case truncate
    /// Everything is done, then a body that is not JSON is sent with status 200.
    case garbage
    /// Each finish of the request fails in words of its own before it has written its row.
    case oddErrorBefore
    /// Each finish of the request writes its row and fails in words of its own; the call stays unfinished.
    case oddErrorAfter
    /// Nothing happens for so many seconds (nil: until released), then everything is done.
    case stall(seconds: Double?)
    /// Everything is done, the reply is held for so many seconds (nil: until released).
    case stallAfter(seconds: Double?)
    /// The front limiter refuses.
    case rateLimit
    /// The operating limiter refuses.
    case operatingLimit
    /// The portal answers 302 to the same path under its other name; this request only.
    case redirect
    /// From here on the old host name answers 302.
    case renamed
    /// The credentials count as expired; a token is expired for good.
    case expiredToken
    /// The user is dismissed, then the request is done.
    case dismiss(user: Int)
    /// The gateway answers 502, nothing is done.
    case unavailable
    /// The server dies after so many commands of the request.
    case kill(commands: Int)
    /// The server is restarted: this request and all that are running are lost where they are, the data is kept.
    case restart
    /// From here on new statistics rows become visible so many seconds late.
    case statisticsDelay(seconds: Double)

    /// Every kind with its argument, for help texts.
    public static let kinds = [
        "drop-before", "drop-after", "error-after=STATUS", "html-after[=STATUS]", "truncate", "garbage",
        "odd-error-before", "odd-error-after",
        "stall[=SECONDS]", "stall-after[=SECONDS]", "rate-limit", "operating-limit", "redirect", "renamed",
        "expired-token", "dismiss=USER", "unavailable", "kill=COMMANDS", "restart", "statistics-delay=SECONDS",
    ]

    /// Reads `KIND` or `KIND=ARGUMENT`; nil when it is neither.
    public init?(text: String) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard let kind = parts.first else { return nil }
        let argument = parts.count > 1 ? parts[1] : nil
        let whole = argument.flatMap { Int($0) }
        let seconds = argument.flatMap { Double($0) }
        if argument != nil, whole == nil, seconds == nil { return nil }
        switch (kind, argument != nil) {
        case ("drop-before", false): self = .dropBefore
        case ("drop-after", false): self = .dropAfter
        case ("error-after", _): self = .errorAfter(status: whole ?? 500)
        case ("html-after", _): self = .htmlAfter(status: whole ?? 502)
        case ("truncate", false): self = .truncate
        case ("garbage", false): self = .garbage
        case ("odd-error-before", false): self = .oddErrorBefore
        case ("odd-error-after", false): self = .oddErrorAfter
        case ("stall", _): self = .stall(seconds: seconds)
        case ("stall-after", _): self = .stallAfter(seconds: seconds)
        case ("rate-limit", false): self = .rateLimit
        case ("operating-limit", false): self = .operatingLimit
        case ("redirect", false): self = .redirect
        case ("renamed", false): self = .renamed
        case ("expired-token", false): self = .expiredToken
        case ("dismiss", true): self = .dismiss(user: whole ?? 0)
        case ("unavailable", false): self = .unavailable
        case ("kill", true): self = .kill(commands: whole ?? 0)
        case ("restart", false): self = .restart
        case ("statistics-delay", true): self = .statisticsDelay(seconds: seconds ?? 0)
        default: return nil
        }
    }
}
