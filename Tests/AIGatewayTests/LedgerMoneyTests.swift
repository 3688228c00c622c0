import Testing

@testable import AIGateway

@Suite struct LedgerMoneyTests {
    @Test("an amount is read exactly and written with two digits or as many as it has")
    func text() throws {
        let euro = try #require(Currency("EUR"))
        let cases: [(String, Int64, String)] = [
            ("12.50", 12_500_000_000, "12.50"), ("0", 0, "0.00"), ("7", 7_000_000_000, "7.00"),
            ("0.000000001", 1, "0.000000001"), ("0.1", 100_000_000, "0.10"), ("00.123", 123_000_000, "0.123"),
            ("9223372036.854775807", .max, "9223372036.854775807"),
        ]
        for (text, nanos, written) in cases {
            let money = try #require(Money(text, euro), "\(text)")
            #expect(money.nanos == nanos)
            #expect(money.text == written)
            #expect(Money(written, euro) == money)
        }
        #expect(Money(nanos: -1_500_000_000, euro).description == "-1.50 EUR")
        #expect(Money(nanos: .min, euro).text == "-9223372036.854775808")
        for text in [
            "", ".", "1.", ".5", "-1", "+1", "1,5", " 1", "1e3", "1.0000000000", "9223372036.854775808", "१", "0x1",
            "1.2.3", "99999999999999999999",
        ] {
            #expect(Money(text, euro) == nil, "\(text)")
        }
        #expect(Currency("eur") == nil)
        #expect(Currency("EURO") == nil)
    }

    @Test("sums stop at the ends of what fits, and two currencies have none")
    func arithmetic() throws {
        let (euro, dollar) = (try #require(Currency("EUR")), try #require(Currency("USD")))
        let one = Money(nanos: 1, euro)
        #expect(try one.adding(Money(nanos: 2, euro)).nanos == 3)
        #expect(try Money(nanos: .max, euro).adding(one).nanos == .max)
        #expect(try Money(nanos: .min, euro).subtracting(one).nanos == .min)
        #expect(try Money(nanos: .max, euro).subtracting(Money(nanos: -1, euro)).nanos == .max)
        #expect(try one.subtracting(Money(nanos: 3, euro)).nanos == -2)
        #expect(throws: CurrencyMismatch(left: euro, right: dollar)) { try one.adding(.zero(dollar)) }
        #expect(throws: CurrencyMismatch.self) { try one.subtracting(.zero(dollar)) }
        #expect(throws: CurrencyMismatch.self) {
            try TokenPrice(validFrom: 0, input: one, cachedInput: .zero(dollar), output: one)
        }
    }

    @Test("tokens cost the exact sum, rounded up once")
    func cost() throws {
        let dollar = try #require(Currency("USD"))
        func money(_ text: String) throws -> Money { try #require(Money(text, dollar)) }
        let price = try TokenPrice(
            validFrom: 0, input: money("3"), cachedInput: money("0.30"), cacheWrite: money("3.75"),
            output: money("15"))
        // 1,000 plain + 6,752 cached + 100 written + 500 answered.
        let tokens = TokenCounts(input: 7_852, cachedInput: 6_752, cacheWrite: 100, output: 500)
        #expect(price.cost(of: tokens).text == "0.0129006")
        #expect(price.cost(of: .none) == .zero(dollar))
        // Three parts of 0.4 billionths are 1.2, not three.
        let tiny = try TokenPrice(
            validFrom: 0, input: Money(nanos: 400_000, dollar), output: Money(nanos: 400_000, dollar))
        #expect(tiny.cost(of: TokenCounts(input: 2, cachedInput: 1, output: 1)).nanos == 2)
        #expect(tiny.cost(of: TokenCounts(input: 5, output: 0)).nanos == 2)
        let plain = try TokenPrice(validFrom: 0, input: money("3"), output: money("15"))
        #expect(plain.cost(of: TokenCounts(input: 10, cachedInput: 10, output: 0)).nanos == 30_000)
        let absurd = try TokenPrice(
            validFrom: 0, input: Money(nanos: .max, dollar), output: Money(nanos: .max, dollar))
        #expect(absurd.cost(of: TokenCounts(input: .max, output: .max)).nanos == .max)
    }

    @Test("counts that make no sense are brought into order")
    func counts() {
        let tokens = TokenCounts(input: 10, cachedInput: 8, cacheWrite: 5, output: -3)
        #expect(tokens.cacheWrite == 2)
        #expect(tokens.output == 0)
        #expect(TokenCounts(input: -1, cachedInput: 4, output: .max).cachedInput == 0)
    }

    @Test("of a model's prices the one holds that is valid at the moment")
    func table() throws {
        let dollar = try #require(Currency("USD"))
        func price(_ from: Int64, _ nanos: Int64) throws -> TokenPrice {
            try TokenPrice(validFrom: from, input: Money(nanos: nanos, dollar), output: .zero(dollar))
        }
        let table = PriceTable([
            PriceTable.Row(provider: "a", model: "m", price: try price(200, 2)),
            PriceTable.Row(provider: "a", model: "m", price: try price(100, 1)),
            PriceTable.Row(provider: "b", model: "m", price: try price(0, 9)),
            PriceTable.Row(provider: "a", model: "m", price: try price(200, 3)),
        ])
        let expected: [(Int64, Int64?)] = [(99, nil), (100, 1), (199, 1), (200, 3), (.max, 3)]
        for (time, nanos) in expected {
            #expect(table.price(provider: "a", model: "m", at: time)?.input == nanos, "\(time)")
        }
        #expect(table.price(provider: "b", model: "n", at: 500) == nil)
    }

    @Test("periods are those of the calendar in UTC, and a range is a period of its own")
    func periods() {
        func bounds(_ period: BudgetPeriod, _ time: Int64) -> [Int64] {
            let (starts, ends) = period.bounds(at: time)
            return [starts, ends]
        }
        // 2024-02-29 12:00 and 2023-12-31 23:59:59 UTC.
        #expect(bounds(.day, 1_709_208_000) == [1_709_164_800, 1_709_251_200])
        #expect(bounds(.month, 1_709_208_000) == [1_706_745_600, 1_709_251_200])
        #expect(bounds(.month, 1_704_067_199) == [1_701_388_800, 1_704_067_200])
        #expect(bounds(.range(5...9), 100) == [5, 10])
        #expect(bounds(.range(5 ... .max), 100) == [5, .max])
        #expect(bounds(.month, .max) == [253_399_622_400, 253_402_300_800])
        #expect(bounds(.day, .min) == [0, 86_400])
    }

    @Test("texts that the store would refuse are brought into order")
    func texts() {
        let head = SpendEntryHead(trace: "a\u{0}b", caller: String(repeating: "ä", count: 200), alias: "fast")
        #expect(head.trace == "ab")
        #expect(head.caller == String(repeating: "ä", count: 128))
        #expect(head.alias == "fast")
    }
}
