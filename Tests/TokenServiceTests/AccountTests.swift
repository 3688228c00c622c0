import Codecs
import HTTPTypes
import OAuth
import Testing
import Tokens

@testable import TokenService

@Suite struct AccountTests {
    /// A browser that is signed in, by password alone.
    private func signedIn(_ signet: TestInstallation, _ name: ByteString) async throws -> TestBrowser {
        let browser = TestBrowser(signet)
        _ = try await enter(browser, name)
        return browser
    }

    private func enter(
        _ browser: TestBrowser, _ name: ByteString, password: String = TestInstallation.password
    ) async throws -> TestBrowser.Page {
        let begun = try await browser.get("/account")
        return try await browser.post(
            "/sign-in/password",
            [
                ("transaction", begun.parameter("transaction") ?? ""), ("name", name.text), ("password", password),
            ])
    }

    /// Sets an authenticator app up in the pages.
    private func setUp(_ browser: TestBrowser, _ signet: TestInstallation) async throws -> (TimedCode, [String]) {
        let page = try await browser.get("/account/authenticator")
        let code = try #require(TimedCode(groups: page.text(after: "id=\"secret\">", before: "<") ?? ""))
        let wrong = try await browser.post("/account/authenticator", [("code", "000000")])
        #expect(wrong.status == .forbidden)
        #expect(wrong.text(after: "id=\"secret\">", before: "<") == code.secretInGroups)
        let step = signet.time.now / TimedCode.step
        let done = try await browser.post("/account/authenticator", [("code", code.code(step: step))])
        let codes = done.html.split(separator: "<li><code>").dropFirst().map { String($0.prefix { $0 != "<" }) }
        #expect(codes.count == 10)
        return (code, codes)
    }

    @Test func `whoever is not signed in signs in first`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let browser = TestBrowser(signet)
        let begun = try await browser.get("/account")
        #expect(begun.status == .seeOther)
        #expect(begun.location?.hasPrefix("/sign-in?transaction=sgt_") == true)
        #expect(try await browser.get(begun.location ?? "").html.contains("to continue to your account"))
        let signedIn = try await enter(browser, "ada")
        #expect(signedIn.location == "/account")
        let page = try await browser.get("/account")
        #expect(page.status == .ok)
        #expect(page.html.contains("<h1>ada</h1>"))
        for path in ["password", "authenticator/remove", "passkeys/remove", "sessions/end", "access/end"] {
            let stranger = try await TestBrowser(signet).post("/account/\(path)", [])
            #expect(stranger.location?.hasPrefix("/sign-in") == true)
            let foreign = try await browser.post("/account/\(path)", [], headers: [:])
            #expect(foreign.status == .forbidden)
        }
    }

    @Test func `with an authenticator a password is half the way`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        let app = try await signet.register("app") { $0.isFirstParty = true }
        let (code, recovery) = try await setUp(try await signedIn(signet, "ada"), signet)

        let browser = TestBrowser(signet)
        let begun = try await browser.authorize(app)
        let transaction = try #require(begun.parameter("transaction"))
        let half = try await browser.post(
            "/sign-in/password",
            [("transaction", transaction), ("name", "ada"), ("password", TestInstallation.password)])
        #expect(browser.cookie(BrowserCookies.session) == nil)
        #expect(try await browser.get(half.location ?? "").html.contains("name=\"code\""))
        #expect(try await browser.get("/authorize/continue?transaction=\(transaction)").parameter("code") == nil)
        func send(_ text: String) async throws -> TestBrowser.Page {
            try await browser.post("/sign-in/code", [("transaction", transaction), ("code", text)])
        }
        let step = signet.time.now / TimedCode.step
        // The code that set it up is used.
        #expect(try await send(code.code(step: step)).status == .forbidden)
        #expect(try await send("123").status == .forbidden)
        #expect(try await send(code.code(step: step + 1)).status == .seeOther)
        let done = try await browser.get("/authorize/continue?transaction=\(transaction)")
        let tokens = try await signet.exchange(try #require(done.parameter("code")), as: app)
        let idToken = try TestInstallation.claims(tokens.json["id_token"]?.string?.text ?? "")
        #expect(idToken["amr"] == ["pwd", "otp", "mfa"])
        #expect(idToken["sub"] == .string(ByteString(user.id)))

        // A recovery code works once, in its place.
        for isGood in [true, false] {
            let other = TestBrowser(signet)
            _ = try await enter(other, "ada")
            let begun = try await other.get("/account")
            let transaction = try #require(begun.parameter("transaction"))
            _ = try await other.post(
                "/sign-in/password",
                [("transaction", transaction), ("name", "ada"), ("password", TestInstallation.password)])
            let page = try await other.post(
                "/sign-in/code", [("transaction", transaction), ("code", recovery[3].lowercased())])
            #expect(page.status == (isGood ? .seeOther : .forbidden))
            #expect((other.cookie(BrowserCookies.session) != nil) == isGood)
        }
    }

    @Test func `the short way in asks for the code, too`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let (code, _) = try await setUp(try await signedIn(signet, "ada"), signet)
        let password: JSON = .string(ByteString(TestInstallation.password))
        let asked = try await signet.post("/login", ["name": "ada", "password": password])
        #expect(asked.status == .unauthorized)
        #expect(asked.code == "second-factor-needed")
        let wrong = try await signet.post("/login", ["name": "ada", "password": password, "code": "999999"])
        #expect(wrong.code == "second-factor-wrong")
        let next = code.code(step: signet.time.now / TimedCode.step + 1)
        let right: JSONObject = ["name": "ada", "password": password, "code": .string(ByteString(next))]
        #expect(try await signet.post("/login", right).status == .ok)
        #expect(try await signet.post("/login", right).code == "second-factor-wrong")
    }

    @Test func `codes cannot be tried through, wherever the tries come from`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let (code, _) = try await setUp(try await signedIn(signet, "ada"), signet)
        let password: JSON = .string(ByteString(TestInstallation.password))
        var answers: [String?] = []
        for number in 0..<8 {
            let text = "00000\(number)"
            answers.append(
                try await signet.post(
                    "/login", ["name": "ada", "password": password, "code": .string(ByteString(text))]
                )
                .code)
        }
        #expect(answers.last == "login-throttled")
        let right: JSON = .string(ByteString(code.code(step: signet.time.now / TimedCode.step + 1)))
        let answer = try await signet.post("/login", ["name": "ada", "password": password, "code": right])
        #expect(answer.status == .tooManyRequests)
    }

    @Test func `a passkey is made once and lets its owner in without a password`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        let app = try await signet.register("app") { $0.isFirstParty = true }
        let browser = try await signedIn(signet, "ada")
        let authenticator = try SoftwareAuthenticator(.es256)

        let led = try await browser.get("/account/passkeys/new")
        let page = try await browser.get(led.location ?? "")
        let transaction = try #require(led.parameter("transaction"))
        let challenge = try Base64URL.decode(
            Array(try #require(page.text(after: "data-challenge=\"", before: "\"")).utf8))
        let data = SoftwareAuthenticator.clientData(
            type: "webauthn.create", challenge: challenge, origin: TestInstallation.issuer.text)
        let made = Self.credential(authenticator, data, try authenticator.attestationObject())
        let form: [(ByteString, String)] = [
            ("transaction", transaction), ("name", "My <key>"), ("credential", made),
        ]
        #expect(try await browser.post("/account/passkeys/new", form).location == "/account")
        #expect(try await browser.post("/account/passkeys/new", form).status == .badRequest)
        #expect(try await browser.get("/account").html.contains("My &lt;key&gt;"))

        let other = TestBrowser(signet)
        let begun = try await other.authorize(app)
        let name = try #require(begun.parameter("transaction"))
        func use(
            _ other: TestBrowser, _ name: String, _ change: (inout SoftwareAuthenticator) -> Void = { _ in }
        ) async throws -> TestBrowser.Page {
            let page = try await other.get("/sign-in?transaction=\(name)")
            let challenge = try Base64URL.decode(
                Array(try #require(page.text(after: "data-challenge=\"", before: "\"")).utf8))
            let data = SoftwareAuthenticator.clientData(
                type: "webauthn.get", challenge: challenge, origin: TestInstallation.issuer.text)
            var used = authenticator
            used.signCount = 5
            change(&used)
            let answer = try used.assertion(clientData: data)
            return try await other.post(
                "/sign-in/passkey",
                [
                    ("transaction", name),
                    ("credential", Self.credential(used, data, answer.data, signature: answer.signature)),
                ])
        }
        #expect(try await use(other, name) { $0.flags = 0x01 }.status == .forbidden)
        #expect(try await use(other, name) { $0.credentialID = [1, 2, 3] }.status == .forbidden)
        #expect(other.cookie(BrowserCookies.session) == nil)
        #expect(try await use(other, name).status == .seeOther)
        let done = try await other.get("/authorize/continue?transaction=\(name)")
        let tokens = try await signet.exchange(try #require(done.parameter("code")), as: app)
        let idToken = try TestInstallation.claims(tokens.json["id_token"]?.string?.text ?? "")
        #expect(idToken["sub"] == .string(ByteString(user.id)))
        #expect(idToken["amr"] == ["pop", "user", "mfa"])

        // A counter that does not go up means a copy.
        let third = TestBrowser(signet)
        let again = try #require(try await third.authorize(app).parameter("transaction"))
        #expect(try await use(third, again) { $0.signCount = 5 }.status == .forbidden)
        #expect(try await use(third, again) { $0.signCount = 6 }.status == .seeOther)
    }

    private static func credential(
        _ authenticator: SoftwareAuthenticator, _ clientData: [UInt8], _ data: [UInt8], signature: [UInt8] = []
    ) -> String {
        JSONWriter.text(
            .object([
                "id": .string(ByteString(Base64URL.encode(authenticator.credentialID))),
                "clientDataJSON": .string(ByteString(Base64URL.encode(clientData))),
                "data": .string(ByteString(Base64URL.encode(data))),
                "signature": .string(ByteString(Base64URL.encode(signature))),
            ]))
    }

    @Test func `who changes how they sign in has signed in a short time ago`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let browser = try await signedIn(signet, "ada")
        signet.time.advance(AccountEndpoint.freshness + 1)
        #expect(try await browser.get("/account").status == .ok)
        let led = try await browser.get("/account/authenticator")
        #expect(led.location?.hasPrefix("/sign-in") == true)
        let transaction = led.parameter("transaction") ?? ""
        let back = try await browser.post(
            "/sign-in/password",
            [("transaction", transaction), ("name", "ada"), ("password", TestInstallation.password)])
        #expect(back.location == "/account/authenticator")
        #expect(try await browser.get("/account/authenticator").status == .ok)
    }

    @Test func `a new password ends every other session`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let elsewhere = try await signedIn(signet, "ada")
        let short = try await signet.login("ada")
        let browser = try await signedIn(signet, "ada")
        let wrong = try await browser.post("/account/password", [("current", "guess"), ("new", "another password")])
        #expect(wrong.status == .badRequest)
        #expect(wrong.html.contains("That is not your password."))
        let current = TestInstallation.password
        let tooShort = try await browser.post("/account/password", [("current", current), ("new", "seven77")])
        #expect(tooShort.status == .badRequest)
        #expect(try await elsewhere.get("/account").status == .ok)
        let done = try await browser.post("/account/password", [("current", current), ("new", "another password")])
        #expect(done.status == .ok)
        #expect(try await elsewhere.get("/account").status == .seeOther)
        #expect(try await browser.get("/account").status == .ok)
        #expect(signet.gatewayRefuses(short.access) == .tokenRevoked)
        #expect(try await signet.login("ada").status == .unauthorized)
        #expect(try await signet.login("ada", password: "another password").status == .ok)
    }

    @Test func `sessions and the access of applications can be ended, one's own alone`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        try await signet.addUser("eve")
        let app = try await signet.register("app") { $0.isFirstParty = true }
        let elsewhere = TestBrowser(signet)
        let page = try await elsewhere.signIn("ada", for: app, scope: "openid offline_access")
        let tokens = try await signet.exchange(try #require(page.parameter("code")), as: app)
        let browser = try await signedIn(signet, "ada")
        let account = try await browser.get("/account").html
        let session = try #require(account.firstMatch(of: /name="session" value="([^"]+)"/)?.1)

        let thief = try await signedIn(signet, "eve")
        _ = try await thief.post("/account/sessions/end", [("session", String(session))])
        _ = try await thief.post("/account/access/end", [("client", "app")])
        #expect(try await elsewhere.get("/account").status == .ok)
        #expect(signet.gatewayRefuses(tokens.access) == nil)

        _ = try await browser.post("/account/sessions/end", [("session", String(session))])
        #expect(try await elsewhere.get("/account").status == .seeOther)
        #expect(signet.gatewayRefuses(tokens.access) == .tokenRevoked)
        let refreshed = try await signet.form(
            "/token", [("grant_type", "refresh_token"), ("refresh_token", ByteString(tokens.refresh))], as: app)
        #expect(signet.gatewayRefuses(refreshed.access) == nil)
        _ = try await browser.post("/account/access/end", [("client", "app")])
        #expect(signet.gatewayRefuses(refreshed.access) == .tokenRevoked)
    }
}

@Suite struct SessionManagementTests {
    @Test func `the operator sees sessions and ends them, with what came of them`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let app = try await signet.register("app") { $0.isFirstParty = true }
        let browser = TestBrowser(signet)
        let page = try await browser.signIn("ada", for: app)
        let tokens = try await signet.exchange(try #require(page.parameter("code")), as: app)
        let short = try await signet.login("ada")
        func list() async throws -> [JSONObject] {
            try await signet.manage(.get, "/users/ada/sessions").json["sessions"]?.array?.compactMap(\.object) ?? []
        }
        let sessions = try await list()
        #expect(sessions.map { $0["kind"] } == ["browser", "client", "client"])
        let id = try #require(sessions[0]["id"]?.string?.text)
        #expect(try await signet.manage(.post, "/sessions/\(id)/end").status == .ok)
        #expect(signet.gatewayRefuses(tokens.access) == .tokenRevoked)
        #expect(signet.gatewayRefuses(short.access) == nil)
        let last = try await list()
        #expect(last.map { $0["client"] } == ["first-party"])
        let other = try #require(last[0]["id"]?.string?.text)
        #expect(try await signet.manage(.post, "/sessions/\(other)/end").status == .ok)
        #expect(signet.gatewayRefuses(short.access) == .tokenRevoked)
        #expect(try await signet.manage(.post, "/sessions/\(other)/end").code == "session-unknown")
        #expect(try await list().isEmpty)
    }
}

extension TimedCode {
    /// The secret as a page shows it.
    fileprivate init?(groups: String) {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var bits: [Bool] = []
        for letter in groups where letter != " " {
            guard let value = alphabet.firstIndex(of: letter) else { return nil }
            bits += (0..<5).map { value >> (4 - $0) & 1 == 1 }
        }
        let bytes = stride(from: 0, to: bits.count - 7, by: 8).map { start in
            bits[start..<(start + 8)].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
        }
        self.init(secret: bytes)
    }
}
