import AsyncHTTPClient
import Blueprint
import Codecs
import ControlPlane
import Gateway
import HTTPTypes
import HTTPWire
import NIOCore
import NIOHTTP1
import NIOSSL

/// Calls an API as anybody would: a request to the gateway's own listener, over the network, with whatever is to be shown there.
/// Nothing of it is kept.
struct TrialOperation: Sendable {
    let listeners: GatewayListeners

    private static let patience = TimeAmount.seconds(30)
    /// The most bytes of an answer's body that are told.
    private static let mostBytes = 262_144
    /// What belongs to the connection, to the proxies in front, or is said otherwise.
    private static let refusedFields: Set<String> = [
        "connection", "content-length", "forwarded", "host", "keep-alive", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "via", "x-real-ip",
    ]

    var all: [Operation] {
        [
            Operation(
                "tryRequest", .post, "/try", of: "apis", for: .publisher,
                "Sends a request to the gateway from this machine, and tells its answer.", takes: .fields("Trial"),
                answers: .fields("TrialAnswer"), refusals: [422], bodyLimit: 1_048_576
            ) { (_: OperationCall, trial: TrialDocument) in
                let request = try request(trial)
                do {
                    return try await Self.withClient { try await Self.read($0, request) }
                } catch {
                    throw Self.failed("The gateway gave no answer: \(error).")
                }
            },
            Operation(
                "watchTrial", stream: "/try-stream", of: "apis", for: .publisher,
                "Sends a request to the gateway from this machine, and tells its answer as it comes.",
                takes: .fields("Trial"), events: TrialStream.event, refusals: [422], bodyLimit: 1_048_576
            ) { (_: OperationCall, trial: TrialDocument) in
                let request = try request(trial)
                return TrialStream.events { continuation in
                    try await Self.withClient { try await TrialStream.read($0, request, into: continuation) }
                }
            },
        ]
    }

    private func request(_ trial: TrialDocument) throws -> HTTPClientRequest {
        let open = listeners.open.filter { $0.serves == .gateway }
        guard let listener = open.first(where: { !$0.isEncrypted }) ?? open.first else {
            throw Self.failed("The gateway has no open listener.")
        }
        var request = HTTPClientRequest(url: listener.url + trial.path)
        request.method = HTTPMethod(rawValue: trial.method)
        if let host = trial.host { request.headers.add(name: "Host", value: host) }
        for (name, value) in trial.headers.entries {
            guard !Self.refusedFields.contains(name), !name.hasPrefix("x-forwarded-") else {
                throw ProblemBody.badTrial("/headers/\(name)", "this field is not a caller's to say here")
            }
            request.headers.add(name: name, value: value)
        }
        if let body = trial.body { request.body = .bytes(ByteBuffer(string: body)) }
        return request
    }

    private static func withClient<Result: Sendable>(
        _ run: (HTTPClient) async throws -> Result
    ) async throws -> Result {
        var settings = TLSConfiguration.makeClientConfiguration()
        // It is our own listener, asked by its address and not by a name of its certificate.
        settings.certificateVerification = .none
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: HTTPClient.Configuration(
                tlsConfiguration: settings, redirectConfiguration: .disallow,
                timeout: .init(connect: .seconds(5), read: patience)))
        do {
            let result = try await run(client)
            try await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private static func read(_ client: HTTPClient, _ request: HTTPClientRequest) async throws -> TrialAnswer {
        let begun = ContinuousClock.now
        let response = try await client.execute(request, timeout: patience)
        var bytes = ByteBuffer()
        var answer = TrialAnswer()
        for try await var part in response.body {
            // One that never ends is told as far as it came.
            if ContinuousClock.now - begun > .seconds(30) {
                answer.isCut = true
                break
            }
            let room = mostBytes - bytes.readableBytes
            if part.readableBytes > room {
                answer.isCut = true
                if let start = part.readSlice(length: room) { bytes.writeImmutableBuffer(start) }
                break
            }
            bytes.writeBuffer(&part)
        }
        answer.milliseconds = Int64((ContinuousClock.now - begun) / .milliseconds(1))
        answer.status = Int64(response.status.code)
        answer.headers = response.headers.map { "\($0.name): \($0.value)" }
        let view = Array(bytes.readableBytesView)
        if let text = String(validating: view, as: UTF8.self) {
            answer.body = text
        } else {
            answer.body = Base64URL.encode(view)
            answer.isEncoded = true
        }
        return answer
    }

    private static func failed(_ detail: String) -> ProblemBody {
        ProblemBody(.unprocessableContent, code: "trial-failed", title: "The request was not answered", detail: detail)
    }
}

extension ProblemBody {
    fileprivate static func badTrial(_ pointer: String, _ message: String) -> ProblemBody {
        var problem = ProblemBody(
            .badRequest, code: "field-invalid", title: "A member of the body is not acceptable",
            detail: "\(pointer): \(message)", oauthError: "invalid_request")
        problem.complaints = [Complaint(pointer: pointer, message: message, line: nil)]
        return problem
    }
}

/// A request that is to be tried.
struct TrialDocument: Described {
    var method = "GET"
    var path = ""
    var host: String?
    var headers = NamedValues<String>()
    var body: String?

    static let schema = Schema<TrialDocument>("a trial", "A request that is to be tried.") {
        Field(
            "method", \.method,
            .text("a method in capital letters", example: "POST") { text in
                (1...16).contains(text.utf8.count) && text.utf8.allSatisfy { (65...90).contains($0) }
                    && text != "CONNECT"
            }, example: "GET", "The method; GET unless said.")
        Field(
            "path", \.path,
            .text("a path with its query", example: "/orders?limit=10") { text in
                text.hasPrefix("/") && text.utf8.count <= 8_192
                    && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x23 }
            }, example: "/orders?limit=10", isRequired: true, "The path and the query, as a caller would write them.")
        Field(
            "host", optional: \.host,
            .text("a host, with its port where it has one", example: "api.example") { text in
                (1...260).contains(text.utf8.count)
                    && text.utf8.allSatisfy { HostByte.isOne($0) }
            }, example: "api.example", "What stands in Host; the listener's address unless said.")
        Field(
            "headers", \.headers,
            .map(
                of: .text("the value of a header field", example: "Bearer eyJ…") { text in
                    text.utf8.count <= 16_384 && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
                }, most: 64), example: "{ accept: application/json }",
            "Header fields by their names in small letters.")
        Field("body", optional: \.body, .text(0...786_432), example: "{}", "The body, as text.")
    }
}

/// What may stand in Host.
private enum HostByte {
    static func isOne(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._:[]".utf8.contains(byte)
        }
    }
}

/// What the gateway answered to a request that was tried.
struct TrialAnswer: Described {
    var status: Int64 = 0
    var headers: [String] = []
    var body = ""
    var isEncoded = false
    var isCut = false
    var milliseconds: Int64 = 0

    static let schema = Schema<TrialAnswer>("an answer", "What the gateway answered to a request that was tried.") {
        Field("status", \.status, .integer(100...599), example: "200", isRequired: true, "The status.")
        Field(
            "headers", \.headers, .list(of: .text(0...65_536), 0...1_024), example: "[]", isRequired: true,
            "The header fields, each as `Name: value`.")
        Field("body", \.body, .text(0...1_048_576), example: "{}", isRequired: true, "The body, as text.")
        Field(
            "base64url", \.isEncoded, .flag, example: "false", isRequired: true,
            "Whether the body is no text, and stands here in base64url.")
        Field(
            "cut", \.isCut, .flag, example: "false", isRequired: true,
            "Whether the body goes on: only its first 256 KiB are told.")
        Field("milliseconds", \.milliseconds, .count, example: "4", isRequired: true, "How long it took.")
    }
}
