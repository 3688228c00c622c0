import Codecs
import OAuth
import Testing

@Suite struct RedirectURITests {
    @Test(arguments: [
        "https://app.example/back", "https://app.example", "https://app.example:8443/a/b?x=1",
        "https://[2001:db8::1]/x",
        "http://localhost:3000/back", "http://127.0.0.1/back", "http://[::1]:80/back", "com.example.app:/back",
        "com.example.app://back", "HTTPS://app.example/back",
    ])
    func `addresses that a client can own are registered`(text: String) throws {
        #expect(try RedirectURI(registering: ByteString(text)).text == ByteString(text))
    }

    @Test(arguments: [
        "", "back", "/back", "//app.example/back", "app.example/back", "http://app.example/back",
        "http://127.0.0.1.evil.example/", "http://localhost.evil.example/", "javascript:alert(1)", "data:text/html,x",
        "file:///etc/passwd", "myapp:/back", "https://", "https:///back", "https://app.example/back#fragment",
        "https://app.example/#", "https://user@app.example/back", "https://user:secret@app.example/",
        "https://app.example/a/../b", "https://app.example/./b", "https://app.example/a/%2e%2E/b",
        "https://app.example/.%2e", "https://app.example\\@evil.example/", "https://app.example/ back",
        "https://app.example/\tback", "https://app.example/\nback", "https://app.example/ü", "https://[::1/back",
        "https://app.example/<b>", "https://a;script-src/", "https://a,b.example/", "https://a'b.example/",
        "https://a*.example/", "https://*.example/", "https://%61pp.example/", "https://app.example:x/",
        "https://:443/",
    ])
    func `others are refused`(text: String) {
        let error = #expect(throws: OAuthError.self) { try RedirectURI(registering: ByteString(text)) }
        #expect(error?.code == .invalidRedirectURI)
    }

    @Test func `an address of more than 2,048 bytes is refused`() throws {
        let start = "https://app.example/"
        let longest = start + String(repeating: "a", count: 2_048 - start.utf8.count)
        _ = try RedirectURI(registering: ByteString(longest))
        #expect(throws: OAuthError.self) { try RedirectURI(registering: ByteString(longest + "a")) }
    }

    @Test(arguments: [
        "https://app.example/back/", "https://app.example/Back", "https://APP.example/back",
        "https://app.example/back?x",
        "https://app.example:443/back", "https://app.example/back#x", "https://app.example/bac",
        "https://app.example/%62ack",
        "https://app.example/x/../back", "https://user@app.example/back", "http://app.example/back",
        "https://app.example.evil.example/back", "https://app.example/back\n", " https://app.example/back", "",
    ])
    func `an address matches byte for byte`(asked: String) throws {
        let registered = try RedirectURI(registering: "https://app.example/back")
        #expect(registered.matches("https://app.example/back"))
        #expect(!registered.matches(ByteString(asked)))
    }

    @Test(arguments: [
        ("http://127.0.0.1/back", "http://127.0.0.1:51234/back", true),
        ("http://127.0.0.1:80/back", "http://127.0.0.1:1/back", true),
        ("http://[::1]/back", "http://[::1]:65535/back", true),
        ("http://127.0.0.1/back", "http://127.0.0.1:0/back", false),
        ("http://127.0.0.1/back", "http://127.0.0.1:65536/back", false),
        ("http://127.0.0.1/back", "http://127.0.0.1:8x/back", false),
        ("http://127.0.0.1/back", "http://127.0.0.1:51234/other", false),
        ("http://127.0.0.1/back", "http://127.0.0.1:51234/back?x=1", false),
        ("http://127.0.0.1/back", "http://[::1]:51234/back", false),
        ("http://127.0.0.1/back", "https://127.0.0.1:51234/back", false),
        ("http://127.0.0.1/back", "http://127.0.0.1:1@evil.example/back", false),
        ("http://127.0.0.1/back", "http://x@127.0.0.1:1/back", false),
        // A name can be pointed elsewhere (RFC 8252 section 8.3).
        ("http://localhost/back", "http://localhost:51234/back", false),
        ("https://app.example/back", "https://app.example:51234/back", false),
    ])
    func `only the port of a loopback literal may differ`(registered: String, asked: String, isMatch: Bool) throws {
        #expect(try RedirectURI(registering: ByteString(registered)).matches(ByteString(asked)) == isMatch)
    }

    @Test(arguments: [
        ("https://app.example/back?x", "https://app.example"), ("https://app.example:8443", "https://app.example:8443"),
        ("http://[::1]:80/a;b", "http://[::1]:80"), ("com.example.app:/back;script-src", "com.example.app:"),
        ("HTTPS://app.example", "https://app.example"), ("nothing", ""),
    ])
    func `an origin is scheme, host and port, or the scheme alone`(address: String, origin: String) {
        #expect(RedirectURI.origin(of: ByteString(address)) == ByteString(origin))
    }

    @Test(arguments: [
        ("https://a.example", "https://a.example?s=x%20y"), ("https://a.example/?", "https://a.example/?s=x%20y"),
        ("https://a.example/?k=1", "https://a.example/?k=1&s=x%20y"),
    ])
    func `parameters are added to what the query holds`(address: String, wanted: String) {
        let pair = FormURLEncoded.Pair("s", "x y")
        #expect(RedirectURI.address(ByteString(address), adding: [pair]) == wanted)
        #expect(RedirectURI.address(ByteString(address), adding: []) == address)
    }

    @Test(arguments: [
        ("https://App.example/back", "https://app.example", true),
        ("https://app.example:443/", "https://app.example", true),
        ("https://app.example:8443/", "https://app.example:8443", true),
        ("http://localhost:80/", "http://localhost", true),
        ("https://app.example:8443/", "https://app.example", false),
        ("https://app.example/", "http://app.example", false),
        ("https://app.example/", "https://app.example/", false), ("https://app.example/", "null", false),
        ("https://app.example/", "https://app.example.evil.example", false),
        ("com.example.app:/back", "com.example.app:", false),
        ("http://127.0.0.1/", "http://127.0.0.1:4000", false),
    ])
    func `pages of an origin are told by its exact name`(registered: String, origin: String, isSame: Bool) throws {
        #expect(try RedirectURI(registering: ByteString(registered)).isOfOrigin(ByteString(origin)) == isSame)
    }

    @Test func `only https addresses are claimed`() throws {
        #expect(try RedirectURI(registering: "https://app.example/").isClaimed)
        #expect(try !RedirectURI(registering: "http://127.0.0.1/").isClaimed)
        #expect(try !RedirectURI(registering: "com.example.app:/").isClaimed)
    }
}
