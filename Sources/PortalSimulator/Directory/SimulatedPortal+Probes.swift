// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// `scope`: the caller's scopes, or with `full` all that exist.
    func scope(_ parameters: PortalMap, _ caller: Caller) -> MethodResult {
        let full = ["crm", "im", "task", "telephony", "call", "user", "user_basic", "user_brief", "disk", "placement"]
        let scopes = parameters["full"]?.isTruthy == true ? full : caller.scopes
        return MethodResult(.list(scopes.map(PortalValue.string)))
    }

    /// `method.get`, which knows names in lower case only.
    func methodGet(_ parameters: PortalMap, _ caller: Caller) -> MethodResult {
        let name = parameters["name"]?.asText ?? ""
        let method = name == name.lowercased() ? RESTMethod(name: name) : nil
        let available = method.map { $0.scopes.isEmpty || $0.scopes.contains(where: caller.scopes.contains) } ?? false
        return MethodResult(["isExisting": .bool(method != nil), "isAvailable": .bool(available)])
    }

    /// `app.info`: what a webhook gets depends on the style.
    func applicationInfo(_ caller: Caller) throws(RESTFailure) -> MethodResult {
        if caller.isWebhook {
            if options.errorStyle == .d { throw .applicationContextRequired }
            return MethodResult([
                "SCOPE": .list(caller.scopes.map(PortalValue.string)), "LICENSE": "en_pro100",
            ])
        }
        return MethodResult([
            "ID": .int(Int(caller.applicationID ?? "") ?? 0), "CODE": .string(caller.credential),
            "VERSION": 1, "STATUS": "L", "INSTALLED": true, "PAYMENT_EXPIRED": "N", "DAYS": .null,
            "LANGUAGE_ID": "en", "LICENSE": "en_pro100", "LICENSE_TYPE": "pro100", "LICENSE_FAMILY": "pro",
        ])
    }
}
