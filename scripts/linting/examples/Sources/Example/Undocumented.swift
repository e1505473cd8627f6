// SPDX-License-Identifier: Apache-2.0

package struct NoComment {
    // Not a doc comment.
    package var first: Int
    /// Documented.
    package var second: Int
    var third: Int
    package private(set) var fourth = "package var inAString: Int { \("\(1)") }"

    package init(first: Int, second: Int) {
        self.first = first
        self.second = second
    }

    package init(sum: Int) {
        self.first = sum
        self.second = 0
    }

    package func explain() -> String {
        let local = "{"
        func inner() {}
        return local
    }

    @inlinable
    package static func + (left: NoComment, right: NoComment) -> NoComment { left }

    package static func == (left: NoComment, right: NoComment) -> Bool { true }

    private func mayBeSilent() {}
}

/// Documented.
package enum Outcome {
    case plain, simple
    case loaded(Int)
    /// Documented.
    case explained(Int)

    package var isPlain: Bool { if case .plain = self { true } else { false } }
}

/// Documented.
package protocol Speaker {
    func speak(to listener: String)
    /// Documented.
    var volume: Int { get }
}

private enum Hidden {
    case loaded(Int)
}

public typealias Alias = Int

/// Documented.
@available(*, deprecated)
package final class Documented {
    let pattern = /[{"]/
    /* A block { comment. */
    package subscript(index: Int) -> Int { index }
    package override var description: String { "" }
}
