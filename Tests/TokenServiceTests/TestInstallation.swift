import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JOSE
import Logging
import NIOCore
import Storage
import Synchronization
import TestSupport
import Testing
import Tokens

@testable import TokenService

/// A token service over a real data folder, with a clock that the test sets and cheap password hashes.
final class TestInstallation: Sendable {
    static let issuer: ByteString = "http://localhost:8080"
    static let password = "correct horse battery staple"

    let folder: TemporaryFolder
    let store: Store
    let service: AuthorizationService
    let time: TestClock

    static func start(
        in folder: TemporaryFolder? = nil, time: TestClock = TestClock(),
        change: (inout AuthorizationConfiguration) -> Void = { _ in }
    ) async throws -> TestInstallation {
        let folder = try folder ?? TemporaryFolder()
        let claim = try DataFolder.claim(folder.path)
        let store = try await Store(folder: claim, masterKey: try MasterKey.load(environment: nil, folder: claim))
        var configuration = AuthorizationConfiguration(issuer: issuer, audiences: ["demo"])
        configuration.passwordCost = .forTests
        change(&configuration)
        let service = try await AuthorizationService.start(
            store: store, configuration: configuration, clock: { time.now }, logger: Logger(label: "test"))
        return TestInstallation(folder: folder, store: store, service: service, time: time)
    }

    private init(folder: TemporaryFolder, store: Store, service: AuthorizationService, time: TestClock) {
        self.folder = folder
        self.store = store
        self.service = service
        self.time = time
    }

    var router: Router<ControlPlaneContext> {
        let router = Router<ControlPlaneContext>.controlPlane()
        service.addRoutes(to: router)
        let operations = OperationTable(service.operations)
        operations.addRoutes(to: router.group().add(middleware: service.managementDoor))
        operations.addDescription(to: router, version: "1")
        return router
    }

    /// Asks what only the operator may ask.
    func manage(_ method: HTTPRequest.Method, _ path: String, _ members: JSONObject? = nil) async throws -> Answer {
        let router = Router<ControlPlaneContext>.controlPlane()
        OperationTable(service.operations).addRoutes(to: router.group().add(middleware: OperatorDoor()))
        return try await Application(router: router).test(.router) { http in
            let body = members.map { ByteBuffer(bytes: JSONWriter.write(.object($0))) }
            return Answer(
                try await http.execute(
                    uri: "/api" + path, method: method,
                    headers: members == nil ? [:] : [.contentType: "application/json"],
                    body: body))
        }
    }

    deinit {
        try? store.close()
    }

    /// Adds a user with the test password.
    @discardableResult
    func addUser(
        _ name: ByteString, roles: [ByteString] = ["user"], serverRole: Role? = nil
    ) async throws -> UserRecord {
        let user = UserRecord(
            id: UserRecord.makeID(), name: name, roles: roles,
            password: try await service.passwords.hash(Array(Self.password.utf8)), isActive: true,
            serverRole: serverRole)
        let now = time.now
        try await store.write { try user.insert(now: now, in: $0) }
        return user
    }

    func post(_ path: String, _ members: JSONObject, bearer: String? = nil) async throws -> Answer {
        try await Application(router: router).test(.router) { client in
            try await self.post(path, members, bearer: bearer, client)
        }
    }

    func post(
        _ path: String, _ members: JSONObject, bearer: String? = nil, _ client: any TestClientProtocol
    ) async throws -> Answer {
        var headers: HTTPFields = [.contentType: "application/json"]
        if let bearer { headers[.authorization] = "Bearer \(bearer)" }
        let body = ByteBuffer(bytes: JSONWriter.write(.object(members)))
        return Answer(try await client.execute(uri: path, method: .post, headers: headers, body: body))
    }

    func login(_ name: ByteString, password: String = TestInstallation.password) async throws -> Answer {
        try await post("/login", ["name": .string(name), "password": .string(ByteString(password))])
    }

    func refresh(_ token: String) async throws -> Answer {
        try await post("/refresh", ["refresh_token": .string(ByteString(token))])
    }

    func logout(_ token: String) async throws -> Answer {
        try await post("/logout", ["refresh_token": .string(ByteString(token))])
    }

    func revoke(_ token: String, bearer: String?) async throws -> Answer {
        try await post("/revoke", ["token": .string(ByteString(token))], bearer: bearer)
    }

    /// What a gateway route for the audience `demo` would say about a token now: nil, or the rejection's code.
    func gatewayRefuses(_ token: String) -> RejectionCode? {
        let verifier = TokenVerifier(
            keys: service.keySet,
            policy: ClaimPolicy(
                algorithms: [.es256], types: ["at+jwt"], issuers: [Self.issuer], audiences: ["demo"]))
        do throws(TokenRejection) {
            _ = try verifier.verify(Array(token.utf8), now: time.now, revocations: service.revocations.snapshot)
            return nil
        } catch {
            return error.code
        }
    }
}

/// A clock that stands still until a test moves it.
final class TestClock: Sendable {
    private let seconds = Mutex<Int64>(1_800_000_000)

    var now: Int64 { seconds.withLock { $0 } }

    func advance(_ by: Int64) {
        seconds.withLock { $0 += by }
    }
}

/// An answer with its JSON body taken apart.
struct Answer: Sendable {
    let status: HTTPResponse.Status
    let headers: HTTPFields
    let json: JSONObject

    init(_ response: TestResponse) {
        status = response.status
        headers = response.headers
        json = (try? JSONReader.read(Array(response.body.readableBytesView)))?.object ?? JSONObject()
    }

    var access: String { json["access_token"]?.string?.text ?? "" }
    var refresh: String { json["refresh_token"]?.string?.text ?? "" }
    var code: String? { json["code"]?.string?.text }
    var error: String? { json["error"]?.string?.text }
}
