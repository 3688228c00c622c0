import HTTPWire
import Testing

@testable import Gateway

struct PathPatternTests {
    @Test func `a pattern is literals, names and perhaps everything below`() throws {
        let pattern = try PathPattern("/orders/{id}/lines/{line_2}/*")
        let literal = { (text: String) in PathPattern.Segment.literal(Array(text.utf8)) }
        #expect(pattern.segments == [literal("orders"), .name("id"), literal("lines"), .name("line_2")])
        #expect(pattern.coversBelow)
        #expect(pattern.names == ["id", "line_2"])
        #expect(try PathPattern("/").segments == [literal("")])
        #expect(try PathPattern("/a/").segments == [literal("a"), literal("")])
        #expect(try PathPattern("/{a}/").segments == [.name("a"), literal("")])
        let everything = try PathPattern("/*")
        #expect(everything.segments.isEmpty && everything.coversBelow)
        #expect(try !PathPattern("/a%20b/c;d").coversBelow)
    }

    @Test(arguments: [
        ("", "must start with /"), ("orders", "must start with /"), ("*", "must start with /"),
        ("{a}/b", "must start with /"), ("/a*", "only as its end"), ("/*/a", "only as its end"),
        ("/a/**", "only as its end"), ("/a/*/", "only as its end"), ("/{a*}", "only as its end"),
        ("/{}", "whole segment"), ("/{a", "whole segment"), ("/a}", "whole segment"), ("/x{a}", "whole segment"),
        ("/{a}x", "whole segment"), ("/{1a}", "whole segment"), ("/{a-b}", "whole segment"),
        ("/{{a}}", "whole segment"),
        ("/{a}{b}", "whole segment"), ("/{é}", "whole segment"), ("/}a{", "whole segment"), ("/{", "whole segment"),
        ("/{a}/{b}/{a}", "two segments named {a}"),
        ("//", "canonical"), ("/a//b", "canonical"), ("/a//*", "canonical"), ("//*", "canonical"),
        ("/a/../b", "canonical"), ("/.", "canonical"), ("/{a}/../{b}", "canonical"), ("/%61", "canonical"),
        ("/%2f", "canonical"), ("/%c3%a9", "canonical"), ("/é", "canonical"), ("/a?b", "canonical"),
        ("/a#b", "canonical"), ("/a b", "canonical"),
        (String(repeating: "/a", count: 65), "more than 64"),
    ])
    func `what no request could match is complained about`(_ text: String, _ complaint: String) {
        do throws(PatternComplaint) {
            _ = try PathPattern(text)
            Issue.record("accepted \(text)")
        } catch {
            #expect(error.message.contains(complaint), "\(error)")
            #expect(error.message.contains(text))
        }
    }

    @Test func `sixty-four segments are accepted`() throws {
        #expect(try PathPattern(String(repeating: "/a", count: 64) + "/*").segments.count == 64)
    }

    @Test(arguments: [
        ("/orders/{id}", "/orders/17", ["17"]),
        ("/{a}/{b}/", "/x%20y/z/", ["x%20y", "z"]),
        ("/{a}/x/{b}/*", "/1/x/22/and/more", ["1", "22"]),
        ("/{a}/*", "/1", ["1"]),
        ("/orders/*", "/orders/1", []),
        ("/*", "/", []),
        ("/a/b/{c}", "/a", []), ("/{a}", "", []),
    ])
    func `the values of names are found in the path`(_ text: String, _ path: String, _ values: [String]) throws {
        let bytes = Array(path.utf8)
        let found = try PathPattern(text).values(in: bytes).map {
            String(decoding: bytes[$0.start..<$0.end], as: UTF8.self)
        }
        #expect(found == values)
    }
}
