// SPDX-License-Identifier: Apache-2.0

/// What a file becomes: its calls with their records and requests, and what is left out.
package struct PreviewReport: CommandReport {
    /// The name and version of this form of report.
    package let schema = "cdr24.preview/1"
    /// The file, as the command line named it.
    package let file: String
    /// The title of the format by which it is read.
    package let format: String
    /// How many records the file has, as far as it was read.
    package var records = 0
    /// How many calls these give, of which ``calls`` are the first.
    package var callCount = 0
    /// The first calls, in the order of their first records.
    package var calls: [Call] = []
    /// Reason -> records or groups of records that were skipped, for the whole file.
    package private(set) var skippedCounts: [String: Int] = [:]
    /// Reason -> records that were rejected, for the whole file.
    package private(set) var rejectedCounts: [String: Int] = [:]
    /// The first of the skipped ones.
    package private(set) var skipped: [LeftOut] = []
    /// The first of the rejected ones.
    package private(set) var rejected: [LeftOut] = []
    /// What concerns the file as a whole, one sentence each.
    package var notes: [String] = []

    private enum CodingKeys: String, CodingKey {
        case schema, file, format, records, callCount, calls, skippedCounts, rejectedCounts, skipped, rejected, notes
    }

    private let limit: Int

    /// A report of a file of which nothing was read yet.
    ///
    /// - Parameter limit: How many examples of what is left out are kept; 0 or more.
    package init(file: String, format: String, limit: Int) {
        self.file = file
        self.format = format
        self.limit = limit
    }

    /// Counts a record, or the records of a group, that the rules leave out.
    ///
    /// - Parameter lines: Their lines in the file.
    package mutating func skip(lines: [Int], reason: String) {
        skippedCounts[reason, default: 0] += 1
        if skipped.count < limit { skipped.append(LeftOut(lines: lines, reason: reason)) }
    }

    /// Counts a record that cannot become a call.
    package mutating func reject(line: Int, reason: String, message: String) {
        rejectedCounts[reason, default: 0] += 1
        if rejected.count < limit { rejected.append(LeftOut(lines: [line], reason: reason, message: message)) }
    }
}

extension PreviewReport {
    /// One call.
    package struct Call: Encodable, Sendable {
        /// The call key.
        package let key: String
        /// ISO 8601 with the offset of the phone system's clock.
        package let start: String
        /// `incoming`, `outgoing` and so on.
        package let direction: String
        /// The client's number.
        package let phone: String
        /// The extension, and the employee whom the portal is told.
        package let employee: String
        /// LINE_NUMBER; `none` without one.
        package let line: String
        /// Talk time in whole seconds.
        package let talkSeconds: Int
        /// STATUS_CODE.
        package let status: String
        /// FAILED_REASON; empty without one.
        package let failedReason: String
        /// How several records became this call, as a sentence; empty for a call of one record.
        package var folding = ""
        /// The records that it was made of.
        package var records: [Record] = []
        /// In the order in which they are sent.
        package var requests: [Request] = []
        /// What a person should know, such as that nobody is named for the call.
        package var notes: [String] = []

        /// A call without records and requests; see the properties.
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
        package let line: Int
        /// Its values, in the order of the mapping's rules.
        package let fields: [Field]

        /// A record; see the properties.
        package init(line: Int, fields: [Field]) {
            self.line = line
            self.fields = fields
        }
    }

    /// One value of a record and where it came from.
    package struct Field: Encodable, Sendable {
        /// The rule of the mapping that gave the value.
        package let rule: String
        /// The value; empty where the rule gave none.
        package let value: String
        /// The branches of the rule that were taken.
        package let branches: [String]
        /// The columns that the value was made of.
        package let columns: [Column]

        /// A value; see the properties.
        package init(rule: String, value: String, branches: [String], columns: [Column]) {
            self.rule = rule
            self.value = value
            self.branches = branches
            self.columns = columns
        }
    }

    /// One column of a record.
    package struct Column: Encodable, Sendable {
        /// The number of the column, from 1; `nil` where it has none.
        package let number: Int?
        /// The name of the column; `nil` where it has none.
        package let name: String?
        /// What stands in it.
        package let text: String

        /// A column; see the properties.
        package init(number: Int?, name: String?, text: String) {
            self.number = number
            self.name = name
            self.text = text
        }
    }

    /// A request as it would be sent.
    package struct Request: Encodable, Sendable {
        /// The REST method.
        package let method: String
        /// Its parameters, in the order in which they are sent.
        package let parameters: [Parameter]

        /// A request; see the properties.
        package init(method: String, parameters: [Parameter]) {
            self.method = method
            self.parameters = parameters
        }
    }

    /// A parameter of a request.
    package struct Parameter: Encodable, Sendable {
        /// The name, as the portal's documents spell it.
        package let name: String
        /// The value as text.
        package let value: String

        /// A parameter; see the properties.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A record, or the records of a group, that become no call.
    package struct LeftOut: Encodable, Sendable {
        /// Their lines in the file, from 1.
        package let lines: [Int]
        /// Why, as a stable camel-case word.
        package let reason: String
        /// The same for a person; empty where the reason says it all.
        package let message: String

        fileprivate init(lines: [Int], reason: String, message: String = "") {
            self.lines = lines
            self.reason = reason
            self.message = message
        }
    }
}
