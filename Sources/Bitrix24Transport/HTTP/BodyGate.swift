// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import Synchronization

/// A request's body that knows whether anybody ever asked for it.
///
/// The HTTP client's errors do not tell a request that never left from one whose reply was lost. Its body does: it is
/// handed out in one piece and only when the client is about to write it. After ``close()`` it is never handed out.
final class BodyGate: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    private enum State {
        case waiting
        case handedOut
        case closed
    }

    private let state = Mutex(State.waiting)
    private let body: ByteBuffer

    init(_ body: [UInt8]) {
        self.body = ByteBuffer(bytes: body)
    }

    /// Closes the gate and tells whether the body was kept: `true` proves that no byte of it was sent.
    func close() -> Bool {
        state.withLock { state in
            switch state {
            case .waiting, .closed:
                state = .closed
                return true
            case .handedOut:
                return false
            }
        }
    }

    private func handOut() throws -> ByteBuffer? {
        let isFirst = try state.withLock { state in
            switch state {
            case .waiting:
                state = .handedOut
                return true
            case .handedOut: return false
            case .closed: throw CancellationError()
            }
        }
        return isFirst ? body : nil
    }

    func makeAsyncIterator() -> Iterator { Iterator(gate: self) }

    struct Iterator: AsyncIteratorProtocol {
        let gate: BodyGate
        func next() async throws -> ByteBuffer? { try gate.handOut() }
    }
}
