import AsyncHTTPClient
import Blueprint
import NIOCore
import Testing

@testable import AIGateway

/// What is said of a provider that was asked for its models.
@Suite("Trials of providers") struct ProviderTrialTests {
    private func provider(_ kind: Provider.Kind, keys: [String] = ["the-key-itself"]) -> ModelProvider {
        ModelProvider(
            name: "p", kind: kind, address: "https://p.example/v1", keys: keys,
            patience: ProviderPatience(connecting: 1, silence: 1))
    }

    private func names(_ text: String, _ kind: Provider.Kind) -> [String]? { ModelList.read(Array(text.utf8), kind) }

    @Test("each provider's list is read as it writes it") func lists() {
        let data = #"{"object":"list","data":[{"id":"a"},{"id":"b/c"}]}"#
        for kind in [Provider.Kind.openAI, .anthropic, .mistral] { #expect(names(data, kind) == ["a", "b/c"]) }
        #expect(names(#"[{"id":"a"}]"#, .openAI) == ["a"])
        #expect(names(#"{"models":[{"name":"models/g-1"},{"name":"g-2"}]}"#, .gemini) == ["g-1", "g-2"])
        #expect(names(#"{"models":[{"name":"qwen3:latest"}]}"#, .ollama) == ["qwen3:latest"])
        #expect(names(#"{"models":[{"model":"qwen3"}]}"#, .ollama) == ["qwen3"])
        #expect(names(#"{"data":[]}"#, .openAI) == [])
    }

    @Test(
        "what is no list is none",
        arguments: [
            "", "<html>", "{}", "[1]", #"{"data":{}}"#, #"{"data":[{"name":"a"}]}"#, #"{"models":[{"id":"a"}]}"#, "7",
        ])
    func noLists(text: String) {
        #expect(names(text, .anthropic) == nil)
        #expect(names(text, .gemini) == nil)
    }

    @Test("names that no deployment could have are left out") func strangeNames() {
        let long = String(repeating: "x", count: 257)
        let strange = #"{"data":[{"id":"a"},{"id":"b\u0000"},{"id":"c d"},{"id":""},{"id":"\#(long)"}]}"#
        #expect(names(strange, .openAI) == ["a"])
        let many = (0..<1_500).map { #"{"id":"m\#($0)"}"# }.joined(separator: ",")
        #expect(names("{\"data\":[\(many)]}", .openAI)?.count == 1_000)
    }

    @Test("a model that is asked for must be in the list, but for the tag that Ollama's names go without") func model()
    {
        let outcome = TrialOutcome.listed(["qwen3:latest", "b"])
        func isGood(_ model: String?) -> Bool {
            outcome.judged(provider(.ollama), model: model, milliseconds: 1).isGood
        }
        #expect(isGood(nil) && isGood("b") && isGood("qwen3") && isGood("qwen3:latest"))
        #expect(!isGood("qwen") && !isGood("c"))
        let missing = outcome.judged(provider(.ollama), model: "c", milliseconds: 7)
        #expect(missing.status == 200 && missing.milliseconds == 7 && missing.models.count == 2)
        #expect(missing.detail.contains("c is not among the 2 models"))
    }

    @Test("every failure says what to do, each another sentence, and none says the key") func sentences() {
        let outcomes: [TrialOutcome] = [
            .isNoList, .status(401), .status(404), .status(302), .status(429), .status(503), .status(418), .unresolved,
            .refused, .unreachable, .encryption, .late,
        ]
        let trials = outcomes.map { $0.judged(provider(.openAI), model: "m", milliseconds: 1) }
        #expect(trials.allSatisfy { !$0.isGood && $0.models.isEmpty && !$0.detail.contains("the-key-itself") })
        #expect(Set(trials.map(\.detail)).count == outcomes.count)
        #expect(trials.map(\.status) == [200, 401, 404, 302, 429, 503, 418, nil, nil, nil, nil, nil])
        #expect(trials[1].detail.contains("refused the key") && trials[2].detail.contains("ends in /v1"))
        func words(_ status: Int, _ kind: Provider.Kind, _ keys: [String]) -> String {
            TrialOutcome.status(status).judged(provider(kind, keys: keys), model: nil, milliseconds: 1).detail
        }
        #expect(words(400, .gemini, ["k"]).contains("refused the key"))
        #expect(!words(400, .openAI, ["k"]).contains("refused the key"))
        #expect(words(403, .openAI, []).contains("wants a key"))
    }

    @Test("what broke is told apart") func failures() {
        func outcome(_ error: any Error) -> String { "\(TrialOutcome(failure: error))" }
        #expect(outcome(HTTPClientError.deadlineExceeded) == "late")
        #expect(outcome(HTTPClientError.connectTimeout) == "late")
        #expect(outcome(IOError(errnoCode: 111, reason: "connect")) == "refused")
        #expect(outcome(IOError(errnoCode: 113, reason: "connect")) == "unreachable")
        #expect(outcome(ChannelError.connectTimeout(.seconds(1))) == "late")
        #expect(outcome(HTTPClientError.remoteConnectionClosed) == "unreachable")
    }
}
