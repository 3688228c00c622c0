import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import NIOCore
import OAuth
import ServiceLifecycle
import Tokens

/// `GET /revocations`: what is revoked, for gateways elsewhere that verify our tokens by the published keys, as a stream of
/// server-sent events (WHATWG HTML §9.2).
///
/// The first event, `all`, holds everything; each `more` what came since. Both are JSON arrays. A line `: alive` comes
/// every fifteen seconds, so that a gateway that hears nothing knows that it hears nothing: it should refuse then.
/// Only first-party clients that authenticate may listen.
struct RevocationsEndpoint: Sendable {
    static let path = "/revocations"
    private static let pause: Duration = .seconds(15)

    private let authentication: ClientAuthentication
    private let revocations: RevocationFeed

    init(_ parts: AuthorizationParts, authentication: ClientAuthentication) {
        self.authentication = authentication
        revocations = parts.revocations
    }

    func answer(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        let client = try await authentication.authenticate(
            request, try RequestParameters([FormURLEncoded.Pair]()), address: context.remoteAddress)
        guard client.isConfidential, client.isFirstParty else {
            throw OAuthError(.unauthorizedClient, "Only a first-party client that authenticates may listen.")
        }
        let changes = revocations.listen()
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await Self.write(changes, to: &writer)
                try await writer.finish(nil)
            })
    }

    @concurrent private static func write(
        _ changes: AsyncStream<[RevocationRecord]>, to writer: inout any ResponseBodyWriter
    ) async throws {
        // One source for both: a writer is nobody's but this task's.
        let (lines, entrance) = AsyncStream.makeStream(of: String.self)
        let clock = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: pause)
                entrance.yield(": alive\n\n")
            }
        }
        let source = Task {
            var name = "all"
            for await records in changes.cancelOnGracefulShutdown() {
                let data = JSONWriter.text(.array(records.map(describe)))
                entrance.yield("event: \(name)\ndata: \(data)\n\n")
                name = "more"
            }
            entrance.finish()
        }
        defer {
            clock.cancel()
            source.cancel()
        }
        for await line in lines { try await writer.write(ByteBuffer(string: line)) }
    }

    private static func describe(_ record: RevocationRecord) -> JSON {
        var json: JSONObject = [
            "kind": .string(ByteString(record.kind.rawValue)), "iss": .string(record.identity.issuer),
            "id": .string(record.identity.id), "expires": .number(JSONNumber(record.expires)),
        ]
        if let issuedUntil = record.issuedUntil { json["issued_until"] = .number(JSONNumber(issuedUntil)) }
        return .object(json)
    }
}
