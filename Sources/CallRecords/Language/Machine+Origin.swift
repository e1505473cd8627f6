// SPDX-License-Identifier: Apache-2.0

extension Machine {
    /// Where the value of an expression came from in the record that is loaded.
    struct Origin {
        /// The slots of the columns that were read on the way that was taken.
        var slots: [Int] = []
        /// The branches taken, such as `case 2` or `outgoing`.
        var branches: [String] = []

        mutating func add(slot: Program.Index) {
            if !slots.contains(Int(slot)) { slots.append(Int(slot)) }
        }
    }

    /// Follows an expression through the branches that this record takes.
    mutating func origin(of index: Program.Index) -> Origin {
        var origin = Origin()
        trace(index, into: &origin)
        return origin
    }

    private mutating func trace(_ index: Program.Index, into origin: inout Origin) {
        let node = self.node(index)
        switch node.operation {
        case .column: origin.add(slot: node.a)
        case .literal, .always: return
        case .value: trace(program.values[Int(node.a)].node, into: &origin)
        case .namedTime: trace(program.times[Int(node.a)].node, into: &origin)
        case .firstFilled: traceFirstFilled(node, into: &origin)
        case .firstCase: traceCase(node, into: &origin)
        case .select: traceSelection(node, into: &origin)
        case .join, .all, .any, .firstTime, .firstDuration:
            for child in node.a..<node.a + node.b { trace(self.child(child), into: &origin) }
        case .shiftTime, .between, .sum, .isSame:
            trace(node.a, into: &origin)
            trace(node.b, into: &origin)
        case .lookUp:
            trace(node.a, into: &origin)
        default: trace(node.a, into: &origin)
        }
    }

    private mutating func traceFirstFilled(_ node: Program.Node, into origin: inout Origin) {
        for child in node.a..<node.a + node.b where !text(self.child(child)).isEmpty {
            trace(self.child(child), into: &origin)
            return
        }
    }

    private mutating func traceCase(_ node: Program.Node, into origin: inout Origin) {
        for child in stride(from: node.a, to: node.a + node.b, by: 2) where holds(self.child(child)) {
            origin.branches.append("case \((child - node.a) / 2 + 1)")
            traceCondition(self.child(child), into: &origin)
            trace(self.child(child + 1), into: &origin)
            return
        }
    }

    private mutating func traceSelection(_ node: Program.Node, into origin: inout Origin) {
        let word = text(node.a)
        let branch = find(word, in: node.b)
        origin.branches.append(branch == nil ? "otherwise" : arena.string(word))
        trace(branch ?? node.c, into: &origin)
    }

    /// The columns that a condition asks for itself; those behind the direction and the answer are told there.
    private mutating func traceCondition(_ index: Program.Index, into origin: inout Origin) {
        let node = self.node(index)
        switch node.operation {
        case .always: return
        case .all, .any:
            for child in node.a..<node.a + node.b { traceCondition(self.child(child), into: &origin) }
        case .not: traceCondition(node.a, into: &origin)
        default:
            let inner = self.node(node.a)
            guard inner.operation == .value else {
                if inner.operation == .column { origin.add(slot: inner.a) }
                return
            }
            let name = program.values[Int(inner.a)].name
            guard name == "direction" || name == "answered" else { return trace(node.a, into: &origin) }
            let value = namedValue(inner.a)
            origin.branches.append("\(name) \(value.isEmpty ? "no" : arena.string(value))")
        }
    }
}
