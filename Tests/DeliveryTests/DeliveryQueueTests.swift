// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords
import Testing

@testable import Delivery

@Suite struct DeliveryQueueTests {
    private func call(
        _ id: Int64, _ phone: String, _ state: CallState = .pending, start: Int64? = nil, employee: String? = "101"
    ) -> TrackedCall {
        let time = CallTime(epochSeconds: 1_770_000_000 + (start ?? id))
        return TrackedCall(
            id: id,
            call: Call(
                key: "pbx:\(id)", type: .incoming, start: time, end: time, phoneNumber: phone,
                employeeExtension: employee, talk: .zero, status: .missed),
            progress: DeliveryProgress(stored: state))
    }

    private func queue(_ calls: [TrackedCall]) -> DeliveryQueue {
        var queue = DeliveryQueue()
        for call in calls { queue.put(call) }
        return queue
    }

    private func ids(_ calls: [TrackedCall]) -> [Int64] { calls.map(\.id) }

    @Test func `calls are registered by start, whatever the order they were read in`() {
        let queue = queue([call(1, "+1", start: 30), call(2, "+2", start: 10), call(3, "+3", start: 20)])
        #expect(ids(queue.nextToRegister(limit: 2, separatesLookAlikes: false)) == [2, 3])
    }

    @Test func `a finish waits for the earlier calls of its number`() {
        let queue = queue([call(1, "+1"), call(2, "+1", .registered), call(3, "+2", .registered)])
        #expect(ids(queue.nextToFinish(limit: 10)) == [3])
    }

    @Test func `calls of one number may share a batch in order`() {
        let queue = queue([call(2, "+1", .registered), call(1, "+1", .registered), call(3, "+1", .registered)])
        #expect(ids(queue.nextToFinish(limit: 2)) == [1, 2])
    }

    @Test func `two finishes in flight never share a number`() {
        let queue = queue([call(1, "+1", .finishing), call(2, "+1", .registered), call(3, "+2", .registered)])
        #expect(ids(queue.nextToFinish(limit: 10)) == [3])
    }

    @Test func `an unsettled call blocks its own number and no other`() {
        var queue = queue([call(1, "+1", .unsettled), call(2, "+1"), call(3, "+2")])
        #expect(ids(queue.nextToRegister(limit: 10, separatesLookAlikes: false)) == [3])
        queue.put(call(1, "+1", .delivered))
        #expect(ids(queue.nextToRegister(limit: 10, separatesLookAlikes: false)) == [2, 3])
    }

    @Test func `look-alikes are registered one after the other where the portal could merge them`() {
        var queue = queue([call(1, "+1"), call(2, "+1"), call(3, "+1", employee: "102")])
        #expect(ids(queue.nextToRegister(limit: 10, separatesLookAlikes: true)) == [1, 3])
        for state in [CallState.registering, .registered, .finishing] {
            queue.put(call(1, "+1", state))
            #expect(ids(queue.nextToRegister(limit: 10, separatesLookAlikes: true)) == [3])
        }
        queue.put(call(1, "+1", .held))
        #expect(ids(queue.nextToRegister(limit: 10, separatesLookAlikes: true)) == [2, 3])
    }

    @Test func `a call that got another's CALL_ID waits for its look-alikes on every portal`() {
        var queue = queue([call(1, "+1", .registered), call(2, "+1")])
        queue.serialise(2)
        #expect(queue.nextToRegister(limit: 10, separatesLookAlikes: false).isEmpty)
        queue.put(call(1, "+1", .delivered))
        #expect(ids(queue.nextToRegister(limit: 10, separatesLookAlikes: false)) == [2])
    }

    @Test func `calls that are over leave the memory`() {
        var queue = queue([call(1, "+1", .registered), call(2, "+2")])
        queue.put(call(1, "+1", .delivered))
        #expect(queue.count == 1 && queue.finishCount == 0 && queue[1] == nil)
        queue.put(call(2, "+2", .refused))
        #expect(queue.count == 0 && queue.registerCount == 0)
    }
}

@Suite struct SettlingScheduleTests {
    @Test func `an absence is believed after a second read some time later`() {
        var schedule = SettlingSchedule(pause: .seconds(5))
        schedule.add(1, due: .seconds(66), reads: 2)
        #expect(schedule.due(at: .seconds(65), limit: 9).isEmpty)
        #expect(schedule.due(at: .seconds(66), limit: 9) == [1])
        #expect(schedule.sawNothing(1, at: .seconds(67)) == .readAgain)
        #expect(schedule.nextDue == .seconds(72))
        #expect(schedule.sawNothing(1, at: .seconds(72)) == .absent)
        #expect(schedule.count == 0)
    }

    @Test func `a row that most probably comes late is looked for four times with growing pauses`() {
        var schedule = SettlingSchedule(pause: .seconds(5))
        schedule.add(1, due: .zero, reads: 4)
        var dues: [Duration] = []
        while case .readAgain = schedule.sawNothing(1, at: schedule.nextDue ?? .zero) {
            dues.append(schedule.nextDue ?? .zero)
        }
        #expect(dues == [.seconds(5), .seconds(15), .seconds(35)])
    }

    @Test func `the longest waiting calls are asked about first`() {
        var schedule = SettlingSchedule(pause: .seconds(5))
        schedule.add(1, due: .seconds(3), reads: 2)
        schedule.add(2, due: .seconds(1), reads: 2)
        schedule.add(3, due: .seconds(2), reads: 2)
        #expect(schedule.due(at: .seconds(9), limit: 2) == [2, 3])
    }
}
