// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Moments in UTC as text, for files and people that may be anywhere.
package enum UTCText {
    /// A moment as ISO 8601 with `Z`, to the second.
    ///
    /// - Parameter seconds: Seconds since 1970.
    package static func instant(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }

    /// A moment by a clock that is some seconds ahead of UTC, with that offset: `2026-11-20 09:00:00 +03:00`.
    ///
    /// - Parameter offset: Seconds east of UTC.
    package static func local(_ seconds: Int64, offset: Int) -> String {
        let text = instant(seconds + Int64(offset)).dropLast().replacing("T", with: " ")
        let minutes = abs(offset) / 60
        func digits(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(text) \(offset < 0 ? "-" : "+")\(digits(minutes / 60)):\(digits(minutes % 60))"
    }

    /// A moment's day, `yyyy-mm-dd`.
    ///
    /// - Parameter seconds: Seconds since 1970.
    package static func day(_ seconds: Int64) -> String { String(instant(seconds).prefix(10)) }
}
