// SPDX-License-Identifier: Apache-2.0

/// Everything that the portal remembers across a restart.
struct PortalState {
    var users: [Int: PortalUser] = [:]
    var userOrder: [Int] = []
    private(set) var usersByInner: [String: [Int]] = [:]
    var live = LiveCalls()
    var statistics = StatisticsTable()
    var crm = CRMStore()
    var activities: [Int: Activity] = [:]
    var activitiesByCall: [String: [Int]] = [:]
    var nextActivity = 1
    var missed: [String: [MissedCall]] = [:]
    var lines: [ExternalLine] = []
    var chats: Set<String> = []
    /// Those that are there, in the order in which they came.
    private(set) var notifications: [Notification] = []
    var tokens = TokenStore(applications: [], refreshDays: 0, now: 0)
    var counters = Counters()
    var methods: [String: Int] = [:]
    var nextFile = 1
    var nextTranscript = 1
    /// What would have been seen or fired, the newest last; the oldest are forgotten beyond a limit.
    var events: [PortalEvent] = []

    mutating func put(_ user: PortalUser) {
        if let old = users.updateValue(user, forKey: user.id) {
            usersByInner[old.inner]?.removeAll { $0 == user.id }
        } else {
            userOrder.append(user.id)
            userOrder.sort()
        }
        usersByInner[user.inner, default: []].append(user.id)
    }

    mutating func put(_ activity: Activity) {
        if activities.updateValue(activity, forKey: activity.id) == nil {
            activitiesByCall[activity.callID, default: []].append(activity.id)
        }
        nextActivity = max(nextActivity, activity.id + 1)
    }

    mutating func put(_ missedCall: MissedCall) {
        let same = missed[missedCall.phone, default: []].firstIndex { $0.statisticsID == missedCall.statisticsID }
        if let same {
            missed[missedCall.phone]?[same] = missedCall
        } else {
            missed[missedCall.phone, default: []].append(missedCall)
        }
    }

    mutating func put(_ line: ExternalLine) {
        if let place = lines.firstIndex(where: { $0.id == line.id }) {
            lines[place] = line
        } else {
            lines.append(line)
        }
    }

    /// Adds a notification, in the place of one with its tag.
    mutating func put(_ notification: Notification) {
        if let tag = notification.tag {
            notifications.removeAll { $0.user == notification.user && $0.tag == tag }
        }
        notifications.append(notification)
    }

    mutating func note(_ event: PortalEvent) {
        events.append(event)
        if events.count > 20_000 { events.removeFirst(10_000) }
    }
}

/// What a user of the portal sees under the bell.
struct Notification: Sendable, Codable, Equatable {
    var id: Int
    var user: Int
    var message: String
    /// The tag with the client that it belongs to; `nil` without one.
    var tag: String?
    var at: Double
}

/// Something that people or other applications would have noticed.
struct PortalEvent: Sendable, Codable, Equatable {
    /// `popup`, `popupHidden`, `chat`, `chatMessage`, `lead`, `robot`, `app`…
    var kind: String
    var callID: String
    var detail: String
    var at: Double
}
