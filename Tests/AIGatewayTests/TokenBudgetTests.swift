import Codecs
import Dialects
import Testing

@testable import AIGateway

/// What a token says may be spent with it.
@Suite struct TokenBudgetTests {
    private func limits(_ claim: JSON?, issuer: JSON? = "https://a.example") throws -> [BudgetLimit] {
        var claims = JSONObject()
        claims["budgets"] = claim
        claims["iss"] = issuer
        return try TokenBudget.limits(of: ModelCaller(claims: claims))
    }

    private let good: JSONObject = ["id": "x1", "amount": "0.10", "currency": "USD", "until": 1_000]

    @Test("each budget is a limit of its own, until the token it came with ends") func several() throws {
        let dollar = try #require(Currency("USD"))
        var other = good
        other["id"] = "x2"
        let found = try limits(.array([.object(good), .object(other)]))
        #expect(found.map(\.amount) == [Money(nanos: 100_000_000, dollar), Money(nanos: 100_000_000, dollar)])
        #expect(found.map(\.period) == [.range(0...1_000), .range(0...1_000)])
        #expect(Set(found.map(\.key)).count == 2)
        #expect(try limits(nil).isEmpty)
        #expect(try limits(.array([])).isEmpty)
    }

    @Test("the same id of another issuer is another budget") func issuers() throws {
        let claim = JSON.array([.object(good)])
        #expect(try limits(claim)[0].key != limits(claim, issuer: "https://b.example")[0].key)
    }

    @Test(
        "what cannot be read opens nothing",
        arguments: [
            ("id", ""), ("id", 5), ("id", .null), ("amount", 1), ("amount", "-1"), ("amount", "1e9"), ("amount", nil),
            ("currency", "usd"), ("currency", nil), ("until", -1), ("until", "1000"), ("until", nil),
        ] as [(ByteString, JSON?)])
    func unreadable(name: ByteString, value: JSON?) {
        var budget = good
        budget[name] = value
        #expect(throws: ModelError.self) { try limits(.array([.object(good), .object(budget)])) }
    }

    @Test("neither does a claim of another shape, or one without end") func shapes() {
        for claim: JSON in [
            "1 USD", .object(good), .null, true, ["x"], .array(Array(repeating: .object(good), count: 17)),
        ] {
            #expect(throws: ModelError.self) { try limits(claim) }
        }
    }
}
