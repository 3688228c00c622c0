import Codecs
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JOSE
import OAuth
import Testing
import Tokens

@testable import TokenService

@Suite struct ProofOfPossessionTests {
    private let key: SigningKey

    init() throws {
        key = try SigningKey.generate(.es256)
    }

    private func proof(
        _ signet: TestInstallation, by other: SigningKey? = nil, _ changes: JSONObject = [:]
    ) throws -> String {
        let key = other ?? self.key
        var jwk = JSONObject()
        for member in (key.verificationKey.publicJWK ?? JSONObject()).members
        where ["kty", "crv", "x", "y"].contains(member.name) {
            jwk[member.name] = member.value
        }
        var claims: JSONObject = [
            "htm": "POST", "htu": "http://localhost:8080/token", "iat": .number(JSONNumber(signet.time.now)),
            "jti": .string(ByteString(Base64URL.encode(RandomBytes.make(count: 12)))),
        ]
        for member in changes.members { claims[member.name] = member.value }
        return try TokenSigner(key: key, type: "dpop+jwt", header: ["jwk": .object(jwk)]).sign(claims: claims)
    }

    private func headers(_ proof: String) throws -> HTTPFields {
        [try #require(HTTPField.Name("DPoP")): proof]
    }

    private let grant: [(ByteString, ByteString)] = [("grant_type", "client_credentials")]

    @Test func `a proof works once, for this address, and binds the token to its key`() async throws {
        let signet = try await TestInstallation.start()
        let app = try await signet.register("app") { $0.grants = [.clientCredentials] }
        let good = try proof(signet)
        let tokens = try await signet.form("/token", grant, as: app, headers: try headers(good))
        #expect(tokens.json["token_type"] == "DPoP")
        let bound = try TestInstallation.claims(tokens.access)["cnf"]?.object?["jkt"]?.string
        #expect(bound?.count == 43)
        #expect(
            try await signet.form("/token", grant, as: app, headers: try headers(good)).error == "invalid_dpop_proof")
        for change: JSONObject in [
            ["htu": "http://localhost:8080/introspect"], ["htm": "GET"], ["jti": 1],
            ["iat": .number(JSONNumber(signet.time.now - 3_600))],
            ["iat": .number(JSONNumber(signet.time.now + 3_600))],
        ] {
            let answer = try await signet.form(
                "/token", grant, as: app, headers: try headers(try proof(signet, changes: change)))
            #expect(answer.error == "invalid_dpop_proof")
        }
    }

    @Test func `a bound refresh token needs its key, and a client may have to bind`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        let app = try await signet.register("app") { $0.requiresDPoP = true }
        let code = try await signet.code(for: app, user: user)
        let exchange: [(ByteString, ByteString)] = [
            ("grant_type", "authorization_code"), ("code", ByteString(code)),
            ("code_verifier", TestInstallation.verifier),
        ]
        #expect(try await signet.form("/token", exchange, as: app).error == "invalid_dpop_proof")
        let tokens = try await signet.form("/token", exchange, as: app, headers: try headers(try proof(signet)))
        #expect(tokens.json["token_type"] == "DPoP")
        let refresh: [(ByteString, ByteString)] = [
            ("grant_type", "refresh_token"), ("refresh_token", ByteString(tokens.refresh)),
        ]
        let stranger = try proof(signet, by: try SigningKey.generate(.es256))
        #expect(
            try await signet.form("/token", refresh, as: app, headers: try headers(stranger)).error == "invalid_grant")
        let next = try await signet.form("/token", refresh, as: app, headers: try headers(try proof(signet)))
        #expect(next.status == .ok)
        // A bound token is no bearer token.
        #expect(try await signet.get("/userinfo", bearer: next.access).code == "token-bound")
    }

    private func proof(_ signet: TestInstallation, changes: JSONObject) throws -> String {
        try proof(signet, by: nil, changes)
    }

    @Test func `a bound token is good at userinfo with a proof of its key for this request, once`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        let app = try await signet.register("app")
        let exchange: [(ByteString, ByteString)] = [
            ("grant_type", "authorization_code"),
            ("code", ByteString(try await signet.code(for: app, user: user))),
            ("code_verifier", TestInstallation.verifier),
        ]
        let tokens = try await signet.form("/token", exchange, as: app, headers: try headers(try proof(signet)))
        let hash = DPoPProofVerifier.hash(ofAccessToken: Array(tokens.access.utf8))
        let right: JSONObject = [
            "htm": "GET", "htu": "http://localhost:8080/userinfo", "ath": .string(hash),
        ]
        func ask(_ authorization: String, _ proof: String?) async throws -> Answer {
            try await Application(router: signet.router).test(.router) { http in
                var fields: HTTPFields = [.authorization: authorization]
                if let name = HTTPField.Name("DPoP") { fields[name] = proof }
                return Answer(try await http.execute(uri: "/userinfo", method: .get, headers: fields))
            }
        }
        let good = try proof(signet, right)
        #expect(try await ask("DPoP \(tokens.access)", good).json["sub"] == .string(ByteString(user.id)))
        let again = try await ask("DPoP \(tokens.access)", good)
        #expect(again.status == .unauthorized)
        #expect(again.code == "proof-refused")
        #expect(again.headers[.wwwAuthenticate]?.hasPrefix("DPoP") == true)
        #expect(try await ask("DPoP \(tokens.access)", nil).code == "proof-refused")
        #expect(try await ask("Bearer \(tokens.access)", try proof(signet, right)).code == "token-bound")
        for change: JSONObject in [["ath": "x"], ["htm": "POST"], ["htu": "http://localhost:8080/token"]] {
            var claims = right
            for member in change.members { claims[member.name] = member.value }
            #expect(try await ask("DPoP \(tokens.access)", try proof(signet, claims)).code == "proof-refused")
        }
        let thief = try SigningKey.generate(.es256)
        #expect(try await ask("DPoP \(tokens.access)", try proof(signet, by: thief, right)).code == "token-bound")
        // A token that is bound to nothing is no more than a bearer token.
        let free = try await signet.exchange(try await signet.code(for: app, user: user), as: app)
        var claims = right
        claims["ath"] = .string(DPoPProofVerifier.hash(ofAccessToken: Array(free.access.utf8)))
        #expect(try await ask("DPoP \(free.access)", try proof(signet, claims)).code == "token-not-bound")
    }
}
