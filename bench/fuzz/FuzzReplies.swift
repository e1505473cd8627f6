// SPDX-License-Identifier: Apache-2.0

// Compiled together with the sources of Bitrix24 and the promises of its tests by bench/fuzz/fuzz, not part of the package.

import Bitrix24
import Dispatch
import Synchronization

/// Called by libFuzzer: the first byte chooses the HTTP status; the rest is the body of the reply.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let answer = HTTPAnswer(
        status: statuses[Int(start[0]) % statuses.count],
        body: Array(UnsafeBufferPointer(start: start + 1, count: count - 1)),
        location: "https://other.example/rest/1/secret/", elapsed: .seconds(1))
    growth.watch {
        if let broken = waited({ await brokenPromise(of: answer) }) { fatalError(broken) }
    }
    return 0
}

// libFuzzer calls from one thread only, which the compiler cannot know.
nonisolated(unsafe) private var growth = Growth()

private let statuses = [200, 200, 200, 200, 201, 302, 400, 401, 403, 404, 429, 500, 502, 503]

/// What an asynchronous function gives, waited for on the only thread of the fuzzer.
private func waited(_ body: @escaping @Sendable () async -> String?) -> String? {
    let done = DispatchSemaphore(value: 0)
    let result = Result()
    Task {
        let value = await body()
        result.text.withLock { $0 = value }
        done.signal()
    }
    done.wait()
    return result.text.withLock { $0 }
}

private final class Result: Sendable {
    let text = Mutex<String?>(nil)
}
