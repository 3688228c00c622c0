import Dialects
import Testing

@testable import AIGateway

/// What a request is counted as when its provider did not come to say so.
@Suite struct SpendingTests {
    private let estimate = TokenCounts(input: 100, output: 4_096)

    private func record(isStream: Bool, _ outcome: ModelRecord.Outcome, output: Int64?) -> ModelRecord {
        var record = ModelRecord(
            trace: "t", api: "ai", caller: ModelCaller(), service: .chat, dialect: .openAI, start: 0)
        record.isStream = isStream
        record.outcome = outcome
        record.usage = TokenUsage(input: 10)
        record.usage.output = output
        return record
    }

    private func output(_ record: ModelRecord, spoken: Int) -> Int64 {
        Spending.counts(of: record, spoken: spoken, estimate: estimate).output
    }

    @Test("a stream that was left is paid for by what was sent, whatever its beginning counted") func left() {
        for outcome in [ModelRecord.Outcome.clientGone, .failed] {
            #expect(output(record(isStream: true, outcome, output: 1), spoken: 4_000) == 1_001)
            #expect(output(record(isStream: true, outcome, output: nil), spoken: 4_000) == 1_001)
            #expect(output(record(isStream: true, outcome, output: 2_000), spoken: 4_000) == 2_000)
        }
    }

    @Test("what came to its end is paid for as its provider counted") func whole() {
        #expect(output(record(isStream: true, .answered, output: 7), spoken: 4_000) == 7)
        #expect(output(record(isStream: false, .answered, output: 7), spoken: 4_000) == 7)
        #expect(output(record(isStream: true, .answered, output: nil), spoken: 4_000) == 1_001)
    }

    @Test("a whole answer that nobody waited for is paid for as set aside") func unheard() {
        #expect(output(record(isStream: false, .clientGone, output: nil), spoken: 0) == 4_096)
    }
}
