// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient

/// Owns the HTTP client and shuts it down when the last copy of the transport is gone.
///
/// The client stops the program when it is dropped while still up, which must not depend on a caller's memory.
final class ClientBox: Sendable {
    let client: HTTPClient

    init(_ client: HTTPClient) {
        self.client = client
    }

    deinit {
        // After an earlier shutdown this reports an error, to nobody.
        client.shutdown { _ in }
    }
}
