// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A certificate for `localhost` that no system trusts, with its key; made for these tests and used nowhere else.
enum PrivateAuthority {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBrjCCAVWgAwIBAgIUfrcePWRKf1WL0kYPc0aR+K0VkpowCgYIKoZIzj0EAwIw
        HjEcMBoGA1UEAwwTcG9ydGFsLmV4YW1wbGUudGVzdDAgFw0yNjExMjMwMjA3NDFa
        GA8yMTI2MTAzMDAyMDc0MVowHjEcMBoGA1UEAwwTcG9ydGFsLmV4YW1wbGUudGVz
        dDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGy5S7KXUQPt/v+UpPGH8TfB82V3
        mHwpMVGFY6KGv4AfeHCLDG2dd2xJhwDbBGOh1oAr2HddCWdnsUYLgMjkM6WjbzBt
        MB0GA1UdDgQWBBQ5lAuwF8hAl2FoMpWrd4NK4dqDWzAfBgNVHSMEGDAWgBQ5lAuw
        F8hAl2FoMpWrd4NK4dqDWzAPBgNVHRMBAf8EBTADAQH/MBoGA1UdEQQTMBGCCWxv
        Y2FsaG9zdIcEfwAAATAKBggqhkjOPQQDAgNHADBEAiA7MccR37JTPvgo+OzHV542
        oqsYWorC4ylF5Q2ZeSUEEAIgdh8IUSv47+oUMjavn3+rfbn0QoGC865L6WXV4S9p
        VXo=
        -----END CERTIFICATE-----

        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg6BrBfgD/ZzbpJYU/
        MrOr/9vduXJnMmiYD0NTN24oLbShRANCAARsuUuyl1ED7f7/lKTxh/E3wfNld5h8
        KTFRhWOihr+AH3hwiwxtnXdsSYcA2wRjodaAK9h3XQlnZ7FGC4DI5DOl
        -----END PRIVATE KEY-----

        """

    /// Writes the certificate into a file of its own for the time of a test.
    static func withCertificateFile<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let file = FileManager.default.temporaryDirectory.appending(path: "authority-\(UUID().uuidString).pem")
        try certificate.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        return try await body(file.path())
    }
}
