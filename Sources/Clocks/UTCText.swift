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

    /// A moment's day, `yyyy-mm-dd`.
    ///
    /// - Parameter seconds: Seconds since 1970.
    package static func day(_ seconds: Int64) -> String { String(instant(seconds).prefix(10)) }
}
