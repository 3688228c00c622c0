import Codecs
import TestSupport
import Testing

@Suite struct JSONWriterTests {
    @Test func `members keep their order and numbers their digits`() throws {
        let text = #"{"z":1.50,"a":[true,false,null],"m":{"é":"\"\\"}}"#
        #expect(JSONWriter.text(try JSONReader.read(Array(text.utf8))) == text)
    }

    @Test func `whatever would be invisible is escaped`() throws {
        let json: JSON = .string(
            ByteString(String(String.UnicodeScalarView((0...0x80).compactMap(Unicode.Scalar.init)))))
        let text = JSONWriter.write(json)
        #expect(text.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        #expect(JSONWriter.text("\0\n\r\t\u{8}\u{1F}\u{7F}\"\\/") == #""\u0000\n\r\t\u0008\u001f\u007f\"\\/""#)
        #expect(try JSONReader.read(text) == json)
    }

    @Test func `pretty text has two spaces a level and reads the same`() throws {
        let json: JSON = ["a": [1, [:]], "b": [], "c": ["d": "e"]]
        let text = """
            {
              "a": [
                1,
                {}
              ],
              "b": [],
              "c": {
                "d": "e"
              }
            }
            """
        #expect(JSONWriter.text(json, pretty: true) == text)
        #expect(try JSONReader.read(Array(text.utf8)) == json)
    }

    @Test func `an object sets, replaces in place and removes`() {
        var object: JSONObject = ["a": 1, "b": 2, "a": 3]
        #expect(object.members.map(\.name) == ["a", "b"])
        #expect(object["a"] == 3)
        object["a"] = nil
        object["c"] = "x"
        object["b"] = .null
        object["none"] = nil
        #expect(JSONWriter.text(.object(object)) == #"{"b":null,"c":"x"}"#)
    }

    @Test func `random values come back`() throws {
        var generator = SeededGenerator(seed: 8_259)
        for _ in 0..<1_000 {
            let json = Self.value(depth: 5, &generator)
            #expect(try JSONReader.read(JSONWriter.write(json)) == json)
            #expect(try JSONReader.read(JSONWriter.write(json, pretty: true)) == json)
        }
    }

    static func value(depth: Int, _ generator: inout SeededGenerator) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
        case 0: return .null
        case 1: return .bool(.random(using: &generator))
        case 2: return .number(JSONNumber(.random(in: .min ... .max, using: &generator)))
        case 3, 4: return .string(text(&generator))
        case 5:
            let count = Int.random(in: 0...4, using: &generator)
            return .array((0..<count).map { _ in value(depth: depth - 1, &generator) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                object[text(&generator)] = value(depth: depth - 1, &generator)
            }
            return .object(object)
        }
    }

    private static func text(_ generator: inout SeededGenerator) -> ByteString {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...6, using: &generator) {
            let limit: UInt32 = Bool.random(using: &generator) ? 0x80 : 0x110000
            if let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &generator)) { scalars.append(scalar) }
        }
        return ByteString(String(scalars))
    }
}
