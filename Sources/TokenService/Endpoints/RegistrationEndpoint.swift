import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import JOSE
import OAuth
import Storage

/// `POST /register` (RFC 7591): clients register themselves, with a token that the operator gave out. Without such a
/// token nobody can, and no such token exists until the operator makes one.
struct RegistrationEndpoint: Sendable {
    private let store: Store
    private let clients: ClientDirectory
    private let keyring: SigningKeyring
    private let clock: @Sendable () -> Int64

    init(_ parts: AuthorizationParts) {
        store = parts.store
        clients = parts.clients
        keyring = parts.keyring
        clock = parts.clock
    }

    func answer(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        guard let field = request.headers[.authorization],
            case .token(let text) = BearerCredentials.read(authorization: Array(field.utf8)),
            let token = OpaqueToken(.registration, text: ByteString(utf8: text))
        else { throw ProblemOf.registrationRefused }
        let now = clock()
        guard try await store.read({ try RegistrationTokenRecord.isGood(token, now: now, in: $0) }) else {
            throw ProblemOf.registrationRefused
        }
        let id = ByteString("dyn_" + Base64URL.encode(RandomBytes.make(count: 16)))
        let client = try Client(registering: try await JSONRequestBody(of: request).object, id: id)
        let actor = AuditActor(.client(id), context)
        for algorithm in client.algorithms { try await keyring.provide(algorithm, by: actor) }
        let secret = try await clients.register(client, by: actor)
        var answer = client.document
        answer["client_id_issued_at"] = .number(JSONNumber(now))
        if let secret {
            answer["client_secret"] = .string(ByteString(secret.text))
            answer["client_secret_expires_at"] = 0
        }
        return .json(.object(answer), status: .created, headers: [.cacheControl: "no-store"])
    }
}
