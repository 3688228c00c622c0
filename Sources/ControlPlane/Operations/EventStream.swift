public import Codecs
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

extension Operation {
    /// An operation that tells what happens, as it happens: a stream of server-sent events (WHATWG HTML §9.2), each with one
    /// JSON object. It ends when the listener goes, or the server stops.
    /// - Parameter events: the shape of one event.
    public init(
        _ name: String, stream path: String, of topic: String, for role: Role, _ summary: String,
        parameters: [ParameterDescription] = [], events: Shape<JSONObject>, refusals: [Int] = [],
        run: @escaping @Sendable (OperationCall) async throws -> AsyncStream<JSONObject>
    ) {
        self.init(
            name: name, method: .get, path: path, topic: topic, role: role, summary: summary, parameters: parameters,
            input: nil, output: Description(name: events.name, schema: events.schema), refusals: refusals,
            isTagged: false, bodyLimit: 0, isStream: true
        ) { call, _ in OperationAnswer(json: [:], tag: nil, events: try await run(call)) }
    }
}

/// Writes events as they come.
enum EventStream {
    static let type = "text/event-stream"
    /// A line that says nothing comes so often, so that whoever went is noticed.
    private static let pause: Duration = .seconds(15)

    /// The schema of one event, as OpenAPI has it (3.2, "Server-Sent Event Streams").
    /// - Parameter data: of the JSON in it.
    static func schema(of data: JSON) -> JSON {
        [
            "type": "object", "description": "One event of the stream.", "required": ["data"],
            "properties": [
                "data": ["type": "string", "contentMediaType": "application/json", "contentSchema": data]
            ],
        ]
    }

    static func response(_ events: AsyncStream<JSONObject>) -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await write(events, to: &writer)
                try await writer.finish(nil)
            })
    }

    @concurrent private static func write(
        _ events: AsyncStream<JSONObject>, to writer: inout any ResponseBodyWriter
    ) async throws {
        // One source for both: a writer is nobody's but this task's.
        let (lines, entrance) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(16))
        let clock = Task {
            while !Task.isCancelled {
                entrance.yield(": alive\n\n")
                try await Task.sleep(for: pause)
            }
        }
        let source = Task {
            for await event in events.cancelOnGracefulShutdown() {
                entrance.yield("data: \(JSONWriter.text(.object(event)))\n\n")
            }
            entrance.finish()
        }
        defer {
            clock.cancel()
            source.cancel()
        }
        for await line in lines { try await writer.write(ByteBuffer(string: line)) }
    }
}
