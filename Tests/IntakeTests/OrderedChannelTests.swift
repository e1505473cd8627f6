// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing

@testable import Intake

/// What threads send each other comes in order, within the bound, and no thread waits for ever.
@Suite struct OrderedChannelTests {
    private struct Break: Error, Equatable { var number: Int }

    private typealias Channel = OrderedChannel<Int, Int>

    /// What comes out of a channel; it blocks, so that it runs on a thread of its own.
    private static func receiveAll(_ channel: Channel) -> OwnThread<(received: [Int], fault: Break?)> {
        OwnThread("test-receive") {
            var received: [Int] = []
            do {
                while let number = try channel.receive() { received.append(number) }
                return (received, nil)
            } catch {
                return (received, error as? Break)
            }
        }
    }

    private static func work(_ channel: Channel, _ count: Int, _ body: @escaping @Sendable (Int) -> Int) -> [OwnThread<
        Void
    >] {
        (0..<count).map { _ in OwnThread("test-work") { channel.work(body) } }
    }

    @Test(arguments: [1, 2, 5], [1, 2, 3])
    func `everything is received in the order in which it was sent`(_ capacity: Int, _ workers: Int) async throws {
        let received = await onOwnThread("test") {
            let channel = Channel(capacity: capacity)
            let threads = Self.work(channel, workers) { number in
                // Some take longer than those behind them.
                if number % 7 == 0 { for _ in 0..<2_000 { _ = number.hashValue } }
                return number * 2
            }
            let receiver = Self.receiveAll(channel)
            for number in 0..<2_000 {
                do { try channel.send(number) } catch { return [-1] }
            }
            channel.close()
            for thread in threads { thread.join() }
            return receiver.join().received
        }
        #expect(received == (0..<2_000).map { $0 * 2 })
    }

    @Test func `no more is in the channel than it holds, and a worker that is slow does not change that`() async throws
    {
        let most = await onOwnThread("test") {
            let channel = Channel(capacity: 3)
            let inside = Mutex((now: 0, most: 0))
            let threads = Self.work(channel, 2) { $0 }
            let sender = OwnThread("test-send") {
                for _ in 0..<500 {
                    do { try channel.send(1) } catch { return }
                    inside.withLock { inside in
                        inside.now += 1
                        inside.most = max(inside.most, inside.now)
                    }
                }
                channel.close()
            }
            // One that was received may not be counted out yet when the next one is sent.
            while let _ = try? channel.receive() { inside.withLock { $0.now -= 1 } }
            sender.join()
            for thread in threads { thread.join() }
            return inside.withLock { $0.most }
        }
        #expect((1...4).contains(most), "\(most)")
    }

    @Test func `who sends into a full channel waits until something is received`() async throws {
        let order = await onOwnThread("test") {
            let channel = Channel(capacity: 1)
            let order = Mutex<[String]>([])
            let threads = Self.work(channel, 1) { $0 }
            do { try channel.send(1) } catch { return ["fault"] }
            let sender = OwnThread("test-send") {
                do { try channel.send(2) } catch { return }
                order.withLock { $0.append("sent") }
                channel.close()
            }
            order.withLock { $0.append("before") }
            let first = try? channel.receive()
            sender.join()
            let second = try? channel.receive()
            let last = try? channel.receive()
            for thread in threads { thread.join() }
            order.withLock {
                $0.append("\(first ?? nil, default: "-") \(second ?? nil, default: "-") \(last ?? nil, default: "-")")
            }
            return order.withLock { $0 }
        }
        #expect(order == ["before", "sent", "1 2 -"])
    }

    @Test func `a fault reaches both ends and ends the workers, and the first one counts`() async throws {
        let (sent, received) = await onOwnThread("test") {
            let channel = Channel(capacity: 2)
            let threads = Self.work(channel, 2) { number in
                if number == 5 {
                    channel.fail(Break(number: 1))
                    channel.fail(Break(number: 2))
                }
                return number
            }
            let receiver = Self.receiveAll(channel)
            var fault: Break?
            do {
                for number in 0..<1_000 { try channel.send(number) }
            } catch {
                fault = error as? Break
            }
            for thread in threads { thread.join() }
            return (fault, receiver.join())
        }
        #expect(sent == Break(number: 1) && received.fault == Break(number: 1))
        #expect(received.received == Array(0..<received.received.count) && received.received.count <= 5)
    }

    @Test func `a channel that is closed at once ends everybody`() async throws {
        let received = await onOwnThread("test") {
            let channel = Channel(capacity: 2)
            let threads = Self.work(channel, 3) { $0 }
            let receiver = Self.receiveAll(channel)
            channel.close()
            for thread in threads { thread.join() }
            return receiver.join()
        }
        #expect(received.received.isEmpty && received.fault == nil)
    }

    @Test func `a thread of its own gives its result to whoever waits for it, again and again`() async {
        let results = await onOwnThread("test") {
            let thread = OwnThread("test-result") { 7 }
            return [thread.join(), thread.join()]
        }
        #expect(results == [7, 7])
    }
}
