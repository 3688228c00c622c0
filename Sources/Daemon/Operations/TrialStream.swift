import AsyncHTTPClient
import Codecs
import ControlPlane
import NIOCore
import NIOHTTP1

/// The answer to a request that is tried, as it comes: its head, its body in parts, and its end.
enum TrialStream {
    private static let patience = TimeAmount.minutes(5)
    /// The most bytes of a body that are told.
    private static let mostBytes = 1_048_576

    static let event: Shape<JSONObject> = .document(
        "TrialEvent",
        schema: [
            "type": "object",
            "description": """
            By the event's name: `head` has status and headers, `part` has text, `end` has milliseconds and is_cut, and \
            `failed` has a detail. `head` comes first and once, `end` or `failed` last.
            """,
            "properties": [
                "status": ["type": "integer"],
                "headers": ["type": "array", "items": ["type": "string"], "description": "Each as `Name: value`."],
                "text": ["type": "string", "description": "What came of the body, as text."],
                "milliseconds": ["type": "integer", "description": "How long it took."],
                "is_cut": [
                    "type": "boolean", "description": "Whether the body goes on: only its first 1 MiB is told.",
                ],
                "detail": ["type": "string"],
            ],
        ])

    /// The events of one request. Whoever listens no more ends the request, too.
    static func events(
        _ run: @escaping @Sendable (AsyncStream<ServerEvent>.Continuation) async throws -> Void
    ) -> AsyncStream<ServerEvent> {
        AsyncStream { continuation in
            let task = Task {
                do {
                    try await run(continuation)
                } catch {
                    continuation.yield(
                        ServerEvent("failed", ["detail": .string(ByteString("The gateway gave no answer: \(error)."))]))
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    static func read(
        _ client: HTTPClient, _ request: HTTPClientRequest, into continuation: AsyncStream<ServerEvent>.Continuation
    ) async throws {
        let begun = ContinuousClock.now
        let response = try await client.execute(request, timeout: patience)
        continuation.yield(
            ServerEvent(
                "head",
                [
                    "status": .number(JSONNumber(Int64(response.status.code))),
                    "headers": .array(response.headers.map { .string(ByteString("\($0.name): \($0.value)")) }),
                ]))
        var text = TextPieces()
        var count = 0
        var isCut = false
        for try await part in response.body {
            count += part.readableBytes
            if let piece = text.append(part.readableBytesView) {
                continuation.yield(ServerEvent("part", ["text": .string(ByteString(piece))]))
            }
            isCut = count > mostBytes || ContinuousClock.now - begun > .seconds(300)
            if isCut { break }
        }
        if let piece = text.rest() { continuation.yield(ServerEvent("part", ["text": .string(ByteString(piece))])) }
        let milliseconds = Int64((ContinuousClock.now - begun) / .milliseconds(1))
        continuation.yield(
            ServerEvent("end", ["milliseconds": .number(JSONNumber(milliseconds)), "is_cut": .bool(isCut)]))
    }
}

/// Text that comes in pieces of bytes, none of which need end where a character does. What is no UTF-8 becomes U+FFFD.
struct TextPieces {
    private var waiting: [UInt8] = []

    /// The text up to the last character that is whole; nil when there is none yet.
    mutating func append(_ bytes: some Sequence<UInt8>) -> String? {
        waiting += bytes
        var end = waiting.count
        // A character has four bytes at most, and its first one says how many.
        for index in waiting.indices.suffix(3).reversed() where waiting[index] >= 0xC0 {
            let length = waiting[index] >= 0xF0 ? 4 : waiting[index] >= 0xE0 ? 3 : 2
            if index + length > waiting.count { end = index }
            break
        }
        guard end > 0 else { return nil }
        defer { waiting.removeFirst(end) }
        return String(decoding: waiting[..<end], as: UTF8.self)
    }

    /// What was left.
    mutating func rest() -> String? {
        defer { waiting = [] }
        return waiting.isEmpty ? nil : String(decoding: waiting, as: UTF8.self)
    }
}
