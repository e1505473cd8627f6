// SPDX-License-Identifier: Apache-2.0

/// Another integration that registers calls as they happen, and is as careless as it is told to be.
public struct NeighbourPlan: Sendable, Equatable {
    /// A call that the integration saw.
    public struct Call: Sendable, Equatable {
        /// The client's number in the spelling that the integration uses.
        public var phone: String
        /// The type of the call, 1 to 5.
        public var type: Int
        /// When the call began, in seconds since 1970.
        public var start: Double
        /// Talk time in seconds.
        public var duration: Int
        /// The employee.
        public var user: Int
        /// The status code; empty: `200` or `304` by the duration.
        public var code: String

        /// A call; see the properties.
        public init(phone: String, type: Int, start: Double, duration: Int, user: Int, code: String = "") {
            self.phone = phone
            self.type = type
            self.start = start
            self.duration = duration
            self.user = user
            self.code = code
        }
    }

    /// The number of its application, which stands in the statistics as `REST_APP_ID`; empty: it uses a webhook.
    public var applicationID = "99"
    /// The name of its application, which stands in the statistics as `REST_APP_NAME`; empty: it uses a webhook.
    public var applicationName = "Live connector"
    /// What its `EXTERNAL_CALL_ID`s begin with; empty: it sends none.
    public var keyPrefix = ""
    /// The share of calls that it loses, 0 to 1.
    public var loss = 0.0
    /// The share of calls that it registers twice, 0 to 1.
    public var doubles = 0.0
    /// By how many seconds its clock is ahead.
    public var skew = 0.0
    /// By how many seconds each start is off besides, at most, either way.
    public var jitter = 0.0
    /// How many seconds after its end a call is in the statistics.
    public var delay = 0.0
    /// The same seed gives the same calls.
    public var seed: UInt64 = 1
    /// The calls that it saw.
    public var calls: [Call] = []

    /// An integration that has seen no call.
    public init() {}

    /// Reads a JSON object with these properties as `appId`, `app`, `prefix`, `loss`, `doubles`, `skew`, `jitter`, `delay`,
    /// `seed` and `calls`, or only the list of calls.
    ///
    /// A call has `phone`, `type`, `start` (a date, or seconds since 1970), `duration` and `user`, and may have a `code`.
    /// `nil` when a key is unknown or something has no usable value.
    public init?(json: String) {
        guard let map = JSONReader.read(Array(json.utf8))?.map else { return nil }
        self.init(map.isList ? ["calls": .map(map)] : map)
    }

    init?(_ map: PortalMap) {
        for key in map.keys {
            let value = map[key] ?? .null
            switch key.text {
            case "appId": applicationID = value.asText
            case "app": applicationName = value.asText
            case "prefix": keyPrefix = value.asText
            case "loss": loss = value.asDouble
            case "doubles": doubles = value.asDouble
            case "skew": skew = value.asDouble
            case "jitter": jitter = value.asDouble
            case "delay": delay = value.asDouble
            case "seed": seed = UInt64(clamping: value.asInt)
            case "calls":
                let list = value.map?.list ?? []
                calls = list.compactMap { $0.map.flatMap(Call.init) }
                guard calls.count == list.count else { return nil }
            default: return nil
            }
        }
        guard (0...1).contains(loss), (0...1).contains(doubles), jitter >= 0, delay >= 0 else { return nil }
    }
}

extension NeighbourPlan.Call {
    /// Reads a call; `nil` when something that is needed is missing.
    init?(_ map: PortalMap) {
        guard let phone = PhoneText.stripped(map["phone"]?.asText ?? ""), let type = map["type"]?.asInt,
            (1...5).contains(type), let given = map["start"],
            let start = given.string.flatMap({ DateText.read($0, now: 0, zoneMinutes: 0) })
                ?? (given.asDouble > 0 ? given.asDouble : nil)
        else { return nil }
        self.init(
            phone: phone, type: type, start: start, duration: map["duration"]?.asInt ?? 0,
            user: map["user"]?.asInt ?? 1, code: map["code"]?.asText ?? "")
    }
}
