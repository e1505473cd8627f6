// SPDX-License-Identifier: Apache-2.0

/// A local application: what a person registers at the portal to get OAuth tokens.
public struct PortalApplication: Sendable, Equatable {
    /// The number of the application at the portal, sent as `REST_APP_ID`.
    public var id = "3"
    /// Its name, sent as `REST_APP_NAME`.
    public var name = "Local application"
    /// The client id for the authorisation page and the token endpoint.
    public var clientID = "local.app"
    /// The client secret for the token endpoint.
    public var clientSecret = "app-secret"
    /// Where the authorisation page sends the browser; empty: the code is shown on the page.
    public var redirect = "http://127.0.0.1:8025/"
    /// The scopes that were ticked for it; `nil` means those of the portal.
    public var scopes: [String]?
    /// An access token that is valid at the start; `nil`: there is none before somebody has allowed the application.
    public var accessToken: String?
    /// The refresh token that belongs to ``accessToken``.
    public var refreshToken: String?
    /// Seconds that an access token lives; not scaled.
    public var tokenSeconds = 3600.0
    /// The user whose rights the tokens of the start have.
    public var user = 1

    /// Makes an application without tokens.
    public init() {}

    /// The application that every portal starts with: it has the tokens `access-1` and `refresh-1`.
    public static let sample: PortalApplication = {
        var application = PortalApplication()
        application.accessToken = "access-1"
        application.refreshToken = "refresh-1"
        return application
    }()

    /// Reads `client_id=ID,client_secret=SECRET` with, if wanted, `id=`, `name=`, `redirect=` and `scopes=` (joined by
    /// `+`), separated by commas; `nil` when a key is unknown or one of the two that are needed is missing.
    public init?(text: String) {
        var known: Set<String> = []
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard pair.count == 2, known.insert(pair[0]).inserted else { return nil }
            switch pair[0] {
            case "id": id = pair[1]
            case "name": name = pair[1]
            case "client_id": clientID = pair[1]
            case "client_secret": clientSecret = pair[1]
            case "redirect": redirect = pair[1]
            case "scopes": scopes = pair[1].split(separator: "+").map(String.init)
            default: return nil
            }
        }
        guard known.isSuperset(of: ["client_id", "client_secret"]), Int(id) != nil else { return nil }
    }
}

/// How long a refresh token can still be used after it was used once.
public enum RefreshReuse: Sendable, Equatable {
    /// Not at all: it and the access token issued with it die with the first use, as old documentation has it.
    case never
    /// Until an access token that it brought was used.
    case untilUsed
    /// For so many seconds, not scaled.
    case seconds(Double)

    /// Reads `never`, `until-used` or a number of seconds; `nil` when it is something else.
    public init?(text: String) {
        switch text {
        case "never": self = .never
        case "until-used": self = .untilUsed
        default:
            guard let seconds = Double(text), seconds >= 0, seconds.isFinite else { return nil }
            self = .seconds(seconds)
        }
    }
}
