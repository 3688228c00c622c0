import Codecs
import Dialects
import Testing

@testable import AIGateway

/// The demo model says what can be foreseen.
@Suite("The demo model") struct DemoModelTests {
    private func answer(_ body: String, _ dialect: CallerDialect = .openAI) async throws -> Answer {
        var stream = DemoModel.answer(to: try dialect.decode(request: Array(body.utf8)), id: "id")
        var gatherer = AnswerGatherer()
        var goesOn = true
        while goesOn {
            var events: [AnswerEvent] = []
            goesOn = try await stream.next(into: &events)
            for event in events { gatherer.take(event) }
        }
        return try #require(gatherer.result).get()
    }

    @Test("it repeats what it was told, word by word, and counts the words") func echo() async throws {
        let said = try await answer(#"{"model":"m","messages":[{"role":"user","content":"a b"}]}"#)
        #expect(said.parts.compactMap(\.text) == ["This is the demo model of Signet. You said: a b"])
        #expect(said.usage.input == 2 && said.usage.output == 11 && said.end == .stop)
        let nothing = try await answer(#"{"model":"m","messages":[{"role":"user","content":""}],"max_tokens":2}"#)
        #expect(nothing.end == .length && nothing.usage.input == 1)
    }

    @Test("it calls a tool when told to or when it must, with values that the schema takes") func tools() async throws {
        let tools =
            #""tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":"#
            + #"{"kind":{"enum":["x","y"]},"list":{"type":"array","items":{"type":"boolean"}}}}}}]"#
        func calls(_ text: String, _ more: String = "") async throws -> [String] {
            let body = #"{"model":"m","messages":[{"role":"user","content":"\#(text)"}],\#(tools)\#(more)}"#
            return try await answer(body).parts.compactMap { part in
                if case .toolCall(let call) = part.content { call.arguments.text } else { nil }
            }
        }
        let arguments = #"{"kind":"x","list":[true]}"#
        #expect(try await calls("call a tool") == [arguments])
        #expect(try await calls("hello").isEmpty)
        #expect(try await calls("hello", #","tool_choice":"required""#) == [arguments])
        #expect(try await calls("call a tool", #","tool_choice":"none""#).isEmpty)
    }

    @Test("vectors depend on the text alone") func vectors() {
        #expect(DemoModel.vector(of: "a", dimensions: 4) == DemoModel.vector(of: "a", dimensions: 4))
        #expect(DemoModel.vector(of: "a", dimensions: 4) != DemoModel.vector(of: "b", dimensions: 4))
        #expect(DemoModel.vector(of: "", dimensions: 100).allSatisfy { (-1...1).contains($0) })
    }
}
