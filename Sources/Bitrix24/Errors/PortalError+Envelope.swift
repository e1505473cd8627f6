// SPDX-License-Identifier: Apache-2.0

extension PortalError {
    /// Reads the error of a reply or of a single command; `nil` when there is none.
    ///
    /// The presence of the member `error` decides, never its value: telephony errors carry an empty code.
    init?(envelope: JSONValue, status: Int) {
        guard let error = envelope["error"] else { return nil }
        self.init(
            code: error.text ?? error["code"]?.text ?? "",
            text: envelope["error_description"]?.text ?? error["message"]?.text ?? "",
            status: status)
    }
}
