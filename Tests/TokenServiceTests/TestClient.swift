import Codecs
import ControlPlane
import Crypto
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JOSE
import NIOCore
import OAuth
import Storage

@testable import TokenService

/// A registered client and its secret, as a test uses it.
struct TestClient: Sendable {
    let client: Client
    let secret: String?

    /// HTTP Basic with both halves form-encoded.
    var basic: String? {
        secret.map { secret in
            let halves = [client.id, ByteString(secret)].map { FormURLEncoded.encodeComponent($0) }
            return "Basic " + Base64.encode(Array(halves.joined(separator: ":").utf8))
        }
    }
}

extension TestInstallation {
    static let verifier: ByteString = "a-verifier-of-forty-three-characters-or-more"
    static let redirectURI: ByteString = "https://app.example/back"

    static var challenge: CodeChallenge? {
        CodeChallenge(ByteString(Base64URL.encode(Array(SHA256.hash(data: verifier.bytes)))))
    }

    func register(_ id: ByteString, change: (inout Client) -> Void = { _ in }) async throws -> TestClient {
        var client = Client(id: id, name: "A client")
        client.redirectURIs = [try RedirectURI(registering: Self.redirectURI)]
        change(&client)
        return TestClient(client: client, secret: try await service.clients.register(client, by: .server)?.text)
    }

    /// A form, with the client's own way of authenticating by secret unless told otherwise.
    func form(
        _ path: String, _ parameters: [(ByteString, ByteString)], as client: TestClient? = nil,
        authorization: String? = nil, headers further: HTTPFields = [:]
    ) async throws -> Answer {
        try await Application(router: router).test(.router) { http in
            try await self.form(path, parameters, as: client, authorization: authorization, headers: further, http)
        }
    }

    func form(
        _ path: String, _ parameters: [(ByteString, ByteString)], as client: TestClient? = nil,
        authorization: String? = nil, headers further: HTTPFields = [:], _ http: any TestClientProtocol
    ) async throws -> Answer {
        var headers = further
        headers[.contentType] = "application/x-www-form-urlencoded"
        var parameters = parameters
        headers[.authorization] = authorization
        if let client, authorization == nil {
            switch client.client.authentication {
            case .secretBasic: headers[.authorization] = client.basic
            case .secretPost:
                parameters += [("client_id", client.client.id), ("client_secret", ByteString(client.secret ?? ""))]
            case .none, .privateKeyJWT: parameters.append(("client_id", client.client.id))
            }
        }
        let text = FormURLEncoded.encode(parameters.map { FormURLEncoded.Pair($0.0, $0.1) })
        return Answer(
            try await http.execute(uri: path, method: .post, headers: headers, body: ByteBuffer(string: text)))
    }

    func get(_ path: String, bearer: String? = nil) async throws -> Answer {
        try await Application(router: router).test(.router) { http in
            var headers: HTTPFields = [:]
            if let bearer { headers[.authorization] = "Bearer \(bearer)" }
            return Answer(try await http.execute(uri: path, method: .get, headers: headers))
        }
    }

    /// A code as the authorization endpoint gives it out, for a user who is logged in at a browser.
    func code(
        for client: TestClient, user: UserRecord, scope: [ByteString] = ["openid"], nonce: ByteString? = nil,
        keyThumbprint: ByteString? = nil
    ) async throws -> String {
        let code = OpaqueToken(.code)
        let now = time.now
        let session = BrowserSessionRecord(
            id: BrowserSessionRecord.makeID(), userID: user.id, authenticated: now, methods: ["pwd"], agent: "test",
            created: now, seen: now, expires: now + BrowserSessionRecord.lifetime)
        guard let challenge = Self.challenge else { throw StoreError(.unexpectedValue, "the challenge is none") }
        let record = AuthorizationCodeRecord(
            grant: Grant(
                userID: user.id, clientID: client.client.id, scope: Scope(scope), audiences: client.client.audiences,
                authenticated: now, methods: ["pwd"], browserSession: session.id, keyThumbprint: keyThumbprint),
            browserSession: session.id, redirectURI: Self.redirectURI, challenge: challenge, nonce: nonce)
        try await store.write { transaction in
            try session.insert(OpaqueToken(.browserSession), in: transaction)
            try record.insert(code, now: now, in: transaction)
        }
        return code.text
    }

    func exchange(
        _ code: String, as client: TestClient, verifier: ByteString = TestInstallation.verifier,
        redirectURI: ByteString? = TestInstallation.redirectURI
    ) async throws -> Answer {
        var parameters: [(ByteString, ByteString)] = [
            ("grant_type", "authorization_code"), ("code", ByteString(code)), ("code_verifier", verifier),
        ]
        if let redirectURI { parameters.append(("redirect_uri", redirectURI)) }
        return try await form("/token", parameters, as: client)
    }

    /// A client that the operator named for management.
    func registerConsole(_ id: ByteString = "desk") async throws -> TestClient {
        var document: JSONObject = ["first_party": true, "management": true]
        document["redirect_uris"] = [.string(Self.redirectURI)]
        let client = try Client(document: document, id: id)
        return TestClient(client: client, secret: try await service.clients.register(client, by: .server)?.text)
    }

    /// What a management client holds once somebody has signed in.
    func managementToken(
        of user: UserRecord, by console: TestClient, scope: [ByteString] = [Client.managementScope]
    ) async throws -> String {
        try await exchange(try await code(for: console, user: user, scope: scope), as: console).access
    }

    /// The claims of a token, unverified.
    static func claims(_ token: String) throws -> JSONObject {
        let parts = token.split(separator: ".")
        guard parts.count == 3 else { return JSONObject() }
        return try JSONReader.read(try Base64URL.decode(Array(parts[1].utf8))).object ?? JSONObject()
    }
}
