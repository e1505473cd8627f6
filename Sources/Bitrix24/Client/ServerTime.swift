// SPDX-License-Identifier: Apache-2.0

/// What the portal reports about the time a request or a command took.
package struct ServerTime: Sendable, Hashable {
    /// When the handling began, in seconds since 1970 on the portal's clock; often cut to whole seconds.
    package var start: Double?
    /// When it ended.
    package var finish: Double?
    /// Seconds on the portal; up to one too many where `start` is cut to whole seconds.
    package var duration: Double?
    /// Seconds in the method's own code; 0, 1 or 2 where cut to whole seconds.
    package var processing: Double?
    /// The running total of the method's operating time in its window, in seconds; not the cost of one call.
    package var operating: Double?
    /// When the oldest part of that total lapses, in seconds since 1970 on the portal's clock; real portals send it whole.
    package var operatingResetAt: Double?

    package init(
        start: Double? = nil, finish: Double? = nil, duration: Double? = nil, processing: Double? = nil,
        operating: Double? = nil, operatingResetAt: Double? = nil
    ) {
        self.start = start
        self.finish = finish
        self.duration = duration
        self.processing = processing
        self.operating = operating
        self.operatingResetAt = operatingResetAt
    }

    /// Reads the portal's `time` object; fields of unexpected types, and numbers that can be no such time, are left out.
    init?(_ value: JSONValue?) {
        guard let value, case .object = value else { return nil }
        self.init(
            start: value["start"]?.moment, finish: value["finish"]?.moment, duration: value["duration"]?.seconds,
            processing: value["processing"]?.seconds, operating: value["operating"]?.seconds,
            operatingResetAt: value["operating_reset_at"]?.moment)
    }
}

extension JSONValue {
    /// A moment from 1970 to the year 5138, in seconds; whatever is further away is no clock's.
    fileprivate var moment: Double? { number.flatMap { (0...1e11).contains($0) ? $0 : nil } }

    /// A time of up to 30 years, in seconds; less than a millionth of a second is none.
    fileprivate var seconds: Double? { number.flatMap { (0...1e9).contains($0) ? ($0 < 1e-6 ? 0 : $0) : nil } }
}
