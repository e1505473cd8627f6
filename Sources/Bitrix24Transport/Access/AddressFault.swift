// SPDX-License-Identifier: Apache-2.0

import Bitrix24

/// What is wrong with the text given as a webhook address.
///
/// No case carries a part of the path, so that a mistyped address can be reported without giving its secret away.
package enum AddressFault: Error, Hashable, Sendable {
    /// The text is empty.
    case empty
    /// The text contains a space, a control character or a character outside ASCII.
    case strangeCharacter
    /// The text does not start with `https://` (or `http://`).
    case noScheme
    /// Plain HTTP was asked for and the host is not this machine: the secret would travel in the open.
    case plainHTTP(host: String)
    /// The host is missing or is not a host name or an IP address.
    case badHost
    /// The port is not a number from 1 to 65535.
    case badPort
    /// A user name or a password stands before the host.
    case userInfo
    /// The path is not `/rest/USER_ID/SECRET/`.
    case badPath
    /// A method name follows the secret, as in the examples that the portal shows.
    case methodAppended
    /// A question mark or a number sign follows the path.
    case queryOrFragment
}

extension AddressFault: CustomStringConvertible {
    /// What is wrong and what is expected, as a clause without a full stop.
    package var description: String {
        switch self {
        case .empty:
            "the webhook address is empty; expected https://PORTAL/rest/USER_ID/SECRET/"
        case .strangeCharacter:
            "the webhook address contains a space or an invalid character; "
                + "write an international host name in its xn-- form"
        case .noScheme:
            "the webhook address does not start with https://; expected https://PORTAL/rest/USER_ID/SECRET/"
        case .plainHTTP(let host):
            "the webhook address of \(host) starts with http://, which would send the secret unencrypted; "
                + "use https:// (http:// is accepted only for this machine)"
        case .badHost:
            "the webhook address has no valid host; expected https://PORTAL/rest/USER_ID/SECRET/"
        case .badPort:
            "the port in the webhook address is not a number from 1 to 65535"
        case .userInfo:
            "the webhook address contains a user name; expected https://PORTAL/rest/USER_ID/SECRET/"
        case .badPath:
            "the path of the webhook address is not /rest/USER_ID/SECRET/; copy the address from the webhook page of the portal"
        case .methodAppended:
            "the webhook address continues after the secret; remove the method name, "
                + "so that the address ends with /rest/USER_ID/SECRET/"
        case .queryOrFragment:
            "the webhook address contains '?' or '#'; expected https://PORTAL/rest/USER_ID/SECRET/"
        }
    }
}
