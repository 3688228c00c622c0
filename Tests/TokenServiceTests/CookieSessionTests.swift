import Codecs
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing
import Tokens

@testable import TokenService

@Suite struct CookieSessionTests {
    private func post(
        _ signet: TestInstallation, _ path: String, _ members: JSONObject, cookie: String? = nil,
        site: String? = "same-origin"
    ) async throws -> (answer: Answer, cookies: [String]) {
        try await Application(router: signet.router).test(.router) { http in
            var headers: HTTPFields = [.contentType: "application/json"]
            headers[.cookie] = cookie
            if let name = HTTPField.Name("Sec-Fetch-Site") { headers[name] = site }
            let response = try await http.execute(
                uri: path, method: .post, headers: headers,
                body: ByteBuffer(bytes: JSONWriter.write(.object(members))))
            return (Answer(response), response.headers[values: .setCookie])
        }
    }

    private func value(_ cookies: [String], _ name: String) throws -> String {
        let field = try #require(cookies.first { $0.hasPrefix("\(name)=") })
        for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"] { #expect(field.contains(attribute)) }
        return String(field.dropFirst(name.count + 1).prefix { $0 != ";" })
    }

    private let login: JSONObject = [
        "name": "ada", "password": .string(ByteString(TestInstallation.password)), "mode": "cookie",
    ]

    @Test func `tokens come and go as cookies, and are in no body`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let first = try await post(signet, "/login", login)
        #expect(first.answer.json.members.map(\.name) == ["token_type", "expires_in"])
        let access = try value(first.cookies, CookieSession.access)
        #expect(signet.gatewayRefuses(access) == nil)
        let refresh = try value(first.cookies, CookieSession.refresh)
        let next = try await post(
            signet, "/refresh", ["mode": "cookie"], cookie: "\(CookieSession.refresh)=\(refresh)")
        #expect(next.answer.status == .ok)
        let second = try value(next.cookies, CookieSession.refresh)
        #expect(second != refresh)
        let done = try await post(signet, "/logout", ["mode": "cookie"], cookie: "\(CookieSession.refresh)=\(second)")
        #expect(done.answer.status == .noContent)
        #expect(done.cookies.count == 2 && done.cookies.allSatisfy { $0.contains("Max-Age=0") })
        #expect(signet.gatewayRefuses(access) == .tokenRevoked)
        let over = try await post(signet, "/refresh", ["mode": "cookie"], cookie: "\(CookieSession.refresh)=\(second)")
        #expect(over.answer.code == "refresh-token-invalid")
        #expect(over.cookies.count == 2)
    }

    @Test func `pages of others act by nobody's cookies`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let refresh = try value(try await post(signet, "/login", login).cookies, CookieSession.refresh)
        let cookie = "\(CookieSession.refresh)=\(refresh)"
        for site in ["cross-site", "same-site", "none", nil] {
            for (path, body) in [
                ("/login", login), ("/refresh", ["mode": "cookie"]), ("/logout", ["mode": "cookie"]),
            ] as [(String, JSONObject)] {
                let refused = try await post(signet, path, body, cookie: cookie, site: site)
                #expect(refused.answer.status == .forbidden)
                #expect(refused.cookies.isEmpty)
            }
        }
        // A cookie is no token for whoever did not ask for cookies.
        #expect(try await post(signet, "/refresh", [:], cookie: cookie).answer.status == .badRequest)
        #expect(try await post(signet, "/refresh", ["mode": "carrier pigeon"]).answer.code == "mode-invalid")
        let twice = try await post(signet, "/refresh", ["mode": "cookie"], cookie: "\(cookie); \(cookie)")
        #expect(twice.answer.code == "refresh-token-invalid")
        #expect(try await post(signet, "/refresh", ["mode": "cookie"], cookie: cookie).answer.status == .ok)
    }

    @Test func `a user's roles and groups keep tokens within a cookie`() async throws {
        let signet = try await TestInstallation.start()
        func create(_ name: String, _ count: Int) async throws -> Answer {
            let groups = (0..<count).map { JSON.string(ByteString("group-\($0)-" + String(repeating: "x", count: 20))) }
            return try await signet.manage(
                .post, "/users",
                [
                    "name": .string(ByteString(name)), "password": .string(ByteString(TestInstallation.password)),
                    "groups": .array(groups),
                ])
        }
        #expect(try await create("many", 80).code == "field-invalid")
        #expect(try await create("ada", 62).status == .ok)
        let cookies = try await post(signet, "/login", login).cookies
        #expect(cookies.allSatisfy { $0.utf8.count < 4_096 })
        #expect(try signet.gatewayRefuses(value(cookies, CookieSession.access)) == nil)
    }
}
