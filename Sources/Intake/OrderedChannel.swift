// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A bounded channel from one thread, through any number of workers, to another thread, that keeps the order.
///
/// What is sent first is received first, whichever worker is done first. No more than `capacity` elements are in the
/// channel, from the moment when they are sent until they are received: whoever sends one more waits. Whoever finds a fault
/// tells the channel; then what is in it is dropped, and both ends are told.
///
/// All methods but the last two block: only threads of one's own may use them.
final class OrderedChannel<Input: Sendable, Output: Sendable>: Sendable {
    private enum Element: Sendable {
        case sent(Input)
        case inWork
        case done(Output)
    }

    private struct State: Sendable {
        /// Those that were not received, in the order in which they were sent.
        var elements: [Element] = []
        /// The number of the first of them.
        var first = 0
        /// The number of the first that no worker has taken.
        var nextToWork = 0
        var isClosed = false
        var fault: (any Error)?

        /// Takes out what a worker should do next.
        mutating func takeWork() -> (number: Int, input: Input)? {
            guard nextToWork < first + elements.count, case .sent(let input) = elements[nextToWork - first] else {
                return nil
            }
            elements[nextToWork - first] = .inWork
            defer { nextToWork += 1 }
            return (nextToWork, input)
        }

        /// Takes out what should be received next.
        mutating func takeDone() -> Output? {
            guard case .done(let output)? = elements.first else { return nil }
            elements.removeFirst()
            first += 1
            return output
        }
    }

    private let capacity: Int
    private let state = Mutex(State())
    private let roomIsMade = Signal()
    private let workIsSent = Signal()
    private let firstIsDone = Signal()

    /// - Parameter capacity: How many elements may be in the channel, at least 1.
    init(capacity: Int) { self.capacity = capacity }

    /// Sends an element; waits while the channel is full.
    ///
    /// - Throws: The fault that the channel was told.
    func send(_ input: Input) throws {
        try roomIsMade.wait {
            try state.withLock { state -> Void? in
                if let fault = state.fault { throw fault }
                precondition(!state.isClosed, "something is sent through a channel that was closed")
                guard state.elements.count < capacity else { return nil }
                state.elements.append(.sent(input))
                return ()
            }
        }
        workIsSent.raise()
    }

    /// Works on the elements until there are no more; called on each of the workers' threads.
    func work(_ body: (Input) -> Output) {
        while let (number, input) = nextWork() {
            let output = body(input)
            let isFirst = state.withLock { state in
                guard state.fault == nil else { return false }
                state.elements[number - state.first] = .done(output)
                return number == state.first
            }
            if isFirst { firstIsDone.raise() }
        }
    }

    private func nextWork() -> (number: Int, input: Input)? {
        workIsSent.wait {
            state.withLock { state -> (number: Int, input: Input)?? in
                guard state.fault == nil else { return .some(nil) }
                if let work = state.takeWork() { return work }
                return state.isClosed ? .some(nil) : nil
            }
        }
    }

    /// The next element in the order; waits for it.
    ///
    /// - Returns: `nil` when the channel is closed and empty.
    /// - Throws: The fault that the channel was told.
    func receive() throws -> Output? {
        let received = try firstIsDone.wait {
            try state.withLock { state -> Output?? in
                if let fault = state.fault { throw fault }
                if let output = state.takeDone() { return output }
                return state.isClosed && state.elements.isEmpty ? .some(nil) : nil
            }
        }
        roomIsMade.raise()
        return received
    }

    /// Says that nothing more will be sent; what was sent is still worked on and received.
    func close() {
        state.withLock { $0.isClosed = true }
        raiseAll()
    }

    /// Says that nothing more can be received; the first fault counts.
    func fail(_ fault: any Error) {
        state.withLock { state in
            state.fault = state.fault ?? fault
            state.elements = []
        }
        raiseAll()
    }

    private func raiseAll() {
        for signal in [roomIsMade, workIsSent, firstIsDone] { signal.raiseForAll() }
    }
}
