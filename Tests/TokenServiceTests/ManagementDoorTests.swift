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

    /// Each cell of the table of roles and operations, by a request of somebody with that role.
    @Test func `whatever is described is there, for its role and those above it`() async throws {
        let signet = try await TestInstallation.start()
        let console = try await signet.registerConsole()
        var tokens: [(role: Role?, token: String)] = []
        for role in [nil] + Role.allCases.map(Optional.some) {
            let user = try await signet.addUser(ByteString("somebody-\(role?.rawValue ?? "else")"), serverRole: role)
            tokens.append((role, try await signet.managementToken(of: user, by: console)))
        }
        let operations = signet.service.operations
        try await Application(router: signet.router).test(.router) { [tokens] http in
            let document = try await ask(http, .get, "/api/openapi.json", bearer: nil).json
            #expect(document["openapi"] == "3.1.0")
            let paths = try #require(document["paths"]?.object)
            #expect(paths.members.flatMap { $0.value.object?.members ?? [] }.count == operations.count)
            for operation in operations {
                let described = paths[ByteString("/api" + operation.path)]?.object?[
                    ByteString(operation.method.rawValue.lowercased())]
                #expect(described?.object?["x-role"]?.string?.text == operation.role.rawValue)
                let target =
                    "/api" + operation.path.replacing("{id}", with: "nobody").replacing("{name}", with: "nobody")
                #expect(try await ask(http, operation.method, target, bearer: nil).status == .unauthorized)
                for (role, token) in tokens {
                    let answer = try await ask(http, operation.method, target, bearer: token)
                    let cell = "\(role?.rawValue ?? "nobody"): \(operation.method) \(target)"
                    guard let role, role >= operation.role else {
                        #expect(answer.status == .forbidden, "\(cell)")
                        #expect(answer.code == (role == nil ? "server-role-missing" : "role-insufficient"), "\(cell)")
                        continue
                    }
                    // There, though it names nobody, or brings no body.
                    #expect([.ok, .notFound, .unsupportedMediaType].contains(answer.status), "\(cell)")
                    #expect(answer.code != "not-found" && answer.code != "method-not-allowed", "\(cell)")
                }
            }
        }
    }

    @Test func `an admin manages over HTTP, and no longer once the role or the token is gone`() async throws {
        let signet = try await TestInstallation.start()
        let root = try await signet.addUser("root", serverRole: .owner)
        let admin = try await signet.managementToken(of: root, by: try await signet.registerConsole())
        let made = try await signet.post("/api/users", ["name": "bob"], bearer: admin)
        let password = try #require(made.json["password"]?.string?.text)
        let session = try await signet.login("bob", password: password)
        #expect(
            try await signet.post("/api/users/bob/sign-out", [:], bearer: session.access).status == .unauthorized)
        #expect(try await signet.post("/api/users/bob/sign-out", [:], bearer: admin).status == .ok)
        #expect(signet.gatewayRefuses(session.access) == .tokenRevoked)
        let client: JSONObject = ["client_id": "api", "grant_types": ["client_credentials"], "scope": "orders"]
        #expect(try await signet.post("/api/clients", client, bearer: admin).json["client_secret"] != nil)
        _ = try await signet.manage(.post, "/users/root/disable")
        #expect(try await signet.post("/api/users/bob/enable", [:], bearer: admin).status == .unauthorized)
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
        let root = try await signet.addUser("root", roles: ["admin"], serverRole: .owner)
        for (kind, token) in try await tokensOfAnAdmin(signet, root) {
            let answer = try await signet.post("/api/users", ["name": "mallory"], bearer: token)
            #expect([.unauthorized, .forbidden].contains(answer.status), "\(kind): \(answer.status)")
        }
        #expect(try await signet.manage(.get, "/users/mallory").status == .notFound)
    }

    @Test func `a management token is good here alone, while its client and its user are what they were`() async throws
    {
        let signet = try await TestInstallation.start()
        let root = try await signet.addUser("root", serverRole: .owner)
        let clerk = try await signet.addUser("clerk", roles: ["admin"])
        let console = try await signet.registerConsole()
        let admin = try await signet.managementToken(of: root, by: console)
        #expect(try TestInstallation.claims(admin)["aud"] == "http://localhost:8080/api")
        #expect(signet.gatewayRefuses(admin) == .audienceMismatch)
        #expect(try await signet.get("/api/users", bearer: admin).status == .ok)
        // A role that applications read is none of this server's.
        let ofClerk = try await signet.managementToken(of: clerk, by: console)
        #expect(try await signet.get("/api/users", bearer: ofClerk).code == "server-role-missing")
        let made = try await signet.post("/api/users/clerk/server-role", ["server_role": "admin"], bearer: admin)
        #expect(made.json["server_role"] == "admin")
        #expect(try await signet.get("/api/users", bearer: ofClerk).status == .ok)
        // Who is no owner gives no roles, and does not come by an owner's.
        for (path, body): (String, JSONObject) in [
            ("/api/users/clerk/server-role", ["server_role": "owner"]), ("/api/users/root/password", [:]),
            ("/api/users/root/disable", [:]), ("/api/users", ["name": "mallory", "server_role": "viewer"]),
        ] {
            let answer = try await signet.post(path, body, bearer: ofClerk)
            #expect(answer.code == "role-insufficient", "\(path)")
        }
        for wrong: JSONObject in [[:], ["server_role": "king"], ["server_role": true]] {
            let answer = try await signet.post("/api/users/clerk/server-role", wrong, bearer: admin)
            #expect(answer.code == "field-invalid")
        }
        _ = try await signet.manage(.post, "/users/root/server-role", ["server_role": .null])
        #expect(try await signet.get("/api/users", bearer: admin).code == "server-role-missing")
        // The operator takes the client's name off the list: its tokens are worth nothing from then on.
        var client = console.client
        client.isManagement = false
        client.scope = Client.usualScope
        _ = try await signet.service.clients.replace(client, isActive: true, by: .server)
        #expect(try await signet.get("/api/users", bearer: ofClerk).code == "server-role-missing")
    }
}
