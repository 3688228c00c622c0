import Codecs
import Testing

@testable import Dialects

/// What is left of a JSON Schema for Gemini.
@Suite("JSON Schema for Gemini") struct GeminiJSONSchemaTests {
    @Test(
        "only words that Gemini knows are left, and properties of any name",
        arguments: [
            (
                #"{"$schema":"x","type":"object","properties":{"const":{"type":"string","minLength":1},"pattern":{"const":7}},"additionalProperties":false}"#,
                #"{"type":"object","properties":{"const":{"type":"string"},"pattern":{"enum":[7]}},"additionalProperties":false}"#
            ),
            (
                #"{"allOf":[{"properties":{"a":{"not":{}}},"required":["a"]},{"properties":{"b":{}},"required":["a","b"]}]}"#,
                #"{"properties":{"a":{},"b":{}},"required":["a","b"]}"#
            ),
            (
                #"{"anyOf":[{"type":"string","maxLength":3},true],"items":{"uniqueItems":true},"$defs":{"not":{"default":1}}}"#,
                #"{"anyOf":[{"type":"string"},true],"items":{},"$defs":{"not":{}}}"#
            ),
        ])
    func words(_ schema: String, _ left: String) throws {
        let read = try #require(try JSONReader.read(Array(schema.utf8)).object)
        #expect(JSONWriter.text(.object(GeminiJSONSchema.reduce(read))) == left)
    }

    @Test("a schema of any depth comes to an end") func depth() throws {
        var schema: JSONObject = ["type": "string"]
        for _ in 0..<200 { schema = ["items": .object(schema)] }
        #expect(!JSONWriter.text(.object(GeminiJSONSchema.reduce(schema))).contains("string"))
    }
}
