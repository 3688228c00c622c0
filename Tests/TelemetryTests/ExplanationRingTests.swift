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

    @Test func `a path is kept to 256 bytes`() {
        let long = Explanation(
            trace: TraceID(), time: 0, method: "GET", path: String(repeating: "/a", count: 4_000), route: nil,
            phase: "match", status: 404, code: "route-unknown", detail: "", steps: [])
        #expect(long.path.utf8.count == 256)
    }

    private func explanation(_ trace: TraceID, status: Int) -> Explanation {
        Explanation(
            trace: trace, time: 1_700_000_000, method: "GET", path: "/demo/orders", route: "orders",
            phase: "authenticate", status: status, code: "token-expired", detail: "expired",
            steps: [Explanation.Step(check: "form", outcome: "passed", code: nil, detail: "three parts")])
    }
}
