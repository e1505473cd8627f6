// SPDX-License-Identifier: Apache-2.0

import Foundation

extension CallStory {
    /// The story for people; ends with a line break.
    package var text: String {
        var page = TerminalPage()
        let cause = [call.reason, call.note ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")
        page.put("\(call.key): \(stateLabel(call.state))\(cause.isEmpty ? "" : " (\(cause))")")
        page.put(call.sentence, after: "  ")
        if !call.remedy.isEmpty { page.put(call.remedy, after: "  ") }
        page.put("\(counted(records, "record")), last read by run \(lastRun)", after: "  ")
        for record in corrected { page.put("rejected before it was corrected: \(record)", after: "  ") }
        if isDismissed { page.put("dismissed; take it back with: cdr24 failures --undo \(call.key)", after: "  ") }
        let known = portal.lines
        if !known.isEmpty {
            page.put("At the portal:")
            for (label, value) in known { page.put(value, after: "  \(label.padded(to: 20))") }
        }
        // As the call's own times: by the clock of its source.
        let zone = LocalTime.zone(of: call.start)
        let heading = "Requests (times: \(LocalTime.zoneName(at: call.start, zone: zone))):"
        page.put(requests.isEmpty ? "Nothing has been sent for this call." : heading)
        for request in requests { request.put(on: &page, zone) }
        return page.text
    }
}

extension CallStory.Call {
    /// What the call is, in one sentence without a full stop.
    fileprivate var sentence: String {
        let kinds = ["outgoing", "incoming", "incoming, redirected", "call back", "informational"]
        var parts = [start, kinds.indices.contains(type - 1) ? kinds[type - 1] : "type \(type)", phone]
        if let ext = self.extension { parts.append("extension \(ext)") }
        if let line { parts.append("line \(line)") }
        if let callList { parts.append("call list \(callList)") }
        parts.append("\(talkSeconds) s of talk, status \(status)")
        if let failedReason { parts.append(failedReason) }
        return parts.joined(separator: ", ")
    }
}

extension CallStory.Portal {
    /// What is known, each with its name.
    fileprivate var lines: [(label: String, value: String)] {
        var lines: [(String, String)] = []
        if let callId { lines.append(("CALL_ID", callId)) }
        if let statisticsId {
            lines.append(("statistics row", "\(statisticsId)\(foundThere ? ", not written by this ledger" : "")"))
        }
        if let userSent { lines.append(("user sent", userSent)) }
        if let userId { lines.append(("user", userId)) }
        if let entityType { lines.append(("CRM card", "\(entityType) \(entityId ?? "")")) }
        if let createdLead { lines.append(("created lead", createdLead)) }
        if let createdEntities { lines.append(("created", createdEntities)) }
        if let leadCreationError {
            lines.append(("nothing created", leadCreationError.isEmpty ? "not necessary" : leadCreationError))
        }
        if let activityId { lines.append(("CRM activity", activityId)) }
        if let activityError { lines.append(("no CRM activity", activityError)) }
        return lines
    }
}

extension CallStory.Request {
    fileprivate func put(on page: inout TerminalPage, _ zone: TimeZone) {
        page.put("\(LocalTime.fineText(at, zone: zone)) \(method)", after: "  ")
        if !parameters.isEmpty { page.put(Self.list(parameters), after: "    ") }
        let result =
            switch outcome {
            case "done": "answered"
            case "refused": "refused"
            case "notExecuted": "not carried out"
            case "unanswered": "no answer"
            default: "no answer is known: the request is under way, or the program ended before the answer"
            }
        let end = answeredAt.map { "\(LocalTime.fineText($0, zone: zone)) " } ?? ""
        page.put("\(end)\(result)\(answer.isEmpty ? "" : ": \(Self.list(answer))")", after: "    ")
    }

    private static func list(_ members: [CallStory.Member]) -> String {
        members.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
    }
}
