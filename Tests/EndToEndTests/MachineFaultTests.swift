// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Faults of the machine under the importer: disk, clock, a process that is stopped. `strace` is installed by
/// `scripts/test`, `prlimit` and `unshare` belong to every Debian, `clang` to Swift; a test without its tool fails.
@Suite(.serialized) struct MachineFaultTests {
    private static let calls = 40
    /// A request cap of half a second, so that what is settled after 66 seconds at a portal takes 0.55 here.
    private static let limits = ", request_cap_seconds: 0.5, target_request_seconds: 0.1, batch_commands: 7, lanes: 1"

    private func workspace(ledger: String = "cdr24.sqlite") throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(Self.calls).file, to: "Master.csv")
        let configuration = Workspace.configuration(limits: Self.limits)
            .replacingOccurrences(of: "ledger: cdr24.sqlite", with: "ledger: \(ledger)")
        try workspace.write(configuration, to: "cdr24.yaml")
        return workspace
    }

    /// Starts a shell script in the workspace; `$CDR24` is the importer.
    private func shell(_ script: String, _ workspace: Workspace, _ portal: Portal) throws -> RunningProgram {
        try RunningProgram(
            "/bin/bash", ["-c", script],
            environment: [
                "BITRIX24_WEBHOOK_URL": portal.url, "CDR24": try Programs.path("cdr24"),
                "PATH": "/usr/local/sbin:/usr/sbin:/sbin:"
                    + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"),
            ], in: workspace.folder)
    }

    /// Runs imports until there is nothing left to do, and compares with the portal.
    private func expectEachOnce(
        _ workspace: Workspace, _ portal: Portal, location: SourceLocation = #_sourceLocation
    ) async throws {
        var last: Outcome?
        for _ in 0..<5 where last?.status ?? 4 == 4 { last = try await workspace.importing(portal: portal).outcome }
        #expect(last?.status == 0, "\(last?.errors ?? "")", sourceLocation: location)
        try await expectEachOnce(portal, location: location)
    }

    private func expectEachOnce(_ portal: Portal, location: SourceLocation = #_sourceLocation) async throws {
        let audit = try await portal.audit()
        #expect(audit.rowsPerKey.count == Self.calls, sourceLocation: location)
        #expect(audit.rowsPerKey.values.allSatisfy { $0 == 1 }, "\(audit.rowsPerKey)", sourceLocation: location)
        #expect(audit.isQuiet, sourceLocation: location)
    }

    /// Lets a process write nothing more to any file. It shows in what the process says then whether that worked.
    private static func limitFiles(ofProcess pid: Int32) {
        let program = URL(fileURLWithPath: "/usr/bin/prlimit")
        let limit = try? Process.run(program, arguments: ["--pid", "\(pid)", "--fsize=0:0"])
        limit?.waitUntilExit()
    }

    @Test(arguments: [4, 6, 8])
    func `an answer that cannot be written ends the run, and the next one settles`(_ request: Int) async throws {
        // The importer waits for the reply for 6 s, and the limit takes hold long before: also on a busy machine.
        let portal = try await Portal.start(["--request-cap", "5", "--fault", "stall-after=2.5@\(request)"])
        let workspace = try workspace()
        let slow = workspace.read("cdr24.yaml").replacingOccurrences(of: "cap_seconds: 0.5", with: "cap_seconds: 5")
        try workspace.write(slow, to: "cdr24.yaml")
        // Standard output and error go through `cat`: the limit is on every file that the importer writes itself.
        let run = try shell(
            "trap '' XFSZ; exec \"$CDR24\" import > >(cat > out.txt) 2> >(cat > err.txt)", workspace, portal)
        let wasLimited = await portal.waits(for: "executed", ofRequest: request) { Self.limitFiles(ofProcess: run.pid) }
        #expect(wasLimited)
        let outcome = await run.outcome()
        try await Task.sleep(for: .milliseconds(50))
        #expect(outcome.status == 74)
        let errors = workspace.read("err.txt")
        #expect(errors.contains("cdr24.sqlite cannot be read or written"), "\(errors)")
        #expect(errors.contains("run the same command again"))
        // The request whose answer was lost on the way to the disk was the last one.
        #expect(try await portal.audit().counter("requests") == request)
        try await expectEachOnce(workspace, portal)
    }

    /// Commands of a namespace in which `disk` is a file system of four megabytes of its own.
    private static let smallDisk = """
        set -e
        mkdir -p disk
        mount -t tmpfs -o size=4m none disk
        fill() { dd if=/dev/zero of=disk/fill bs=4k 2>/dev/null || true; }

        """

    private func onSmallDisk(_ script: String, _ workspace: Workspace, _ portal: Portal) throws -> RunningProgram {
        try workspace.write(Self.smallDisk + script, to: "script")
        return try shell("exec unshare --mount --map-root-user bash script", workspace, portal)
    }

    @Test func `a disk that is full before the run sends nothing`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace(ledger: "disk/cdr24.sqlite")
        let script = """
            fill; truncate -s -100k disk/fill
            code=0; "$CDR24" import || code=$?; echo "full: $code"
            rm disk/fill
            code=0; "$CDR24" import >/dev/null || code=$?; echo "with room: $code"
            """
        let run = try onSmallDisk(script, workspace, portal)
        let outcome = await run.outcome()
        #expect(outcome.output.contains("full: 74"), "\(outcome)")
        #expect(outcome.errors.contains("is full"), "\(outcome.errors)")
        #expect(outcome.output.contains("with room: 0"), "\(outcome)")
        try await expectEachOnce(portal)
    }

    @Test(arguments: [3, 5, 6, 9])
    func `a disk that fills up during the run`(_ request: Int) async throws {
        let portal = try await Portal.start(["--request-cap", "0.5", "--fault", "stall-after=0.4@\(request)"])
        let workspace = try workspace(ledger: "disk/cdr24.sqlite")
        let script = """
            "$CDR24" import & pid=$!
            until [ -e go ]; do sleep 0.01; done
            fill; touch filled
            code=0; wait $pid || code=$?; echo "full: $code"
            rm disk/fill
            code=0; "$CDR24" import >/dev/null || code=$?; echo "with room: $code"
            """
        let run = try onSmallDisk(script, workspace, portal)
        let go = workspace.path("go")
        let wasFilled = await portal.waits(for: "executed", ofRequest: request) {
            _ = FileManager.default.createFile(atPath: go, contents: nil)
        }
        #expect(wasFilled)
        let outcome = await run.outcome()
        // The room for all answers was taken before the first request: the run ends as if nothing had happened.
        #expect(outcome.output.contains("full: 0"), "\(outcome)")
        #expect(outcome.output.contains("with room: 0"), "\(outcome)")
        try await expectEachOnce(portal)
    }

    @Test func `a ledger on a disk that may only be read`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace(ledger: "disk/cdr24.sqlite")
        let script = """
            "$CDR24" import >/dev/null
            mount -o remount,ro disk
            code=0; "$CDR24" import || code=$?; echo "read-only: $code"
            """
        let run = try onSmallDisk(script, workspace, portal)
        let outcome = await run.outcome()
        #expect(outcome.output.contains("read-only: 74"), "\(outcome)")
        #expect(outcome.errors.contains("Read-only file system"), "\(outcome.errors)")
        try await expectEachOnce(portal)
    }

    @Test(arguments: ["cut", "overwritten"])
    func `a ledger that is damaged says what to do, and doing it doubles nothing`(_ damage: String) async throws {
        let portal = try await Portal.start(["--request-cap", "0.5"])
        let workspace = try workspace()
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        var bytes = [UInt8](FileManager.default.contents(atPath: workspace.path("cdr24.sqlite")) ?? Data())
        if damage == "cut" {
            bytes.removeLast(bytes.count / 2)
        } else {
            for index in 4_096..<bytes.count { bytes[index] = UInt8(truncatingIfNeeded: index &* 37) }
        }
        try workspace.write(bytes, to: "cdr24.sqlite")
        let (outcome, _) = try await workspace.importing(portal: portal)
        #expect(outcome.status == 74, "\(outcome.errors)")
        #expect(outcome.errors.contains("is not usable"), "\(outcome.errors)")
        #expect(outcome.errors.contains("move it away and run again"), "\(outcome.errors)")
        try FileManager.default.moveItem(atPath: workspace.path("cdr24.sqlite"), toPath: workspace.path("damaged"))
        try await expectEachOnce(workspace, portal)
    }

    /// A wall clock that is `SHIFT` seconds off; the monotonic clocks stay as they are. (libfaketime also moves timers of the
    /// monotonic clock, with which a run would wait for an hour.)
    private static let otherClock = """
        #define _GNU_SOURCE
        #include <stdlib.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>
        static long shift(void) { const char *text = getenv("SHIFT"); return text ? atol(text) : 0; }
        int clock_gettime(clockid_t id, struct timespec *now) {
            int result = syscall(SYS_clock_gettime, id, now);
            if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) now->tv_sec += shift();
            return result;
        }
        int gettimeofday(struct timeval *restrict now, void *restrict zone) {
            struct timespec exact;
            clock_gettime(CLOCK_REALTIME, &exact);
            now->tv_sec = exact.tv_sec;
            now->tv_usec = exact.tv_nsec / 1000;
            return 0;
        }
        time_t time(time_t *place) {
            struct timespec exact;
            clock_gettime(CLOCK_REALTIME, &exact);
            if (place) *place = exact.tv_sec;
            return exact.tv_sec;
        }

        """

    @Test(arguments: [-3_600, 3_600], ["arrived", "executed"])
    func `a clock that is set between a crash and the next run`(_ change: Int, _ moment: String) async throws {
        for request in [4, 7] {
            let portal = try await Portal.start(["--request-cap", "0.5", "--fault", "stall-after=0.4@\(request)"])
            let workspace = try workspace()
            let victim = try workspace.start(["import"], portal: portal)
            #expect(await portal.waits(for: moment, ofRequest: request) { victim.send(SIGKILL) })
            _ = await victim.outcome()
            try workspace.write(Self.otherClock, to: "clock.c")
            let run = try shell(
                "clang -shared -fPIC -o clock.so clock.c && exec env LD_PRELOAD=./clock.so SHIFT=\(change) \"$CDR24\" import",
                workspace, portal)
            let outcome = await run.outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
            // That the clock was another one shows in what the portal's was compared with.
            #expect(outcome.output.contains(#/clock.* differ by/#), "\(outcome.output)")
            try await expectEachOnce(workspace, portal)
        }
    }

    /// `strace` stops the whole process just after one of a thread's commits reached the disk: between intent and send.
    @Test func `a process that is stopped for longer than the request cap`() async throws {
        var stops = 0
        for commit in [4, 6, 8, 11] {
            let portal = try await Portal.start(["--request-cap", "0.5"])
            let workspace = try workspace()
            let inject = "inject=fdatasync:signal=STOP:when=\(commit)"
            let run = try shell(
                "exec strace -f -o trace -e trace=fdatasync -e \(inject) \"$CDR24\" import", workspace, portal)
            try #require(await traces(workspace), "strace cannot trace here (ptrace): nothing was tested")
            let pid = await stoppedProcess(below: run.pid, workspace)
            guard let pid else {
                // No thread commits that often.
                #expect(await run.outcome().status == 0)
                break
            }
            stops += 1
            // Every thread has a count of its own, so there may be further stops.
            while kill(pid, 0) == 0, kill(run.pid, 0) == 0 {
                try await Task.sleep(for: .milliseconds(700))
                kill(pid, SIGCONT)
            }
            let outcome = await run.outcome()
            #expect(outcome.status == 0, "commit \(commit): \(outcome.errors)")
            try await expectEachOnce(portal)
        }
        print("stopped at \(stops) commits")
        #expect(stops >= 3)
    }

    /// Whether `strace` could begin: its file has a line soon after.
    private func traces(_ workspace: Workspace) async -> Bool {
        for _ in 0..<250 {
            if !workspace.read("trace").isEmpty { return true }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    /// The child of `strace` once it says that the child was stopped; `nil` when it ended before that.
    private func stoppedProcess(below parent: Int32, _ workspace: Workspace) async -> Int32? {
        while kill(parent, 0) == 0 {
            if workspace.read("trace").contains("--- stopped by SIGSTOP ---") {
                let list = "/proc/\(parent)/task/\(parent)/children"
                // Foundation reads nothing of this file by its size, which is 0.
                let children = (try? String(contentsOfFile: list, encoding: .utf8)) ?? ""
                return children.split(separator: " ").first.flatMap { Int32($0) }
            }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return nil
    }

    @Test func `every commit is on the disk before the next byte goes to the portal`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace()
        let run = try shell(
            "exec strace -f -yy -o trace -e trace=pwrite64,pwritev,fsync,fdatasync,write,writev,sendto,sendmsg \"$CDR24\" import",
            workspace, portal)
        let outcome = await run.outcome()
        #expect(outcome.status == 0, "\(outcome.errors)")
        try #require(!workspace.read("trace").isEmpty, "strace cannot trace here (ptrace): nothing was tested")
        let trace = SystemCallTrace(workspace.read("trace"))
        #expect(trace.sends > 8 && trace.syncs > 8, "\(trace.sends) sends, \(trace.syncs) syncs")
        #expect(trace.sendsBeforeSync.isEmpty, "\(trace.sendsBeforeSync.prefix(3))")
        try await expectEachOnce(portal)
    }
}

/// What `strace -f -yy` saw of writes to the ledger's log, of their syncs and of bytes sent to the portal.
struct SystemCallTrace {
    private(set) var sends = 0
    private(set) var syncs = 0
    /// Lines that send while something written to the log is not known to be on the disk.
    private(set) var sendsBeforeSync: [String] = []

    init(_ text: String) {
        var isDirty = false
        // A call that was interrupted by another thread's comes in two lines: it counts when it ends.
        var begun: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let (thread, rest) = (parts[0], parts[1].drop { $0 == " " })
            if rest.hasSuffix("<unfinished ...>") {
                // What is being sent has left, and what is being written is not on the disk.
                begun[thread] = rest
                if Self.isSend(rest) { note(rest, isDirty) }
                if Self.isLogWrite(rest) { isDirty = true }
                continue
            }
            let call = rest.hasPrefix("<... ") ? begun.removeValue(forKey: thread) ?? rest : rest
            if !rest.hasPrefix("<... "), Self.isSend(call) { note(call, isDirty) }
            if Self.isLogWrite(call) { isDirty = true }
            if call.hasPrefix("fdatasync(") || call.hasPrefix("fsync("), call.contains("cdr24.sqlite-wal") {
                syncs += 1
                isDirty = false
            }
        }
    }

    private mutating func note(_ line: Substring, _ isDirty: Bool) {
        sends += 1
        if isDirty { sendsBeforeSync.append(String(line.prefix(160))) }
    }

    private static func isSend(_ call: Substring) -> Bool {
        ["write(", "writev(", "sendto(", "sendmsg("].contains { call.hasPrefix($0) } && call.contains("<TCP:")
    }

    private static func isLogWrite(_ call: Substring) -> Bool {
        call.hasPrefix("pwrite") && call.contains("cdr24.sqlite-wal")
    }
}

@Suite struct SystemCallTraceTests {
    @Test func `a send before the sync shows`() {
        let write = #"7 pwrite64(9</a/cdr24.sqlite-wal>, "x", 1, 0) = 1"# + "\n"
        let sync = "7 fdatasync(9</a/cdr24.sqlite-wal>) = 0\n"
        let send = #"8 writev(12<TCP:[127.0.0.1:1->127.0.0.1:2]>, [{...}], 2) = 9"# + "\n"
        #expect(SystemCallTrace(write + sync + send).sendsBeforeSync.isEmpty)
        #expect(SystemCallTrace(write + send + sync).sendsBeforeSync.count == 1)
        #expect(SystemCallTrace(write + sync + send + send).sends == 2)
        // A sync that has not returned is none.
        let begins = "7 fdatasync(9</a/cdr24.sqlite-wal> <unfinished ...>\n"
        let ends = "7 <... fdatasync resumed>) = 0\n"
        #expect(SystemCallTrace(write + begins + send + ends).sendsBeforeSync.count == 1)
        #expect(SystemCallTrace(write + begins + ends + send).sendsBeforeSync.isEmpty)
    }
}
