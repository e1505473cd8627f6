// SPDX-License-Identifier: Apache-2.0

import Bitrix24
private import Glibc

extension Secret {
    /// A shorter secret could be part of anything, so it is left alone; those of the portal have 16 characters and more.
    private static let shortest = 8

    /// The reply with stars in place of the secret, which a gateway may repeat.
    func redacting(_ answer: HTTPAnswer) -> HTTPAnswer {
        let secret = Array(exposed.utf8)
        guard secret.count >= Self.shortest, Self.place(of: secret, in: answer.body, from: 0) != nil else {
            return answer
        }
        var answer = answer
        var start = 0
        while let place = Self.place(of: secret, in: answer.body, from: start) {
            answer.body.replaceSubrange(
                place..<(place + secret.count), with: repeatElement(UInt8(ascii: "*"), count: secret.count))
            start = place + secret.count
        }
        return answer
    }

    private static func place(of part: [UInt8], in whole: [UInt8], from start: Int) -> Int? {
        whole.withUnsafeBytes { whole in
            part.withUnsafeBytes { part in
                guard let base = whole.baseAddress, let wanted = part.baseAddress else { return nil }
                var place = start
                while place + part.count <= whole.count,
                    let found = memchr(base + place, Int32(part[0]), whole.count - part.count - place + 1)
                {
                    if memcmp(found, wanted, part.count) == 0 { return UnsafeRawPointer(found) - base }
                    place = UnsafeRawPointer(found) - base + 1
                }
                return nil
            }
        }
    }
}
