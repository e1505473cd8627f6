// SPDX-License-Identifier: Apache-2.0

import CallLifecycle

extension TrackedCall {
    /// What the call key has before its colon: the `key_prefix` of the source that the call came from.
    var keyPrefix: String { String(key.prefix { $0 != ":" }) }
}
