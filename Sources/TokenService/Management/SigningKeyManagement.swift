import Codecs
import ControlPlane
import Hummingbird
import OAuth
import Tokens

/// Showing the signing keys and replacing them, as JSON over HTTP. Who may ask is decided by the door it stands behind.
struct SigningKeyManagement: Sendable {
    let keyring: SigningKeyring

    func addRoutes(to router: some RouterMethods<ControlPlaneContext>) {
        router.endpoint("/signing-keys", [.get: { [self] _, _ in .json(describe()) }])
        router.endpoint(
            "/signing-keys/rotate", [.post: { [self] request, context in try await rotate(request, context) }])
    }

    private func rotate(_ request: Request, _ context: ControlPlaneContext) async throws -> Response {
        let body = try await JSONRequestBody(of: request)
        var wanted = keyring.keys.signing
        if body.object["algorithm"] != nil {
            let name = try body.string("algorithm", atMost: 32)
            guard let algorithm = SignatureAlgorithm(rawValue: name.text), wanted.contains(algorithm) else {
                throw ProblemOf.noSuchSigningKey
            }
            wanted = [algorithm]
        }
        let rotation: SigningKeyring.Rotation
        switch body.object["how"] == nil ? "announced" : try body.string("how", atMost: 32) {
        case "announced": rotation = .announced
        case "immediate": rotation = .immediate
        case "emergency": rotation = .emergency
        default: throw ProblemOf.badRotation
        }
        for algorithm in wanted { try await keyring.rotate(algorithm, rotation, by: context.actor) }
        return .json(describe())
    }

    private func describe() -> JSON {
        [
            "keys": .array(
                keyring.keys.records.map { record in
                    var key: JSONObject = [
                        "kid": .string(ByteString(record.id)), "alg": .string(ByteString(record.algorithm.rawValue)),
                        "state": .string(ByteString(record.state.rawValue)),
                        "created": .number(JSONNumber(record.created)),
                        "activates": .number(JSONNumber(record.activates)),
                    ]
                    if let expires = record.expires { key["expires"] = .number(JSONNumber(expires)) }
                    return .object(key)
                })
        ]
    }
}
