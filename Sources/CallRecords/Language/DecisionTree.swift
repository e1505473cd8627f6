// SPDX-License-Identifier: Apache-2.0

// Unsafe: places of nodes, questions and decisions are those that the tree has given out itself.

/// Remembers how the rules of a format decided about records, by the answers to the questions that the rules asked.
///
/// A rule looks at a record only through questions about its texts, such as whether a channel begins with `Local/`. Records
/// that give the same answers go the same way through all cases, and most files have a few dozen such ways. The tree asks
/// each question of a way once, where the rules ask some of them ten times and walk through each of their cases.
///
/// It belongs to one program with its surroundings, and one thread at a time uses it; copies of a mapper share it.
@safe final class DecisionTree {
    /// Which of the texts of a program an expression comes to, once all its cases are decided.
    enum DecidedText: BitwiseCopyable, Hashable {
        /// No text at all.
        case nothing
        /// The same for every record that goes this way.
        case literal(Program.Literal)
        /// A column, or what is made of it without any case.
        case made(Program.Text)
    }

    /// What is asked about a record.
    struct Question: BitwiseCopyable, Hashable {
        enum Kind: BitwiseCopyable, Hashable {
            /// Whether the text is empty: 1 or 0.
            case isEmpty
            /// Whether a condition holds that looks at one or two texts: 1 or 0.
            case condition(Program.Condition)
            /// What a table has for the text; -1 for nothing.
            case entry(table: Program.Index)
        }

        var kind: Kind
        var text: DecidedText
        /// What ``text`` is compared with, where it is compared with another.
        var other = DecidedText.nothing
    }

    /// A question with what is needed to ask it.
    struct AskedQuestion: BitwiseCopyable {
        let question: Question
        /// The condition, where the question is one.
        let condition: ConditionExpression
        /// The texts that need to be looked at.
        let filter: TextFilter
        /// The slot that ``Question/text`` is, or -1.
        let slot: Program.Index
        /// What any other text gets for an answer.
        let no: Int32
        /// The text that was looked at last, if it is a short one, with its answer: a context or an application comes in one
        /// record after the other.
        var last = (text: ShortText.none, answer: Int32(0))
    }

    /// A question of a way, with its answer.
    struct Step {
        var question: Question
        var answer: Int32
    }

    /// What was decided for the records of one way.
    struct Decision {
        /// The first of the rules that skip records which holds; `nil` where none does.
        var skip: Int?
        /// Whether the far end is the phone system itself.
        var isRelay = false
        /// Whether the call was sent on to a number outside.
        var isRedirected = false
        /// The texts of ``DecidedRules/texts``, in their order; none for a record that is skipped.
        var texts: [DecidedText] = []
    }

    /// One answer to a question.
    private struct Node: BitwiseCopyable {
        var question: Int32
        var answer: Int32
        /// Where the answer leads: to a node from 0 on, to a decision from -2 down, or nowhere yet.
        var next: Int32 = DecisionTree.nowhere
        /// The node with another answer to the same question.
        var sibling: Int32 = DecisionTree.nowhere
    }

    private static let nowhere: Int32 = -1

    /// What a decision says beside its texts.
    private struct Verdict: BitwiseCopyable {
        var skip: Int32
        var isRelay: Bool
        var isRedirected: Bool
    }

    /// More ways than these a file has only if nearly every record goes its own; then the rules are quicker.
    private static let mostDecisions = 256
    private static let mostNodes = 2_048
    private static let mostQuestions = 512
    /// More questions than a way of any preset has.
    private static let mostSteps = 128
    /// After so many ways that were longer no more are worked out: the rules are quicker.
    private static let mostRefusals = 32

    private let nodes: UnsafeMutablePointer<Node>
    private let verdicts: UnsafeMutablePointer<Verdict>
    private let texts: UnsafeMutablePointer<DecidedText>
    /// For each text of the program its place among those that are decided, or -1.
    private let places: UnsafeMutablePointer<Int32>
    private let textCount: Int
    /// The first node is no answer: it leads to the first question.
    private var nodeCount = 1
    /// How many ways were learnt.
    private(set) var decisionCount = 0
    private var refusals = 0
    private let questions: UnsafeMutablePointer<AskedQuestion>
    private var numbers: [Question: Int32] = [:]

    /// What the tree decides about.
    let rules: DecidedRules

    /// - Parameter programTexts: How many texts the program has.
    init(_ rules: DecidedRules, programTexts: Int) {
        self.rules = rules
        textCount = rules.texts.count
        unsafe nodes = .allocate(capacity: Self.mostNodes)
        unsafe nodes.initialize(to: Node(question: -1, answer: 0))
        unsafe questions = .allocate(capacity: Self.mostQuestions)
        unsafe verdicts = .allocate(capacity: Self.mostDecisions)
        unsafe texts = .allocate(capacity: max(1, Self.mostDecisions * rules.texts.count))
        unsafe places = .allocate(capacity: max(1, programTexts))
        unsafe places.initialize(repeating: -1, count: programTexts)
        for (place, text) in rules.texts.enumerated() { unsafe places[Int(text.index)] = Int32(place) }
    }

    deinit {
        unsafe nodes.deallocate()
        unsafe questions.deallocate()
        unsafe verdicts.deallocate()
        unsafe texts.deallocate()
        unsafe places.deallocate()
    }

    /// The decision that the answers of a record lead to; `nil` for a way that nobody has learnt.
    @inline(__always)
    func find(_ answer: (UnsafeMutablePointer<AskedQuestion>) -> Int32) -> Int? {
        var place = unsafe nodes[0].next
        while place >= 0 {
            let given = unsafe answer(questions + Int(nodes[Int(place)].question))
            while place >= 0, unsafe nodes[Int(place)].answer != given { place = unsafe nodes[Int(place)].sibling }
            if place >= 0 { place = unsafe nodes[Int(place)].next }
        }
        return place == Self.nowhere ? nil : -2 - Int(place)
    }

    /// The rule that skips the records of a decision.
    func skip(_ decision: Int) -> Int? {
        let skip = unsafe verdicts[decision].skip
        return skip >= 0 ? Int(skip) : nil
    }

    /// Whether the far end of the records of a decision is the phone system itself.
    func isRelay(_ decision: Int) -> Bool { unsafe verdicts[decision].isRelay }

    /// Whether the calls of the records of a decision were sent on to a number outside.
    func isRedirected(_ decision: Int) -> Bool { unsafe verdicts[decision].isRedirected }

    /// What a text comes to in a decision; `nil` for one that is not decided.
    @inline(__always)
    func text(_ text: Program.Text, _ decision: Int) -> DecidedText? {
        let place = unsafe places[Int(text.index)]
        return place >= 0 ? unsafe texts[decision &* textCount &+ Int(place)] : nil
    }

    /// Remembers a way.
    ///
    /// - Parameter asked: How a question is asked.
    /// - Returns: The number of the decision; `nil` when there is no room for it.
    func learn(_ steps: [Step], _ decision: Decision, asked: (Question) -> AskedQuestion) -> Int? {
        guard hasRoom else { return nil }
        guard steps.count <= Self.mostSteps else {
            refusals += 1
            return nil
        }
        let number = decisionCount
        decisionCount += 1
        unsafe verdicts[number] = Verdict(
            skip: Int32(decision.skip ?? -1), isRelay: decision.isRelay, isRedirected: decision.isRedirected)
        for place in 0..<textCount {
            let text = place < decision.texts.count ? decision.texts[place] : .nothing
            unsafe (texts + number * textCount + place).initialize(to: text)
        }
        var last = 0
        for step in steps {
            if numbers[step.question] == nil {
                unsafe (questions + numbers.count).initialize(to: asked(step.question))
                numbers[step.question] = Int32(numbers.count)
            }
            last = node(for: step, behind: last)
        }
        unsafe nodes[last].next = Int32(-2 - number)
        return number
    }

    /// Whether another way can still be learnt.
    var hasRoom: Bool {
        refusals < Self.mostRefusals && decisionCount < Self.mostDecisions
            && nodeCount + Self.mostSteps <= Self.mostNodes
            && numbers.count + Self.mostSteps <= Self.mostQuestions
    }

    /// The node of an answer to the question that comes behind another node.
    private func node(for step: Step, behind last: Int) -> Int {
        guard var place = known(unsafe nodes[last].next) else {
            unsafe nodes[last].next = add(step)
            return nodeCount - 1
        }
        while unsafe nodes[place].answer != step.answer {
            guard let sibling = known(unsafe nodes[place].sibling) else {
                unsafe nodes[place].sibling = add(step)
                return nodeCount - 1
            }
            place = sibling
        }
        return place
    }

    private func known(_ place: Int32) -> Int? { place >= 0 ? Int(place) : nil }

    /// Adds a node that leads nowhere yet.
    private func add(_ step: Step) -> Int32 {
        unsafe (nodes + nodeCount).initialize(to: Node(question: numbers[step.question] ?? -1, answer: step.answer))
        nodeCount += 1
        return Int32(nodeCount - 1)
    }
}
