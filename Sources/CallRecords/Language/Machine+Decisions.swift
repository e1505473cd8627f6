// SPDX-License-Identifier: Apache-2.0

// Unsafe: questions are those of the tree, and texts are looked at while the arena keeps them.

/// The rules whose outcome a ``DecisionTree`` remembers.
struct DecidedRules: Sendable {
    /// The conditions under which records are skipped.
    var skips: [Program.Condition]
    /// Whether the far end is the phone system itself; `nil` for a format that does not say.
    var relay: Program.Condition?
    /// Whether the call was sent on to a number outside; `nil` for a format that does not say.
    var redirected: Program.Condition?
    /// The texts that nearly every leg asks for.
    var texts: [Program.Text]
}

/// Deciding about a record by what was decided about others like it.
extension Machine {
    /// Looks for what was decided about a record that answers all questions in the same way, or works it out.
    ///
    /// ``firstSkip(among:)``, ``text(decided:)``, ``isRelay(_:)`` and ``isRedirected(_:)`` go by it until the next record is
    /// loaded or a value is overridden. Without a tree, or room in it, they go by the rules.
    mutating func decide() {
        guard let tree else { return }
        decision = unsafe tree.find { unsafe answer($0) }
        guard decision == nil, tree.hasRoom else { return }
        var lesson = Lesson()
        let decided = decide(tree.rules, &lesson)
        decision = tree.learn(lesson.steps, decided) { asked($0) }
    }

    /// Which of the rules that skip records holds first, by the decision if there is one; `nil` where none does.
    mutating func firstSkip(among rules: [(condition: Program.Condition, reason: SkipReason)]) -> Int? {
        guard let decision, let tree else { return rules.firstIndex { holds($0.condition) } }
        return tree.skip(decision)
    }

    /// The text that an expression gives for this record, by the decision if there is one.
    @inline(__always)
    mutating func text(decided place: Program.Text) -> Slice {
        guard let decision, let tree, let decided = tree.text(place, decision) else { return text(place) }
        return value(of: decided)
    }

    /// Whether a condition about the far end holds for this record, by the decision if there is one.
    mutating func isRelay(_ condition: Program.Condition) -> Bool {
        guard let decision, let tree else { return holds(condition) }
        return tree.isRelay(decision)
    }

    /// Whether a condition about sending a call on holds for this record, by the decision if there is one.
    mutating func isRedirected(_ condition: Program.Condition) -> Bool {
        guard let decision, let tree else { return holds(condition) }
        return tree.isRedirected(decision)
    }

    // MARK: Questions

    @inline(__always)
    private mutating func value(of text: DecisionTree.DecidedText) -> Slice {
        switch text {
        case .made(let place): self.text(place)
        case .literal(let literal): self.literal(literal)
        case .nothing: .empty
        }
    }

    @inline(__always)
    private mutating func answer(_ asked: UnsafeMutablePointer<DecisionTree.AskedQuestion>) -> Int32 {
        let slot = unsafe asked.pointee.slot
        let text = unsafe slot >= 0 ? slotValue(Program.Slot(index: slot)) : value(of: asked.pointee.question.text)
        // The byte is there even if the text is empty.
        guard unsafe asked.pointee.filter.passes(count: text.count, first: arena[Int(text.start)]) else {
            return unsafe asked.pointee.no
        }
        // What the filter lets pass is empty, if that is the question.
        if case .isEmpty = unsafe asked.pointee.question.kind { return 1 }
        let short = arena.contents.short(text)
        if let short, unsafe asked.pointee.last.text == short, unsafe asked.pointee.question.isAboutOne {
            return unsafe asked.pointee.last.answer
        }
        let answer = unsafe answer(asked.pointee.question, asked.pointee.condition, text)
        if let short { unsafe asked.pointee.last = (short, answer) }
        return answer
    }

    /// The answer of a record, whose text passes the filter.
    private mutating func answer(
        _ question: DecisionTree.Question, _ condition: ConditionExpression, _ text: Slice
    ) -> Int32 {
        switch question.kind {
        case .isEmpty: text.isEmpty ? 1 : 0
        case .entry(let table): entry(of: text, inTable: table) ?? -1
        case .condition: holds(condition, for: text, value(of: question.other)) ? 1 : 0
        }
    }

    /// How a question is asked.
    private func asked(_ question: DecisionTree.Question) -> DecisionTree.AskedQuestion {
        var slot: Program.Index = -1
        if case .made(let place) = question.text, case .column(let column) = expression(place) { slot = column.index }
        return DecisionTree.AskedQuestion(
            question: question, condition: condition(of: question), filter: filter(of: question), slot: slot,
            no: question.isEntry ? -1 : 0)
    }

    private func condition(of question: DecisionTree.Question) -> ConditionExpression {
        if case .condition(let place) = question.kind { expression(place) } else { .always }
    }

    /// Lets the texts pass that may have another answer than no.
    private func filter(of question: DecisionTree.Question) -> TextFilter {
        switch question.kind {
        case .isEmpty: return .emptiness
        case .entry(let table): return unsafe memory.tables[Int(table)].filter
        case .condition(let place):
            switch expression(place) {
            case .isOneOf(_, let words): return unsafe memory.tables[Int(words.index)].filter
            case .starts(_, let literals): return .beginnings(bytes(of: literals))
            case .ends(_, let literals), .contains(_, let literals):
                return .length(from: bytes(of: literals).map(\.count).min() ?? 0)
            case .isAbove, .isTrunk: return .length(from: 1)
            case .isNamedTrunk: return surroundings.trunks.filter
            case .always, .all, .any, .not, .matches, .isEmpty, .isSame, .lengthIs, .isExtension, .isPhone, .isHidden,
                .isOwn:
                return .everything
            }
        }
    }

    private func bytes(of literals: Program.Several<Program.Literal>) -> [[UInt8]] {
        literals.places.map { unsafe Array(arena.bytes(of: literal(member($0, of: literals)))) }
    }

    // MARK: Learning

    /// The questions that a record was asked, with its answers.
    private struct Lesson {
        private(set) var steps: [DecisionTree.Step] = []
        private var answers: [DecisionTree.Question: Int32] = [:]

        private var texts: [Program.Value: DecisionTree.DecidedText] = [:]

        func answer(_ question: DecisionTree.Question) -> Int32? { answers[question] }

        func text(of value: Program.Value) -> DecisionTree.DecidedText? { texts[value] }

        mutating func note(_ value: Program.Value, _ text: DecisionTree.DecidedText) { texts[value] = text }

        /// Takes note of an answer, which is a step of the way unless it is the same for all records.
        mutating func note(_ question: DecisionTree.Question, _ answer: Int32) {
            answers[question] = answer
            if question.dependsOnRecord { steps.append(DecisionTree.Step(question: question, answer: answer)) }
        }
    }

    private mutating func ask(_ question: DecisionTree.Question, _ lesson: inout Lesson) -> Int32 {
        if let known = lesson.answer(question) { return known }
        let answer = answer(question, condition(of: question), value(of: question.text))
        lesson.note(question, answer)
        return answer
    }

    private mutating func decide(_ rules: DecidedRules, _ lesson: inout Lesson) -> DecisionTree.Decision {
        for (number, condition) in rules.skips.enumerated() where decide(condition, &lesson) {
            return DecisionTree.Decision(skip: number)
        }
        var decision = DecisionTree.Decision()
        if let relay = rules.relay { decision.isRelay = decide(relay, &lesson) }
        if let redirected = rules.redirected { decision.isRedirected = decide(redirected, &lesson) }
        for text in rules.texts { decision.texts.append(decide(text, &lesson)) }
        return decision
    }

    /// Which text an expression comes to.
    private mutating func decide(_ place: Program.Text, _ lesson: inout Lesson) -> DecisionTree.DecidedText {
        switch expression(place) {
        case .literal(let literal): return .literal(literal)
        case .value(let value):
            // Others may name it, and others these: without this there would be millions of ways through twenty values.
            if let known = lesson.text(of: value) { return known }
            let text = definition(of: value)
            // What has no cases is worked out once for a record under its name.
            let decided = hasCases(text) ? decide(text, &lesson) : .made(place)
            lesson.note(value, decided)
            return decided
        case .firstFilled(let texts):
            for member in texts.places {
                let text = decide(self.member(member, of: texts), &lesson)
                if ask(DecisionTree.Question(kind: .isEmpty, text: text), &lesson) == 0 { return text }
            }
            return .nothing
        case .firstCase(let cases):
            var number = 0
            while let branch = branch(number, of: cases) {
                if decide(branch.condition, &lesson) { return decide(branch.text, &lesson) }
                number += 1
            }
            return .nothing
        case .yesIf(let condition): return decide(condition, &lesson) ? .literal(program.yes) : .nothing
        case .select(let word, let choices, let otherwise):
            let text = decide(word, &lesson)
            let found = ask(DecisionTree.Question(kind: .entry(table: choices.index), text: text), &lesson)
            return decide(found >= 0 ? Program.Text(index: found) : otherwise, &lesson)
        case .lookUp(let word, let table, let otherwise):
            let text = decide(word, &lesson)
            let found = ask(DecisionTree.Question(kind: .entry(table: table.index), text: text), &lesson)
            if found >= 0 { return .literal(Program.Literal(index: found)) }
            return otherwise.map { decide($0, &lesson) } ?? text
        case .column, .join, .cut, .part, .strip, .trim, .lowercase, .digits,
            .decodePercent, .lowBits, .fromHexadecimal, .capture, .replace:
            return .made(place)
        }
    }

    /// Whether a text is one of several, and not made of one.
    private func hasCases(_ place: Program.Text) -> Bool {
        switch expression(place) {
        case .value(let value): hasCases(definition(of: value))
        case .firstFilled, .firstCase, .yesIf, .select, .lookUp, .literal: true
        case .column, .join, .cut, .part, .strip, .trim, .lowercase, .digits,
            .decodePercent, .lowBits, .fromHexadecimal, .capture, .replace:
            false
        }
    }

    private mutating func decide(_ place: Program.Condition, _ lesson: inout Lesson) -> Bool {
        switch expression(place) {
        case .always: return true
        case .all(let conditions):
            for member in conditions.places where !decide(self.member(member, of: conditions), &lesson) { return false }
            return true
        case .any(let conditions):
            for member in conditions.places where decide(self.member(member, of: conditions), &lesson) { return true }
            return false
        case .not(let condition): return !decide(condition, &lesson)
        case .isEmpty(let text):
            return ask(DecisionTree.Question(kind: .isEmpty, text: decide(text, &lesson)), &lesson) == 1
        case .isSame(let text, let other):
            let (text, other) = (decide(text, &lesson), decide(other, &lesson))
            return ask(DecisionTree.Question(kind: .condition(place), text: text, other: other), &lesson) == 1
        case .isOneOf(let text, _), .starts(let text, _), .ends(let text, _), .contains(let text, _),
            .matches(let text, _), .lengthIs(let text, _, _), .isAbove(let text, _), .isExtension(let text),
            .isTrunk(let text), .isNamedTrunk(let text), .isPhone(let text), .isHidden(let text), .isOwn(let text):
            return ask(DecisionTree.Question(kind: .condition(place), text: decide(text, &lesson)), &lesson) == 1
        }
    }
}

extension DecisionTree.Question {
    /// Whether a table is asked, whose answer for an unknown word is -1.
    fileprivate var isEntry: Bool { if case .entry = kind { true } else { false } }

    /// Whether one text alone has the answer.
    fileprivate var isAboutOne: Bool { if case .nothing = other { true } else { false } }

    /// Whether records can answer it differently.
    fileprivate var dependsOnRecord: Bool { text.isMade || other.isMade }
}

extension DecisionTree.DecidedText {
    fileprivate var isMade: Bool { if case .made = self { true } else { false } }
}
