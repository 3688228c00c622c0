import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import OAuth
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
        let root = try await signet.addUser("root", isServerAdmin: true)
        let ada = try await signet.addUser("ada", roles: ["admin"])
        let console = try await signet.registerConsole()
        let user = try await signet.managementToken(of: ada, by: console)
        let admin = try await signet.managementToken(of: root, by: console)
        try await Application(router: signet.router).test(.router) { http in
            let document = try await ask(http, .get, "/manage/openapi.json", bearer: nil).json
            #expect(document["openapi"] == "3.1.0")
            let paths = try #require(document["paths"]?.object)
            #expect(paths.members.count == 22)
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
            #expect(count == 26)
        }
    }

    @Test func `an admin manages over HTTP, and no longer once the role or the token is gone`() async throws {
        let signet = try await TestInstallation.start()
        let root = try await signet.addUser("root", isServerAdmin: true)
        let admin = try await signet.managementToken(of: root, by: try await signet.registerConsole())
        let made = try await signet.post("/manage/users", ["name": "bob"], bearer: admin)
        let password = try #require(made.json["password"]?.string?.text)
        let session = try await signet.login("bob", password: password)
        #expect(
            try await signet.post("/manage/users/bob/sign-out", [:], bearer: session.access).status == .unauthorized)
        #expect(try await signet.post("/manage/users/bob/sign-out", [:], bearer: admin).status == .ok)
        #expect(signet.gatewayRefuses(session.access) == .tokenRevoked)
        let client: JSONObject = ["client_id": "api", "grant_types": ["client_credentials"], "scope": "orders"]
        #expect(try await signet.post("/manage/clients", client, bearer: admin).json["client_secret"] != nil)
        _ = try await signet.manage(.post, "/users/root/disable")
        #expect(try await signet.post("/manage/users/bob/enable", [:], bearer: admin).status == .unauthorized)
    }

    /// A token of every other way to come by one, for somebody who is an admin of this server.
    private func tokensOfAnAdmin(_ signet: TestInstallation, _ root: UserRecord) async throws -> [String: String] {
        let rules: [JSON] = [
            ["claim": "roles", "value": ["admin"]], ["claim": "server_role", "value": "admin"],
            ["claim": "management", "value": true],
        ]
        let app = try await signet.register("app") {
            $0.scope = Scope(["openid", "roles"])
            $0.claimRules = rules.compactMap { $0.object.flatMap { try? ClaimRule($0) } }
        }
        let neighbour = try await signet.register("neighbour") {
            $0.audiences = [signet.service.configuration.managementAudience]
            $0.isFirstParty = true
            $0.grants.insert(.tokenExchange)
            $0.scope = Scope(["openid", "roles"])
        }
        let console = try await signet.registerConsole("other-console")
        let ofApp = try await signet.exchange(
            try await signet.code(for: app, user: root, scope: ["openid", "roles"]), as: app)
        let ofNeighbour = try await signet.exchange(
            try await signet.code(for: neighbour, user: root, scope: ["openid", "roles"]), as: neighbour)
        let withoutScope = try await signet.managementToken(of: root, by: console, scope: ["openid"])
        let passedOn = try await signet.form(
            "/token",
            [
                ("grant_type", ByteString(Client.Grant.tokenExchange.rawValue)),
                ("subject_token", ByteString(try await signet.managementToken(of: root, by: console))),
                ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            ], as: neighbour)
        #expect(try TestInstallation.claims(ofApp.access)["roles"] == ["admin"])
        #expect(passedOn.status == .ok)
        return [
            "a login": try await signet.login("root").access, "an application's": ofApp.access,
            "of a client with the audience alone": ofNeighbour.access, "without the scope": withoutScope,
            "exchanged": passedOn.access, "an ID token": ofApp.json["id_token"]?.string?.text ?? "",
        ]
    }

    @Test func `an admin's tokens for anything else open nothing, whatever they say`() async throws {
        let signet = try await TestInstallation.start()
        let root = try await signet.addUser("root", roles: ["admin"], isServerAdmin: true)
        for (kind, token) in try await tokensOfAnAdmin(signet, root) {
            let answer = try await signet.post("/manage/users", ["name": "mallory"], bearer: token)
            #expect([.unauthorized, .forbidden].contains(answer.status), "\(kind): \(answer.status)")
        }
        #expect(try await signet.manage(.get, "/users/mallory").status == .notFound)
    }

    @Test func `a management token is good here alone, while its client and its user are what they were`() async throws
    {
        let signet = try await TestInstallation.start()
        let root = try await signet.addUser("root", isServerAdmin: true)
        let clerk = try await signet.addUser("clerk", roles: ["admin"])
        let console = try await signet.registerConsole()
        let admin = try await signet.managementToken(of: root, by: console)
        #expect(try TestInstallation.claims(admin)["aud"] == "http://localhost:8080/manage")
        #expect(signet.gatewayRefuses(admin) == .audienceMismatch)
        #expect(try await signet.get("/manage/users", bearer: admin).status == .ok)
        // A role that applications read is none of this server's.
        let ofClerk = try await signet.managementToken(of: clerk, by: console)
        #expect(try await signet.get("/manage/users", bearer: ofClerk).code == "admins-only")
        let made = try await signet.post("/manage/users/clerk/server-role", ["server_role": "admin"], bearer: admin)
        #expect(made.json["server_role"] == "admin")
        #expect(try await signet.get("/manage/users", bearer: ofClerk).status == .ok)
        for wrong: JSONObject in [[:], ["server_role": "owner"], ["server_role": true]] {
            let answer = try await signet.post("/manage/users/clerk/server-role", wrong, bearer: admin)
            #expect(answer.code == "server-role-invalid")
        }
        _ = try await signet.manage(.post, "/users/root/server-role", ["server_role": .null])
        #expect(try await signet.get("/manage/users", bearer: admin).code == "admins-only")
        // The operator takes the client's name off the list: its tokens are worth nothing from then on.
        var client = console.client
        client.isManagement = false
        client.scope = Client.usualScope
        _ = try await signet.service.clients.replace(client, isActive: true, by: .server)
        #expect(try await signet.get("/manage/users", bearer: ofClerk).code == "admins-only")
    }
}
