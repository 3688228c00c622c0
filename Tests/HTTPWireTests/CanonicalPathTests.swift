import HTTPWire
import Testing

@Suite struct `Canonical paths` {
    @Test(arguments: [
        ("/", "/"), ("", "/"), ("/a/b", "/a/b"), ("/a/b/", "/a/b/"), ("/a;v=1/b", "/a;v=1/b"),
        ("/public/../admin", "/admin"), ("/a/./b", "/a/b"), ("/a/.", "/a/"), ("/a/..", "/"), ("/a/b/..", "/a/"),
        ("/./", "/"),
        ("/%2e/a", "/a"), ("/a/%2E%2e/b", "/b"), ("/a/.%2e/b", "/b"), ("/%61%2D%7e", "/a-~"), ("/a%3fb", "/a%3Fb"),
        ("/a//b", "/a/b"), ("//a", "/a"), ("/a//", "/a/"), ("//", "/"), ("/a//../b", "/b"),
        ("/%c3%a9", "/%C3%A9"), ("/%f0%9f%98%80", "/%F0%9F%98%80"), ("/.well-known/x", "/.well-known/x"),
        ("/...", "/..."),
        ("/a.", "/a."), ("/100%25", "/100%25"), ("/100%25zz", "/100%25zz"), ("/a%20b", "/a%20b"), ("/..a/b", "/..a/b"),
    ])
    func `one spelling for each resource`(_ target: String, _ path: String) throws {
        let canonical = try CanonicalPath([UInt8](target.utf8))
        #expect(String(decoding: canonical.bytes, as: UTF8.self) == path)
        #expect(try CanonicalPath(canonical.bytes) == canonical)
    }

    @Test(arguments: [
        "a", "/..", "/../a", "/a/../../b", "/%2e%2e/a", "/a%2fb", "/a%2Fb", "/a%5cb", "/a\\b", "/a%00", "/a%0a",
        "/a%7f",
        "/a%", "/a%2", "/a%g0", "/a%2g", "/%252e%252e/a", "/%252fa", "/%25%32%65/a", "/%25%32e", "/%2500", "/%255c",
        "/%2525",
        "/%c0%ae", "/%e0%80%ae", "/%ff", "/%c3", "/%c3a", "/%ed%a0%80", "/%f5%80%80%80", "/\u{E9}", "/a b", "/a\tb",
        "/a\0b",
        "/a#b", "/..;/a", "/a/..;x/b", "/.;/a", "/..%3b/a", "/.%20/a", "/..%20/a", "/%2e%2e;/a", "/a\"b", "/a<b",
        "/a|b", "/a[b]",
        "/a?b#c", "/a?b\u{7F}", "/a?\u{E9}",
    ])
    func `what servers read differently is refused`(_ target: String) {
        #expect(throws: WireDefect.self) { try CanonicalPath([UInt8](target.utf8)) }
    }

    @Test(arguments: [
        ("/a/b", "/a/b", false), ("/a%2fb", "/a%2Fb", true), ("/a//b", "/a//b", true), ("/a//", "/a//", true),
        ("//a", "/a", false), ("///a//%2f", "/a//%2F", true), ("/%2F", "/%2F", true), ("/a//../b", "/a/b", false),
        ("/a///../b", "/a//b", true), ("/a/.//b", "/a//b", true), ("/a%2F..b/...%2F", "/a%2F..b/...%2F", true),
        ("/%41%2F%7e", "/A%2F~", true), ("/", "/", false), ("", "/", false), ("/a%3Fb", "/a%3Fb", false),
    ])
    func `slashes that are kept have one spelling too`(_ target: String, _ path: String, _ areKept: Bool) throws {
        let canonical = try CanonicalPath([UInt8](target.utf8), keepsSlashes: true)
        #expect(String(decoding: canonical.bytes, as: UTF8.self) == path)
        #expect(canonical.hasKeptSlashes == areKept)
        #expect(try CanonicalPath(canonical.bytes, keepsSlashes: true) == canonical)
    }

    @Test(arguments: [
        "/..%2fa", "/a%2F..", "/a%2F.%2Fb", "/%2e%2e%2fa", "/a%2f%2E", "/a/..;x%2Fb", "/a%2F.%20/b", "/%2F..",
        "/a/../..//b", "//../a", "/a%252fb", "/a%5cb", "/a%00", "/a%2",
    ])
    func `what hides behind a slash that is kept is refused`(_ target: String) {
        #expect(throws: WireDefect.self) { try CanonicalPath([UInt8](target.utf8), keepsSlashes: true) }
    }

    @Test(arguments: [
        ("/orders/7?x", 7, "", "/7"), ("/orders", 7, "", "/"), ("/orders/", 7, "", "/"), ("/a//b", 2, "", "/b"),
        ("/a//b", 2, "/c", "/c//b"), ("/a", 2, "/c/d", "/c/d"), ("/a/b", 0, "/c", "/c/a/b"), ("/ab", 2, "/c", "/ab"),
        ("/a", 9, "/c", "/a"), ("/a", -1, "/c", "/a"),
    ])
    func `a beginning is replaced where a segment ends`(
        _ path: String, _ length: Int, _ prefix: String, _ result: String
    ) throws {
        let path = try CanonicalPath([UInt8](path.utf8), keepsSlashes: true)
        let replaced = path.replacing(length, with: [UInt8](prefix.utf8))
        #expect(String(decoding: replaced.bytes, as: UTF8.self) == result)
        #expect(replaced.query == path.query)
    }

    @Test func `the query stays as it came`() throws {
        let path = try CanonicalPath([UInt8]("/a?x=%2e%2F&y=[z]|?//..".utf8))
        #expect(path.query == [UInt8]("x=%2e%2F&y=[z]|?//..".utf8))
        #expect(path.bytes == [UInt8]("/a".utf8))
        #expect(try CanonicalPath([UInt8]("/a?".utf8)).query == [])
        #expect(try CanonicalPath([UInt8]("?q".utf8)).bytes == [UInt8]("/".utf8))
    }

    @Test(arguments: [
        ("/api", "/api", true), ("/api/", "/api", true), ("/api/x", "/api", true), ("/apifoo", "/api", false),
        ("/api..", "/api", false),
        ("/ap", "/api", false), ("/api", "/api/", true), ("/api/x", "/api/", true), ("/", "/", true), ("/x", "/", true),
        ("/API", "/api", false),
    ])
    func `a prefix ends with a segment`(_ path: String, _ prefix: String, _ matches: Bool) throws {
        #expect(try CanonicalPath([UInt8](path.utf8)).hasSegmentPrefix([UInt8](prefix.utf8)) == matches)
    }
}
