import Blueprint
import Codecs
import Dialects
import Testing

@testable import AIGateway

/// What a blueprint says of models, and what is wrong with it.
@Suite("The catalogue of models") struct ModelCatalogueTests {
    private static let document = """
        providers:
          one: { kind: openai, address: "https://one.example/v1/", keys: [{ env: ONE }, { env: TWO }] }
          two: { kind: anthropic, keys: [{ env: TWO }] }
          toy: demo
        models:
          fast:
            deployments: [{ provider: one, model: m1, cannot: [tools], can: [topK] }, { provider: two, model: m2, order: 1 }]
            retries: 4
            unsupported: refuse
          toy: { deployments: { provider: toy, model: demo } }
        prices:
          old: { provider: one, model: m1, input: 1, output: 2 }
          new: { provider: one, model: m1, from: 2026-06-01, input: 2, cached-input: 0.5, output: 4 }
        budgets:
          all: 25.50
          each: { amount: 1, period: day, per: consumer, models: [fast] }
          team: { amount: 2, per: "claim:team" }
        """

    private func compile(
        _ text: String = document, keeping earlier: ModelCatalogue? = nil,
        keys: [String: String] = ["ONE": "k1", "TWO": "k2"]
    ) throws -> (catalogue: ModelCatalogue, complaints: [ModelComplaint]) {
        let blueprint = try Blueprint.read(try YAMLDocument.read(text))
        return ModelCatalogue.compile(blueprint, keeping: earlier) { source in
            switch source {
            case .environment(let name), .stored(let name): keys[name].map { Array($0.utf8) }
            case .file: nil
            }
        }
    }

    @Test("a blueprint becomes providers, models, prices and budgets") func whole() throws {
        let (catalogue, complaints) = try compile()
        #expect(complaints.isEmpty && catalogue.names == ["fast", "toy"])
        let fast = try #require(catalogue.models["fast"])
        #expect(fast.retries == 4 && fast.deployments.map(\.provider.name) == ["one", "two"])
        #expect(fast.deployments[0].settling == .strict)
        let capabilities = fast.deployments[0].capabilities
        #expect(!capabilities.features.contains(.tools) && capabilities.features.contains(.topK))
        let one = try #require(catalogue.providers["one"])
        #expect(one.address(of: .chat(model: "m1", isStream: true)) == "https://one.example/v1/chat/completions")
        #expect(one.fields(key: 1).contains { $0 == ("authorization", "Bearer k2") })
        #expect(!one.fields(key: 7).contains { $0.0 == "authorization" })
        let two = try #require(catalogue.providers["two"])
        #expect(two.address(of: .tokenCount) == "https://api.anthropic.com/v1/messages/count_tokens")
        #expect(two.fields(key: 0).contains { $0 == ("x-api-key", "k2") })
        #expect(catalogue.prices.price(provider: "one", model: "m1", at: 1_780_272_000)?.input == 2_000_000_000)
        #expect(catalogue.prices.price(provider: "one", model: "m1", at: 1_780_271_999)?.input == 1_000_000_000)
    }

    @Test("a model's name cannot leave its place in Gemini's address") func escaping() {
        let provider = ModelProvider(
            name: "g", kind: .gemini, address: "https://g.example", keys: ["k"],
            patience: ProviderPatience(connecting: 1, silence: 1))
        #expect(
            provider.address(of: .chat(model: "../x?y#z%é", isStream: true))
                == "https://g.example/v1beta/models/..%2Fx%3Fy%23z%25%C3%A9:streamGenerateContent?alt=sse")
    }

    @Test("a provider that stays the same stays, with the rests of its keys") func keeping() throws {
        let first = try compile().catalogue
        let kept = try compile(keeping: first).catalogue
        #expect(kept.providers["one"] === first.providers["one"])
        let changed = try compile(keeping: first, keys: ["ONE": "other", "TWO": "k2"]).catalogue
        #expect(changed.providers["one"] !== first.providers["one"])
        #expect(changed.providers["two"] === first.providers["two"])
    }

    @Test("what is wrong is told with its place, and without what is secret") func complaints() throws {
        let bad = try compile(keys: ["ONE": "with space"]).complaints
        #expect(bad.map(\.pointer) == ["/providers/one/keys/0", "/providers/one/keys/1", "/providers/two/keys/0"])
        #expect(!bad.contains { $0.message.contains("with space") })
        let words = try compile(
            "providers: { a: demo }\nmodels: { m: { deployments: { provider: a, model: x, can: [flying] } } }")
        #expect(words.complaints.map(\.pointer) == ["/models/m/deployments/0/can/0"])
        let day = try compile("providers: { a: demo }\nprices: { p: { provider: a, model: x, from: 2026-02-30 } }")
        #expect(day.complaints.map(\.pointer) == ["/prices/p/from"])
    }

    @Test("a stored key that is not there is told, with how it comes there") func storedKeys() throws {
        let text = "providers: { p: { kind: openai, keys: [{ secret: openai }] } }"
        let missing = try compile(text).complaints
        #expect(
            missing == [
                ModelComplaint(
                    pointer: "/providers/p/keys/0",
                    message: "there is no secret openai: signet secret put openai, or in the console")
            ])
        let (catalogue, complaints) = try compile(text, keys: ["openai": "sk-1"])
        #expect(complaints.isEmpty && catalogue.providers["p"]?.keys == ["sk-1"])
    }

    @Test("money of two currencies does not meet") func currencies() throws {
        let text = """
            providers: { a: demo }
            models: { m: { deployments: [{ provider: a, model: x }, { provider: a, model: y }] } }
            prices:
              x: { provider: a, model: x, input: 1, currency: EUR }
              y: { provider: a, model: y, input: 1, currency: USD }
            """
        #expect(try compile(text).complaints.map(\.pointer) == ["/models/m"])
        let budget = text.replacing("currency: USD", with: "currency: EUR") + "\nbudgets: { b: { amount: 1 } }"
        #expect(try compile(budget).complaints.map(\.pointer) == ["/budgets/b/currency"])
    }

    @Test("each payer has a budget of its own, and who says nothing shares one") func payers() throws {
        let catalogue = try compile().catalogue
        func keys(_ caller: ModelCaller, _ model: String = "fast") -> [String] {
            catalogue.limits(on: model, for: caller).map(\.key)
        }
        #expect(keys(ModelCaller(consumer: "acme")) == ["all ", "each acme", "team "])
        #expect(keys(ModelCaller(claims: ["team": "x"])) == ["all ", "each ", "team x"])
        #expect(keys(ModelCaller(claims: ["team": ["x", 1]]), "toy") == ["all ", #"team ["x",1]"#])
    }

    @Test("a token's claim narrows what its holder may use, and nonsense in it opens nothing") func claim() {
        func may(_ claim: JSON?) -> Bool {
            var claims = JSONObject()
            claims["models"] = claim
            return ModelCaller(claims: claims).mayUse("fast")
        }
        #expect(may(nil) && may(["x", "fast"]) && may("x fast"))
        #expect(!may([]) && !may("fastest") && !may(1) && !may(.null) && !may("") && !may([["fast"]]))
    }

    @Test("the path behind the API says what is asked for") func paths() {
        #expect(ModelPath("/v1/chat/completions") == .chat(.openAI))
        #expect(ModelPath("/v1/messages") == .chat(.anthropic))
        #expect(ModelPath("/v1/embeddings") == .embeddings)
        for wrong in ["", "/", "/v1", "/v1/", "/v1/chat", "/v1/messages/", "/xv1/messages"] {
            #expect(ModelPath(wrong) == nil)
        }
    }
}
