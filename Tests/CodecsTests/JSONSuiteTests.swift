import Codecs
import TestSupport
import Testing

/// nst/JSONTestSuite, from the vectors folder.
@Suite(.enabled(if: Vectors.arePresent, "\(Vectors.absence)")) struct JSONSuiteTests {
    /// Where the suite leaves the answer to us (`i_`): all are refused but these.
    static let accepted: Set<String> = [
        // Underflow is no loss of meaning in free-form text.
        "i_number_double_huge_neg_exp.json", "i_number_real_underflow.json",
        // Digits are kept; whoever wants an integer checks the range.
        "i_number_too_big_neg_int.json", "i_number_too_big_pos_int.json", "i_number_very_big_negative_int.json",
    ]

    /// Where the suite wants an answer that a token must not have: a name stands twice (RFC 7515 §4, RFC 7519 §4).
    static let refused: Set<String> = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"]

    @Test func `every file of the parsing suite gets the right answer`() throws {
        var counts: [Character: (right: Int, all: Int)] = [:]
        for name in try Vectors.names(in: "json/test_parsing") {
            let text = try Vectors.bytes("json/test_parsing/" + name)
            let isRead = (try? JSONReader.read(text)) != nil
            let shouldBeRead = name.hasPrefix("y_") && !Self.refused.contains(name) || Self.accepted.contains(name)
            #expect(isRead == shouldBeRead, "\(name)")
            let kind = name.first ?? "?"
            counts[kind, default: (0, 0)].all += 1
            if isRead == shouldBeRead { counts[kind, default: (0, 0)].right += 1 }
        }
        #expect(counts["y"]?.all == 95)
        #expect(counts["n"]?.all == 188)
        #expect(counts["i"]?.all == 35)
        for kind in "yni" {
            print("JSONTestSuite \(kind)_: \(counts[kind]?.right ?? 0) of \(counts[kind]?.all ?? 0) as wanted")
        }
    }

    @Test func `every file of the transformation suite keeps its meaning or is refused`() throws {
        let names = try Vectors.names(in: "json/test_transform")
        #expect(names.count == 22)
        for name in names {
            let text = try Vectors.bytes("json/test_transform/" + name)
            let json = try? JSONReader.read(text)
            switch name {
            case let name where name.hasPrefix("object_same_key"), let name where name.contains("invalid_codepoint"):
                #expect(json == nil, "\(name)")
            case let name where name.hasPrefix("number_"):
                let digits = text.filter { !" \n[]".utf8.contains($0) }
                #expect(json?.array?.first?.number?.text.bytes == digits, "\(name)")
            case let name where name.hasPrefix("object_key_nf"):
                #expect(json?.object?["\u{E9}"] == "NFC", "\(name)")
                #expect(json?.object?["e\u{301}"] == "NFD", "\(name)")
            default:
                #expect(name == "string_with_escaped_NULL.json")
                #expect(json == ["A\0B"])
            }
        }
    }
}
