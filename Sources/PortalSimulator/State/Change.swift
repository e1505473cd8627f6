// SPDX-License-Identifier: Apache-2.0

/// One change of what the portal remembers, as it is written to the state file.
enum Change: Sendable, Codable {
    /// Everything before this is forgotten.
    case reset
    case user(PortalUser)
    case live(LiveCall)
    case removed(callID: String)
    case row(StatisticsRow)
    case rowUpdated(StatisticsRow)
    case entity(CRMEntity)
    case activity(Activity)
    case missed(MissedCall)
    case line(ExternalLine)
    case lineRemoved(id: Int)
    case chat(String)
    case notification(Notification)
    case event(PortalEvent)
    case tokens(TokenStore)
    case counters(Counters, methods: [String: Int], nextFile: Int, nextTranscript: Int)
}

extension PortalState {
    mutating func apply(_ change: Change) {
        switch change {
        case .reset:
            // Calls are forgotten; who has access is not.
            let kept = tokens
            self = PortalState()
            tokens = kept
        case .user(let user): put(user)
        case .live(let call): live.put(call)
        case .removed(let callID): live.remove(callID)
        case .row(let row): statistics.insert(row)
        case .rowUpdated(let row): statistics.update(row)
        case .entity(let entity): crm.put(entity)
        case .activity(let activity): put(activity)
        case .missed(let missedCall): put(missedCall)
        case .line(let line): put(line)
        case .lineRemoved(let id): lines.removeAll { $0.id == id }
        case .chat(let chat): chats.insert(chat)
        case .notification(let notification): put(notification)
        case .event(let event): note(event)
        case .tokens(let store): tokens = store
        case .counters(let counters, let methods, let nextFile, let nextTranscript):
            self.counters = counters
            self.methods = methods
            self.nextFile = nextFile
            self.nextTranscript = nextTranscript
        }
    }

    /// The changes that lead from nothing to this state.
    var asChanges: [Change] {
        var changes: [Change] = userOrder.compactMap { users[$0] }.map(Change.user)
        changes += live.byID.values.sorted { $0.registeredAt < $1.registeredAt }.map(Change.live)
        changes += statistics.rows.map(Change.row)
        changes += crm.entities.values.map(Change.entity)
        changes += activities.keys.sorted().compactMap { activities[$0] }.map(Change.activity)
        changes += missed.values.flatMap { $0 }.sorted { $0.statisticsID < $1.statisticsID }.map(Change.missed)
        changes += lines.map(Change.line)
        changes += chats.sorted().map(Change.chat)
        changes += notifications.map(Change.notification)
        changes += events.map(Change.event)
        changes.append(.tokens(tokens))
        changes.append(.counters(counters, methods: methods, nextFile: nextFile, nextTranscript: nextTranscript))
        return changes
    }
}
