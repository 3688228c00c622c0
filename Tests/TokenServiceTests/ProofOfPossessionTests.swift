import Codecs
import HTTPTypes
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
}
