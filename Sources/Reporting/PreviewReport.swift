// SPDX-License-Identifier: Apache-2.0

/// What a file becomes: its calls with their records and requests, and what is left out.
package struct PreviewReport: Encodable, Sendable {
    /// One call, or a group of records that is none.
    package struct Call: Encodable, Sendable {
        package var key: String
        /// ISO 8601 with the offset of the phone system's clock.
        package var start: String
        package var direction: String
        package var phone: String
        /// The extension, and whom the portal is told.
        package var employee: String
        package var line: String
        package var talkSeconds: Int
        package var status: String
        package var failedReason: String
        /// How several records became this call, as a sentence; empty for a call of one record.
        package var folding = ""
        package var records: [Record] = []
        /// In the order in which they are sent.
        package var requests: [Request] = []
        /// What a person should know, such as that nobody is named for the call.
        package var notes: [String] = []

        package init(
            key: String, start: String, direction: String, phone: String, employee: String, line: String,
            talkSeconds: Int, status: String, failedReason: String
        ) {
            self.key = key
            self.start = start
            self.direction = direction
            self.phone = phone
            self.employee = employee
            self.line = line
            self.talkSeconds = talkSeconds
            self.status = status
            self.failedReason = failedReason
        }
    }

    /// One record of a call.
    package struct Record: Encodable, Sendable {
        /// The line in the file, from 1.
        package var line: Int
        package var fields: [Field]

        package init(line: Int, fields: [Field]) {
            self.line = line
            self.fields = fields
        }
    }

    /// One value of a record and where it came from.
    package struct Field: Encodable, Sendable {
        package var rule: String
        package var value: String
        package var branches: [String]
        package var columns: [Column]

        package init(rule: String, value: String, branches: [String], columns: [Column]) {
            self.rule = rule
            self.value = value
            self.branches = branches
            self.columns = columns
        }
    }

    package struct Column: Encodable, Sendable {
        package var number: Int?
        package var name: String?
        package var text: String

        package init(number: Int?, name: String?, text: String) {
            self.number = number
            self.name = name
            self.text = text
        }
    }

    package struct Request: Encodable, Sendable {
        package var method: String
        package var parameters: [Parameter]

        package init(method: String, parameters: [Parameter]) {
            self.method = method
            self.parameters = parameters
        }
    }

    package struct Parameter: Encodable, Sendable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A record, or the records of a group, that become no call.
    package struct LeftOut: Encodable, Sendable {
        package var lines: [Int]
        package var reason: String
        package var message: String

        package init(lines: [Int], reason: String, message: String = "") {
            self.lines = lines
            self.reason = reason
            self.message = message
        }
    }

    package var file: String
    package var format: String
    package var records = 0
    /// All calls of the file, of which ``calls`` are the first.
    package var callCount = 0
    package var calls: [Call] = []
    /// Reason -> records or groups, for the whole file.
    package var skippedCounts: [String: Int] = [:]
    package var rejectedCounts: [String: Int] = [:]
    /// The first of them.
    package var skipped: [LeftOut] = []
    package var rejected: [LeftOut] = []
    /// What concerns the file as a whole.
    package var notes: [String] = []

    package init(file: String, format: String) {
        self.file = file
        self.format = format
    }
}
