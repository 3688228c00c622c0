public import Codecs
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// One event of a stream of server-sent events (WHATWG HTML §9.2).
public struct ServerEvent: Sendable {
    /// What kind it is, in lower-case letters; nil where all are alike.
    public var name: String?
    /// What it says.
    public var data: JSONObject

    /// An event.
    public init(_ name: String? = nil, _ data: JSONObject) {
        self.name = name
        self.data = data
    }

    fileprivate var text: String {
        "\(name.map { "event: \($0)\n" } ?? "")data: \(JSONWriter.text(.object(data)))\n\n"
    }
}

extension Operation {
    /// An operation that tells what happens, as it happens. It ends when the listener goes, or the server stops. A listener
    /// that does not keep up misses events.
    /// - Parameter events: the shape of one event.
    public init(
        _ name: String, stream path: String, of topic: String, for role: Role, _ summary: String,
        parameters: [ParameterDescription] = [], events: Shape<JSONObject>, refusals: [Int] = [],
        run: @escaping @Sendable (OperationCall) async throws -> AsyncStream<ServerEvent>
    ) {
        self.init(
            name: name, method: .get, path: path, topic: topic, role: role, summary: summary, parameters: parameters,
            input: nil, output: Description(name: events.name, schema: events.schema), refusals: refusals,
            isTagged: false, bodyLimit: 0, isStream: true
        ) { call, _ in OperationAnswer(json: [:], tag: nil, events: (try await run(call), isWhole: false)) }
    }

    /// An operation that does something and tells of it while it does. No event is lost: whoever sends them bounds them.
    /// - Parameter events: the shape of one event.
    public init<Input>(
        _ name: String, stream path: String, of topic: String, for role: Role, _ summary: String,
        takes input: Shape<Input>, events: Shape<JSONObject>, refusals: [Int] = [], bodyLimit: Int = usualBodyLimit,
        run: @escaping @Sendable (OperationCall, Input) async throws -> AsyncStream<ServerEvent>
    ) {
        self.init(
            name: name, method: .post, path: path, topic: topic, role: role, summary: summary, parameters: [],
            input: Description(name: input.name, schema: input.schema),
            output: Description(name: events.name, schema: events.schema), refusals: refusals, isTagged: false,
            bodyLimit: bodyLimit, isStream: true
        ) { call, body in
            OperationAnswer(json: [:], tag: nil, events: (try await run(call, try input.read(body)), isWhole: true))
        }
    }
}

/// Writes events as they come.
enum EventStream {
    static let type = "text/event-stream"
    /// A line that says nothing comes so often, so that whoever went is noticed: soon, where something is done meanwhile.
    private static func pause(isWhole: Bool) -> Duration { .seconds(isWhole ? 1 : 15) }

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

    /// - Parameter isWhole: whether no event may be lost.
    static func response(_ events: AsyncStream<ServerEvent>, isWhole: Bool) -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await write(events, isWhole: isWhole, to: &writer)
                try await writer.finish(nil)
            })
    }

    @concurrent private static func write(
        _ events: AsyncStream<ServerEvent>, isWhole: Bool, to writer: inout any ResponseBodyWriter
    ) async throws {
        // One source for both: a writer is nobody's but this task's.
        let (lines, entrance) = AsyncStream.makeStream(
            of: String.self, bufferingPolicy: isWhole ? .unbounded : .bufferingNewest(16))
        let clock = Task {
            while !Task.isCancelled {
                entrance.yield(": alive\n\n")
                try await Task.sleep(for: pause(isWhole: isWhole))
            }
        }
        let source = Task {
            for await event in events.cancelOnGracefulShutdown() {
                entrance.yield(event.text)
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
