// SPDX-License-Identifier: Apache-2.0

/// The page that asks a person whether an application may act in their name.
struct ConsentPage {
    var application: PortalApplication
    var scopes: [String]
    var portal: String
    var people: [PortalUser]
    /// Who is logged in.
    var user: Int
    /// The application's own text, handed back unchanged.
    var state: String?

    var html: String {
        let options = people.map { person in
            "<option value=\"\(person.id)\"\(person.id == user ? " selected" : "")>\(person.name.htmlEscaped)</option>"
        }.joined()
        let hidden = state.map { "<input type=\"hidden\" name=\"state\" value=\"\($0.htmlEscaped)\">" } ?? ""
        return Self.page(
            title: "Access for an application",
            """
            <h1>\(application.name.htmlEscaped)</h1>
            <p>asks for access to \(portal.htmlEscaped): \(scopes.joined(separator: ", ").htmlEscaped)</p>
            <form method="post" action="/oauth/authorize/">
            <input type="hidden" name="client_id" value="\(application.clientID.htmlEscaped)">\(hidden)
            <p><label>You are logged in as <select name="user">\(options)</select></label></p>
            <p><button id="allow" name="decision" value="allow">Allow</button>
            <button id="deny" name="decision" value="deny">Deny</button></p>
            </form>
            """)
    }

    /// A page that only says something.
    static func message(_ title: String, _ text: String) -> String {
        page(title: title, "<h1>\(title.htmlEscaped)</h1><p id=\"message\">\(text.htmlEscaped)</p>")
    }

    private static func page(title: String, _ body: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title.htmlEscaped) · bitrix24-sim</title>
        <style>\(PortalPage.style)
        main { max-width: 460px; padding-top: 48px; } form p { margin-top: 16px; }
        select, button { font: inherit; padding: 6px 14px; }</style>
        </head>
        <body><main>\(body)</main></body>
        </html>

        """
    }
}

extension String {
    /// The text with what has a meaning in HTML replaced.
    var htmlEscaped: String {
        reduce(into: "") { out, character in
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.append(character)
            }
        }
    }
}
