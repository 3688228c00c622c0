import Telemetry
import Testing

@Suite struct ExplanationRingTests {
    @Test func `a full ring forgets the oldest, and only that`() {
        let ring = ExplanationRing(capacity: 3)
        let traces = (0..<7).map { _ in TraceID() }
        for (index, trace) in traces.enumerated() {
            ring.append(explanation(trace, status: index))
            let kept = traces.map { ring.explanation(of: $0)?.status }
            #expect(kept.compactMap { $0 } == Array(max(0, index - 2)...index))
        }
        #expect(ring.explanation(of: TraceID()) == nil)
    }

    @Test(arguments: [1, 0, -5]) func `a ring holds at least one`(capacity: Int) {
        let ring = ExplanationRing(capacity: capacity)
        let (first, second) = (TraceID(), TraceID())
        ring.append(explanation(first, status: 401))
        #expect(ring.explanation(of: first)?.status == 401)
        ring.append(explanation(second, status: 403))
        #expect(ring.explanation(of: first) == nil)
        #expect(ring.explanation(of: second)?.status == 403)
    }

    @Test func `many threads may write at once`() async {
        let ring = ExplanationRing(capacity: 64)
        let last = TraceID()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<200 {
                        let trace = TraceID()
                        ring.append(self.explanation(trace, status: 401))
                        _ = ring.explanation(of: trace)
                    }
                }
            }
        }
        ring.append(explanation(last, status: 403))
        #expect(ring.explanation(of: last)?.status == 403)
    }

    @Test func `anonymous refusals push out none that came with a credential`() {
        let ring = ExplanationRing()
        let asked = TraceID()
        ring.append(explanation(asked, status: 401, hasCredential: true))
        var last = TraceID()
        for _ in 0..<10_000 {
            last = TraceID()
            ring.append(explanation(last, status: 404))
        }
        #expect(ring.explanation(of: asked)?.status == 401)
        #expect(ring.explanation(of: last)?.status == 404)
        #expect(ring.recent(limit: 100_000).count == 4_097)
        #expect(ring.recent(limit: 100_000).last?.trace == asked)
    }

    @Test func `the two rings have sizes of their own`() {
        let ring = ExplanationRing(capacity: 2, anonymousCapacity: 1)
        for status in 1...4 {
            ring.append(explanation(TraceID(), status: status, hasCredential: true))
            ring.append(explanation(TraceID(), status: status * 10))
        }
        #expect(ring.recent(limit: 9).map(\.status) == [40, 4, 3])
    }

    @Test func `recent ones come newest first, from both rings, and no more than asked for`() {
        let ring = ExplanationRing(capacity: 4)
        for status in 0..<10 { ring.append(explanation(TraceID(), status: status, hasCredential: status % 3 == 0)) }
        #expect(ring.recent(limit: 100).map(\.status) == [9, 8, 7, 6, 5, 4, 3, 0])
        #expect(ring.recent(limit: 3).map(\.status) == [9, 8, 7])
        #expect(ring.recent(limit: 0).isEmpty)
        #expect(ring.recent(limit: -1).isEmpty)
        #expect(ExplanationRing().recent(limit: 5).isEmpty)
    }

    @Test func `a trace that comes several times names the last, until that one makes room`() {
        let ring = ExplanationRing(capacity: 3)
        let (own, other) = (TraceID(), TraceID())
        ring.append(explanation(own, status: 1))
        ring.append(explanation(own, status: 2))
        #expect(ring.explanation(of: own)?.status == 2)
        ring.append(explanation(other, status: 3))
        // Pushes out the first of the two: the second is still found.
        ring.append(explanation(TraceID(), status: 4))
        #expect(ring.explanation(of: own)?.status == 2)
        ring.append(explanation(TraceID(), status: 5))
        #expect(ring.explanation(of: own) == nil)
        #expect(ring.explanation(of: other)?.status == 3)
    }

    @Test func `nobody without a credential covers an explanation of somebody with one`() {
        let ring = ExplanationRing()
        let trace = TraceID()
        ring.append(explanation(trace, status: 403, hasCredential: true))
        ring.append(explanation(trace, status: 404))
        #expect(ring.explanation(of: trace)?.status == 403)
    }

    @Test func `a refused request's record is explained, another is not`() throws {
        let record = Records.record(
            status: 401, end: .refused, code: "token-expired", phase: "authenticate", hasCredential: true)
        let explanation = Explanation(record, detail: "It expired.")
        let explained = try #require(explanation)
        #expect(explained.trace == record.trace)
        #expect(explained.time == 1_700_000_000)
        #expect(explained.method == "GET" && explained.path == "/shop/orders" && explained.route == "orders")
        #expect(explained.phase == "authenticate" && explained.status == 401 && explained.code == "token-expired")
        #expect(explained.hasCredential)
        let ofSuccess = Explanation(Records.record(), detail: "")
        #expect(ofSuccess == nil)
    }

    @Test func `a path is kept to 256 bytes`() {
        let long = Explanation(
            trace: TraceID(), time: 0, method: "GET", path: String(repeating: "/a", count: 4_000), route: nil,
            phase: "match", status: 404, code: "route-unknown", detail: "", steps: [])
        #expect(long.path.utf8.count == 256)
    }

    private func explanation(_ trace: TraceID, status: Int, hasCredential: Bool = false) -> Explanation {
        Explanation(
            trace: trace, time: 1_700_000_000, method: "GET", path: "/demo/orders", route: "orders",
            phase: "authenticate", status: status, code: "token-expired", detail: "expired",
            steps: [Explanation.Step(check: "form", outcome: "passed", code: nil, detail: "three parts")],
            hasCredential: hasCredential)
    }
}
