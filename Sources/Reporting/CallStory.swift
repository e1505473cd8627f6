// SPDX-License-Identifier: Apache-2.0

/// One call's whole life, for `cdr24 show`.
package struct CallStory: CommandReport, Equatable {
    /// The name and version of the JSON form.
    package let schema = "cdr24.call/1"
    /// The call as it is sent, and where it is.
    package var call: Call
    /// How many records it was made of.
    package var records: Int
    /// The run that last read one of its records.
    package var lastRun: Int64
    /// What is known about it at the portal.
    package var portal: Portal
    /// Every request about it, in the order in which they left.
    package var requests: [Request]
    /// The rejected records whose place its records took, as `file:line: reason`.
    package var corrected: [String] = []
    /// Whether a person has dismissed the call.
    package var isDismissed = false

    private enum CodingKeys: String, CodingKey {
        case schema, call, records, lastRun, portal, requests, corrected, isDismissed
    }

    /// A story; see the properties.
    package init(call: Call, records: Int, lastRun: Int64, portal: Portal, requests: [Request]) {
        self.call = call
        self.records = records
        self.lastRun = lastRun
        self.portal = portal
        self.requests = requests
    }
}

extension CallStory {
    /// The call as it is sent.
    package struct Call: Encodable, Sendable, Equatable {
        /// The call key, which the portal has as EXTERNAL_CALL_ID.
        package var key = ""
        /// The state's name.
        package var state = ""
        /// Why it is in that state, as a stable camel-case word; empty where the state has no reasons.
        package var reason = ""
        /// The portal's own words, or more about the reason.
        package var note: String?
        /// What can be done about it, without a full stop; empty where nothing needs to be done.
        package var remedy = ""
        /// TYPE, from 1 to 5.
        package var type = 0
        /// When it began: ISO 8601 with the phone system's offset.
        package var start = ""
        /// The client's number.
        package var phone = ""
        /// The employee's extension.
        package var `extension`: String?
        /// LINE_NUMBER.
        package var line: String?
        /// CALL_LIST_ID.
        package var callList: Int?
        /// Seconds of talk.
        package var talkSeconds: Int64 = 0
        /// STATUS_CODE.
        package var status = ""
        /// FAILED_REASON.
        package var failedReason: String?

        /// A call of which nothing is said yet.
        package init() {}
    }

    /// What is known about the call at the portal.
    package struct Portal: Encodable, Sendable, Equatable {
        /// CALL_ID.
        package var callId: String?
        /// The ID of the row of the call statistics.
        package var statisticsId: Int64?
        /// Whether the call was there before this ledger sent it.
        package var foundThere = false
        /// The USER_ID that was sent last; `nil` where the portal looked the extension up.
        package var userSent: String?
        /// The user that the portal gave the call to.
        package var userId: String?
        /// CRM_CREATED_LEAD.
        package var createdLead: String?
        /// CRM_CREATED_ENTITIES, as `CONTACT 5, DEAL 6`.
        package var createdEntities: String?
        /// CRM_ENTITY_TYPE.
        package var entityType: String?
        /// CRM_ENTITY_ID.
        package var entityId: String?
        /// LEAD_CREATION_ERROR; an empty text says that nothing had to be created.
        package var leadCreationError: String?
        /// CRM_ACTIVITY_ID.
        package var activityId: String?
        /// ERRORS.ACTIVITY_CREATION: why no activity was created.
        package var activityError: String?

        /// Nothing is known.
        package init() {}
    }

    /// A request about the call.
    package struct Request: Encodable, Sendable, Equatable {
        /// When it left: ISO 8601, UTC, to the millisecond.
        package var at: String
        /// The method that was called.
        package var method: String
        /// Its parameters, as texts.
        package var parameters: [Member]
        /// When the answer was there or was given up; `nil` where none is known.
        package var answeredAt: String?
        /// `underWay`, `done`, `refused`, `unanswered` or `notExecuted`.
        package var outcome: String
        /// What the portal answered, or in `reason` why there is no answer.
        package var answer: [Member]

        private enum CodingKeys: String, CodingKey {
            case at, method, parameters, answeredAt, outcome, answer
        }

        /// A request; see the properties.
        package init(
            at: String, method: String, parameters: [Member], answeredAt: String?, outcome: String, answer: [Member]
        ) {
            self.at = at
            self.method = method
            self.parameters = parameters
            self.answeredAt = answeredAt
            self.outcome = outcome
            self.answer = answer
        }

        /// Writes parameters and answer as objects.
        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(at, forKey: .at)
            try container.encode(method, forKey: .method)
            try container.encode(Self.object(parameters), forKey: .parameters)
            try container.encodeIfPresent(answeredAt, forKey: .answeredAt)
            try container.encode(outcome, forKey: .outcome)
            try container.encode(Self.object(answer), forKey: .answer)
        }

        private static func object(_ members: [Member]) -> [String: String] {
            Dictionary(members.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        }
    }

    /// A named value of a request or an answer.
    package struct Member: Sendable, Equatable {
        /// The portal's name.
        package var name: String
        /// The value as a text.
        package var value: String

        /// A value under a name.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }
}
