import Codecs
import Dialects
import Testing

@testable import AIGateway

/// Whom a request asks next: one policy, as a value.
@Suite("Attempts") struct AttemptPlanTests {
    private static let failure = ModelError(.upstreamFailed, "no")

    private func ready(_ number: Int) -> Int64 { .min }

    @Test("the next candidate is asked when one fails, and the first one again after a pause") func fallback() {
        var plan = AttemptPlan(count: 2, retries: 2, deadline: 100_000)
        #expect(plan.next(now: 0, readyAt: ready) == .ask(0))
        plan.failed(0, Self.failure, hasOtherKey: false, now: 0)
        #expect(plan.next(now: 0, readyAt: ready) == .ask(1))
        plan.failed(1, Self.failure, hasOtherKey: false, now: 10)
        #expect(plan.next(now: 10, readyAt: ready) == .wait(until: 250))
        #expect(plan.next(now: 250, readyAt: ready) == .ask(0))
        plan.failed(0, ModelError(.overloaded, "too much"), hasOtherKey: false, now: 260)
        #expect(plan.next(now: 260, readyAt: ready) == .fail(ModelError(.overloaded, "too much")))
    }

    @Test("what is the caller's fault is told at once") func refusal() {
        var plan = AttemptPlan(count: 2, retries: 5, deadline: 100_000)
        _ = plan.next(now: 0, readyAt: ready)
        plan.failed(0, ModelError(.badRequest, "wrong", pointer: "/x"), hasOtherKey: true, now: 0)
        #expect(plan.next(now: 0, readyAt: ready) == .fail(ModelError(.badRequest, "wrong", pointer: "/x")))
    }

    @Test("a key's fault is the key's: the same candidate is asked with another one") func otherKey() {
        var plan = AttemptPlan(count: 2, retries: 2, deadline: 100_000)
        _ = plan.next(now: 0, readyAt: ready)
        plan.failed(0, ModelError(.rateLimited, "slow", retryAfter: 30), hasOtherKey: true, now: 0)
        #expect(plan.next(now: 0, readyAt: ready) == .ask(0))
    }

    @Test("who says when to come again is believed, where that is soon") func retryAfter() {
        var plan = AttemptPlan(count: 1, retries: 1, deadline: 100_000)
        _ = plan.next(now: 0, readyAt: ready)
        plan.failed(0, ModelError(.rateLimited, "slow", retryAfter: 2), hasOtherKey: false, now: 0)
        #expect(plan.next(now: 0, readyAt: ready) == .wait(until: 2_000))
        var patient = AttemptPlan(count: 1, retries: 1, deadline: 100_000)
        _ = patient.next(now: 0, readyAt: ready)
        let late = ModelError(.rateLimited, "slow", retryAfter: 30)
        patient.failed(0, late, hasOtherKey: false, now: 0)
        #expect(patient.next(now: 0, readyAt: ready) == .fail(late))
    }

    @Test("a deadline ends it, and a wait beyond it is not begun") func deadline() {
        var plan = AttemptPlan(count: 1, retries: 3, deadline: 200)
        _ = plan.next(now: 0, readyAt: ready)
        plan.failed(0, Self.failure, hasOtherKey: false, now: 100)
        #expect(plan.next(now: 100, readyAt: ready) == .fail(Self.failure))
        var late = AttemptPlan(count: 1, retries: 3, deadline: 200)
        #expect(late.next(now: 200, readyAt: ready) == .fail(ModelError(.timeout, "no answer began in time")))
    }

    @Test("who cannot do it is passed over without an attempt, and told when nobody can") func unfit() {
        var plan = AttemptPlan(count: 2, retries: 0, deadline: 1_000)
        let cannot = ModelError(.badRequest, "no tools")
        #expect(plan.next(now: 0, readyAt: ready) == .ask(0))
        plan.isUnfit(0, cannot)
        #expect(plan.next(now: 0, readyAt: ready) == .ask(1))
        plan.isUnfit(1, ModelError(.badRequest, "no images"))
        #expect(plan.next(now: 0, readyAt: ready) == .fail(cannot))
    }

    @Test("while one who can is resting, the caller hears of that and not of one who cannot") func unfitAndResting() {
        var plan = AttemptPlan(count: 2, retries: 0, deadline: 1_000_000)
        _ = plan.next(now: 0, readyAt: ready)
        plan.isUnfit(0, ModelError(.badRequest, "no images"))
        guard case .fail(let error) = plan.next(now: 0, readyAt: { $0 == 1 ? 10_000 : .min }) else {
            Issue.record("it goes on")
            return
        }
        #expect(error.kind == .overloaded)
        #expect(error.retryAfter == 11)
    }

    @Test("a provider without the model is its provider's fault, and not asked again") func missingModel() {
        var plan = AttemptPlan(count: 1, retries: 3, deadline: 100_000)
        _ = plan.next(now: 0, readyAt: ready)
        plan.failed(0, ModelError(.unknownModel, "which?"), hasOtherKey: false, now: 0)
        guard case .fail(let error) = plan.next(now: 9_000, readyAt: ready) else {
            Issue.record("it goes on")
            return
        }
        #expect(error.kind == .upstreamFailed)
    }

    @Test("while every key rests, nobody is asked, and the caller is told when to come") func resting() {
        var plan = AttemptPlan(count: 2, retries: 1, deadline: 100_000)
        #expect(plan.next(now: 1_000, readyAt: { $0 == 0 ? 60_000 : 3_000 }) == .wait(until: 3_000))
        guard case .fail(let error) = plan.next(now: 1_000, readyAt: { _ in 61_000 }) else {
            Issue.record("it goes on")
            return
        }
        #expect(error.kind == .overloaded && error.retryAfter == 61)
    }
}

@Suite("Keys in turn") struct KeyRingTests {
    @Test("keys take turns, and one that rests is passed over") func turns() {
        var ring = KeyRing(count: 3)
        #expect((0..<4).map { _ in ring.take(now: 0) } == [0, 1, 2, 0])
        ring.rest(1, until: 100)
        #expect(ring.take(now: 50) == 2)
        #expect((0..<2).map { _ in ring.take(now: 50) } == [0, 2])
        #expect(ring.take(now: 100) == 0)
        #expect(ring.take(now: 100) == 1)
    }

    @Test("when all rest there is none, and the first to be back is known") func allRest() {
        var ring = KeyRing(count: 2)
        ring.rest(0, until: 200)
        ring.rest(1, until: 100)
        ring.rest(1, until: 50)
        #expect(ring.take(now: 99) == nil && ring.readyAt == 100)
        ring.rest(7, until: 1)
        ring.rest(-1, until: 1)
    }

    @Test("a provider without keys has one that is nothing") func none() {
        var ring = KeyRing(count: 0)
        #expect(ring.take(now: 0) == 0)
        #expect(ring.readyAt <= 0)
    }
}

@Suite("The order of deployments") struct CandidateOrderTests {
    @Test("lower orders come first, and weights decide within one") func order() {
        let deployments: [(order: Int64, weight: Int64)] = [(1, 1), (0, 1), (0, 3), (0, 0)]
        #expect(CandidateOrder.of(deployments) { _ in 0 } == [1, 2, 3, 0])
        #expect(CandidateOrder.of(deployments) { $0 - 1 } == [2, 1, 3, 0])
        #expect(CandidateOrder.of([]) { _ in 0 } == [])
    }

    @Test("shares are as the weights say") func shares() {
        var state: UInt64 = 7
        var firsts = [0, 0]
        for _ in 0..<4_000 {
            let order = CandidateOrder.of([(0, 1), (0, 3)]) { most in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return (state >> 33) % most
            }
            firsts[order[0]] += 1
        }
        #expect((2_800...3_200).contains(firsts[1]))
    }
}
