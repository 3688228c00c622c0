import Codecs
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing
import Tokens

@testable import TokenService

@Suite struct ManagementDoorTests {
    private func ask(
        _ http: any TestClientProtocol, _ method: HTTPRequest.Method, _ path: String, bearer: String?
    ) async throws -> Answer {
        var fields: HTTPFields = [:]
        if let bearer { fields[.authorization] = "Bearer \(bearer)" }
        return Answer(try await http.execute(uri: path, method: method, headers: fields))
    }

    @Test func `whatever is described is there, for admins alone`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        try await signet.addUser("root", roles: ["admin"])
        let user = try await signet.login("ada").access
        let admin = try await signet.login("root").access
        try await Application(router: signet.router).test(.router) { http in
            let document = try await ask(http, .get, "/manage/openapi.json", bearer: nil).json
            #expect(document["openapi"] == "3.1.0")
            let paths = try #require(document["paths"]?.object)
            #expect(paths.members.count == 21)
            var count = 0
            for path in paths.members {
                for operation in path.value.object?.members ?? [] where operation.name != "parameters" {
                    count += 1
                    let method = try #require(HTTPRequest.Method(operation.name.text.uppercased()))
                    let target = path.name.text.replacing("{id}", with: "nobody").replacing("{name}", with: "nobody")
                    #expect(try await ask(http, method, target, bearer: nil).status == .unauthorized)
                    let refused = try await ask(http, method, target, bearer: user)
                    #expect(refused.status == .forbidden)
                    #expect(refused.code == "admins-only")
                    let answer = try await ask(http, method, target, bearer: admin)
                    // There, though it names nobody, or brings no body.
                    #expect([.ok, .notFound, .unsupportedMediaType].contains(answer.status), "\(method) \(target)")
                    #expect(answer.code != "not-found" && answer.code != "method-not-allowed", "\(method) \(target)")
                }
            }
            #expect(count == 25)
        }
    }

    @Test func `an admin manages over HTTP, and no longer once the role or the token is gone`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("root", roles: ["admin"])
        let admin = try await signet.login("root").access
        let made = try await signet.post("/manage/users", ["name": "bob"], bearer: admin)
        let password = try #require(made.json["password"]?.string?.text)
        let session = try await signet.login("bob", password: password)
        #expect(try await signet.post("/manage/users/bob/sign-out", [:], bearer: session.access).status == .forbidden)
        #expect(try await signet.post("/manage/users/bob/sign-out", [:], bearer: admin).status == .ok)
        #expect(signet.gatewayRefuses(session.access) == .tokenRevoked)
        let client: JSONObject = ["client_id": "api", "grant_types": ["client_credentials"], "scope": "orders"]
        #expect(try await signet.post("/manage/clients", client, bearer: admin).json["client_secret"] != nil)
        _ = try await signet.manage(.post, "/users/root/disable")
        #expect(try await signet.post("/manage/users/bob/enable", [:], bearer: admin).status == .unauthorized)
    }
}
