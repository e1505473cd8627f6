// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Clocks

/// What a log says of one request: a line at the level info, and a line for each command at the level debug.
///
/// No line has a client's whole number or anything that gives access to the portal.
struct RequestLines {
    private let request: DeliveryRequest
    private let outcome: BatchOutcome

    init(_ request: DeliveryRequest, _ outcome: BatchOutcome) {
        self.request = request
        self.outcome = outcome
    }

    /// The request as a whole, for example `request 12: 49 telephony.externalCall.finish; answered in 8.41 s, 48 ok,
    /// 1 failed; operating time telephony.externalCall.finish 102.5 s`.
    var summary: String {
        var parts = ["request \(request.id): \(methods)"]
        switch outcome {
        case .answered(let reply):
            parts.append("answered in \(Self.seconds(reply.elapsed.inSeconds)), \(counts(reply))")
            if let operating = operating(reply) { parts.append("operating time \(operating)") }
        case .refused(let error): parts.append("refused: \(Self.masked("\(error)"))")
        case .neverSent(let failure): parts.append("not sent: \(failure)")
        case .moved(let host): parts.append("the portal has moved to \(host ?? "another address")")
        case .unknown(let reason, let elapsed):
            parts.append("no reply after \(Self.seconds(elapsed.inSeconds)): \(reason)")
        }
        return parts.joined(separator: "; ")
    }

    /// Every command with what became of it.
    var commands: [String] {
        request.commands.map { command in
            let parameters = command.parameters.map { "\($0.name)=\(Self.text($0))" }.joined(separator: " ")
            return "request \(request.id): \(command.method) \(parameters): \(answer(to: command))"
        }
    }

    private func answer(to command: Command) -> String {
        guard case .answered(let reply) = outcome else { return "no answer of its own" }
        switch reply.outcomes[command.key] {
        case .succeeded(let reply): return "ok \(Self.text(reply.result))"
        case .failed(let error): return "failed: \(Self.masked("\(error)"))"
        case .missing, nil: return "missing in the reply"
        }
    }

    /// How many commands of each method, in the order of their first.
    private var methods: String {
        var counts: [(method: String, count: Int)] = []
        for command in request.commands {
            if let index = counts.firstIndex(where: { $0.method == command.method }) {
                counts[index].count += 1
            } else {
                counts.append((command.method, 1))
            }
        }
        return counts.map { "\($0.count) \($0.method)" }.joined(separator: ", ")
    }

    private func counts(_ reply: BatchReply) -> String {
        var (succeeded, failed, missing) = (0, 0, 0)
        for outcome in reply.outcomes.values {
            switch outcome {
            case .succeeded: succeeded += 1
            case .failed: failed += 1
            case .missing: missing += 1
            }
        }
        return "\(succeeded) ok" + (failed > 0 ? ", \(failed) failed" : "")
            + (missing > 0 ? ", \(missing) missing" : "")
    }

    /// The running total of each method's operating time, as the portal gave it last.
    private func operating(_ reply: BatchReply) -> String? {
        var totals: [String: Double] = [:]
        for command in request.commands {
            guard case .succeeded(let answer)? = reply.outcomes[command.key], let total = answer.time?.operating else {
                continue
            }
            totals[command.method] = max(total, totals[command.method] ?? 0)
        }
        guard !totals.isEmpty else { return nil }
        return totals.sorted { $0.key < $1.key }.map { "\($0.key) \(Self.seconds($0.value))" }.joined(separator: ", ")
    }

    /// Seconds with two decimals.
    private static func seconds(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) s"
    }

    private static func text(_ parameter: Parameter) -> String {
        switch parameter.value {
        case .text(let text): isNumber(parameter.name) ? masked(text) : text
        case .list(let texts): "[\(texts.count)]"
        case .fields(let fields): "{\(fields.map { "\($0.name)=\(text($0))" }.joined(separator: " "))}"
        }
    }

    /// Of a result, what tells that it worked: the values of its members that are no telephone numbers and not long.
    private static func text(_ result: JSONValue) -> String {
        switch result {
        case .object(let members):
            members.sorted { $0.key < $1.key }.compactMap { name, value in
                value.text.map { "\(name)=\(isNumber(name) ? masked($0) : $0)" }
            }.joined(separator: " ")
        case .array(let values): "[\(values.count)]"
        default: result.text ?? ""
        }
    }

    private static func isNumber(_ name: String) -> Bool { name.hasSuffix("PHONE_NUMBER") }

    /// A text in which only the last two digits of a telephone number can be read.
    static func masked(_ text: String) -> String {
        var result = ""
        var digits: [Character] = []
        func flush() {
            // Shorter ones are extensions, ids of users and codes of errors.
            let hidden = digits.count >= 7 ? digits.count - 2 : 0
            result += String(repeating: "*", count: hidden) + String(digits[hidden...])
            digits = []
        }
        for character in text {
            if character.isWholeNumber {
                digits.append(character)
            } else {
                flush()
                result.append(character)
            }
        }
        flush()
        return result
    }
}
