// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// A certificate for `localhost` that no system trusts, with its key; made for these tests and used nowhere else.
enum PrivateAuthority {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBXTCCAQOgAwIBAgICEmcwCgYIKoZIzj0EAwIwHjEcMBoGA1UEAwwTcG9ydGFs
        LmV4YW1wbGUudGVzdDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFow
        HjEcMBoGA1UEAwwTcG9ydGFsLmV4YW1wbGUudGVzdDBZMBMGByqGSM49AgEGCCqG
        SM49AwEHA0IABAc7lhJwS/irWyI/+rq9uLFRwMLblFJGqt11CydMZBEL6QA9lL/I
        8JXcOUsTwWF6z5le8E/TmdIRPcYFuF9vdq6jLzAtMA8GA1UdEwEB/wQFMAMBAf8w
        GgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMAoGCCqGSM49BAMCA0gAMEUCIDD1
        qpk2oJ1CkNlcVIQK2OIZc/jMtdw3/KAQGgiLn6hIAiEA7LD9MUgh9ZjzjaNvbHjr
        vov7mcRB6byVIxsCbh577ig=
        -----END CERTIFICATE-----

        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgeQTayQO4GXSLWszd
        JHu4RO8RjIK3vX9zER4A7rlSqyihRANCAAQHO5YScEv4q1siP/q6vbixUcDC25RS
        RqrddQsnTGQRC+kAPZS/yPCV3DlLE8Fhes+ZXvBP05nSET3GBbhfb3au
        -----END PRIVATE KEY-----

        """

    /// Writes the certificate into a file of its own for the time of a test.
    static func withCertificateFile<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let folder = try TemporaryFolder()
        return try await body(folder.write(certificate, to: "authority.pem"))
    }
}
