public import Codecs
public import HTTPTypes

/// One thing that can be done to this server or asked of it: method and path, what goes in and what comes out, the least
/// role that may, one line of summary, and what does it.
///
/// Features register theirs; the frame (`OperationTable`) does what all have: who may, reading, writing, entity tags,
/// idempotency keys, problem bodies and the description.
public struct Operation: Sendable {
    /// Its name in the description, as `listClients`.
    public let name: String
    /// The HTTP method.
    public let method: HTTPRequest.Method
    /// The path below `/api`, as `/clients/{id}`.
    public let path: String
    /// What it belongs to, as `clients`.
    public let topic: String
    /// The least role that may.
    public let role: Role
    /// One line.
    public let summary: String

    let parameters: [ParameterDescription]
    let input: Description?
    let output: Description
    /// The statuses of refusals beside those that every operation has.
    let refusals: [Int]
    /// Whether answers have an entity tag and changes heed one.
    let isTagged: Bool
    /// The most bytes of its body.
    let bodyLimit: Int
    /// Whether it answers with a stream of events.
    let isStream: Bool
    let run: @Sendable (OperationCall, JSONObject) async throws -> OperationAnswer

    /// What the description says of a body.
    struct Description: Sendable {
        let name: String?
        let schema: JSONObject
    }

    /// The usual limit of a body, in bytes.
    public static let usualBodyLimit = 65_536

    /// An operation that takes a body.
    public init<Input, Output>(
        _ name: String, _ method: HTTPRequest.Method, _ path: String, of topic: String, for role: Role,
        _ summary: String, parameters: [ParameterDescription] = [], takes input: Shape<Input>,
        answers output: Shape<Output>, refusals: [Int] = [], tag: (@Sendable (Output) -> EntityTag)? = nil,
        bodyLimit: Int = usualBodyLimit, run: @escaping @Sendable (OperationCall, Input) async throws -> Output
    ) {
        self.init(
            name: name, method: method, path: path, topic: topic, role: role, summary: summary, parameters: parameters,
            input: Description(name: input.name, schema: input.schema),
            output: Description(name: output.name, schema: output.schema), refusals: refusals, isTagged: tag != nil,
            bodyLimit: bodyLimit
        ) { call, body in
            let answer = try await run(call, try input.read(body))
            return OperationAnswer(json: output.write(answer), tag: tag?(answer))
        }
    }

    /// An operation without a body.
    public init<Output>(
        _ name: String, _ method: HTTPRequest.Method, _ path: String, of topic: String, for role: Role,
        _ summary: String, parameters: [ParameterDescription] = [], answers output: Shape<Output>,
        refusals: [Int] = [], tag: (@Sendable (Output) -> EntityTag)? = nil,
        run: @escaping @Sendable (OperationCall) async throws -> Output
    ) {
        self.init(
            name: name, method: method, path: path, topic: topic, role: role, summary: summary, parameters: parameters,
            input: nil, output: Description(name: output.name, schema: output.schema), refusals: refusals,
            isTagged: tag != nil, bodyLimit: 0
        ) { call, _ in
            let answer = try await run(call)
            return OperationAnswer(json: output.write(answer), tag: tag?(answer))
        }
    }

    /// An operation that lists, a page at a time.
    /// - Parameter member: the member of the answer that holds the page.
    public init<Item>(
        _ name: String, list path: String, of topic: String, for role: Role, _ summary: String, member: ByteString,
        parameters: [ParameterDescription] = [], items: Shape<Item>, refusals: [Int] = [],
        run: @escaping @Sendable (OperationCall, PageRequest) async throws -> Page<Item>
    ) {
        let element: JSON =
            items.name.map { ["$ref": .string(ByteString("#/components/schemas/\($0)"))] } ?? .object(items.schema)
        let schema: JSONObject = [
            "type": "object", "required": [.string(member)],
            "properties": .object([
                member: ["type": "array", "items": element],
                "next": ["type": "string", "description": "`after` of the next page; missing on the last."],
            ]),
        ]
        self.init(
            name: name, method: .get, path: path, topic: topic, role: role, summary: summary,
            parameters: parameters + PageRequest.parameters, input: nil,
            output: Description(name: nil, schema: schema), refusals: refusals, isTagged: false, bodyLimit: 0,
            listed: items.name.map { ($0, items.schema) }
        ) { call, _ in
            let page = try await run(call, try PageRequest(call))
            var json: JSONObject = [:]
            json[member] = .array(page.items.map { .object(items.write($0)) })
            if let next = page.next { json["next"] = .string(ByteString(next)) }
            return OperationAnswer(json: json, tag: nil, next: page.next)
        }
    }

    /// The shape of a listed item, where it has a name.
    let listed: (name: String, schema: JSONObject)?

    init(
        name: String, method: HTTPRequest.Method, path: String, topic: String, role: Role, summary: String,
        parameters: [ParameterDescription], input: Description?, output: Description, refusals: [Int], isTagged: Bool,
        bodyLimit: Int, listed: (String, JSONObject)? = nil, isStream: Bool = false,
        run: @escaping @Sendable (OperationCall, JSONObject) async throws -> OperationAnswer
    ) {
        self.name = name
        self.method = method
        self.path = path
        self.topic = topic
        self.role = role
        self.summary = summary
        self.parameters = parameters
        self.input = input
        self.output = output
        self.refusals = refusals
        self.isTagged = isTagged
        self.bodyLimit = bodyLimit
        self.listed = listed
        self.isStream = isStream
        self.run = run
    }
}

extension Operation {
    /// The same operation, whose errors of another kind are told as problems.
    public func translating(_ translate: @escaping @Sendable (any Error) -> ProblemBody?) -> Operation {
        let run = run
        return Operation(
            name: name, method: method, path: path, topic: topic, role: role, summary: summary, parameters: parameters,
            input: input, output: output, refusals: refusals, isTagged: isTagged, bodyLimit: bodyLimit, listed: listed,
            isStream: isStream
        ) { call, body in
            do {
                return try await run(call, body)
            } catch {
                throw translate(error) ?? error
            }
        }
    }
}

/// What an operation answers.
struct OperationAnswer: Sendable {
    let json: JSONObject
    let tag: EntityTag?
    /// `after` of the next page.
    var next: String?
    /// Whether it was given before, for the same idempotency key.
    var isReplayed = false
    /// What comes instead of `json`, and whether none of it may be lost.
    var events: (AsyncStream<ServerEvent>, isWhole: Bool)?
}
