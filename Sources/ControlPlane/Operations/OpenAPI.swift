import Codecs
import HTTPTypes

extension OperationTable {
    /// The description of every operation (OpenAPI 3.1), made from the table.
    func openAPI(version: String) -> JSON {
        var paths = JSONObject()
        var schemas = shared
        schemas["Problem"] = Self.problem
        for operation in operations {
            for (name, schema) in operation.namedSchemas { schemas[ByteString(name)] = .object(schema) }
            let path = ByteString(Self.path + operation.path)
            var item = paths[path]?.object ?? JSONObject()
            item[ByteString(operation.method.rawValue.lowercased())] = .object(operation.openAPI)
            paths[path] = .object(item)
        }
        let topics = operations.map(\.topic).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Signet", "version": .string(ByteString(version)),
                "description": .string(ByteString(Self.introduction)),
            ],
            "security": [["token": []]],
            "tags": .array(topics.map { ["name": .string(ByteString($0))] }),
            "paths": .object(paths),
            "components": [
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"]],
                "schemas": .object(schemas),
            ],
        ]
    }

    private static let introduction = """
        Everything that can be configured, managed and asked. Each request needs an access token of a management client \
        (`signet client create --management`, scope `signet:manage`) for a user with a role on this server; `x-role` is the \
        least role that may. The same is answered at the operator's socket without a token. Lists come in pages: `next` is \
        `after` of the next one. `If-Match` with an `ETag` changes only what is still as it was read. A POST with an \
        `Idempotency-Key` is done once, however often it is sent within a day.
        """

    private static let problem: JSON = [
        "type": "object", "required": ["type", "title", "status", "detail", "code"],
        "description": "A refusal (RFC 9457). `type` is the address of a page that says what to do.",
        "properties": [
            "type": ["type": "string"], "title": ["type": "string"], "status": ["type": "integer"],
            "detail": ["type": "string"], "code": ["type": "string", "description": "It does not change."],
            "error": ["type": "string", "description": "The error as OAuth names it, where it does."],
            "trace": ["type": "string", "description": "What `signet explain` takes."],
            "errors": [
                "type": "array", "description": "What is wrong with the document that was sent.",
                "items": [
                    "type": "object", "required": ["pointer", "message"],
                    "properties": [
                        "pointer": ["type": "string"], "message": ["type": "string"], "line": ["type": "integer"],
                    ],
                ],
            ],
        ],
    ]
}

extension Operation {
    fileprivate var namedSchemas: [(name: String, schema: JSONObject)] {
        let bodies = [input, output].compactMap(\.self).compactMap { body in body.name.map { ($0, body.schema) } }
        return bodies + (listed.map { [$0] } ?? [])
    }

    fileprivate var openAPI: JSONObject {
        var object: JSONObject = [
            "operationId": .string(ByteString(name)), "tags": [.string(ByteString(topic))],
            "summary": .string(ByteString(summary)), "x-role": .string(ByteString(role.rawValue)),
        ]
        let parameters = parameters.map(\.openAPI) + fieldParameters
        if !parameters.isEmpty { object["parameters"] = .array(parameters) }
        if let input {
            object["requestBody"] = ["required": true, "content": ["application/json": ["schema": input.openAPI]]]
        }
        var answers: JSONObject = ["200": .object(answer)]
        if isTagged, method == .get { answers["304"] = ["description": "It is as `If-None-Match` names it."] }
        for status in statuses.sorted() {
            answers[ByteString("\(status)")] = [
                "description": .string(ByteString(Self.meaning(of: status))),
                "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]],
            ]
        }
        object["responses"] = .object(answers)
        return object
    }

    private var answer: JSONObject {
        let type: ByteString = isStream ? ByteString(EventStream.type) : "application/json"
        let schema = isStream ? EventStream.schema(of: output.openAPI) : output.openAPI
        var object: JSONObject = ["description": "Done.", "content": .object([type: ["schema": schema]])]
        if isTagged {
            object["headers"] = [
                "ETag": ["schema": ["type": "string"], "description": "The state that this is, for `If-Match`."]
            ]
        }
        return object
    }

    /// The refusals that an operation of this kind has, and its own.
    private var statuses: Set<Int> {
        var statuses: Set<Int> = [400, 401, 403, 503]
        if input != nil { statuses.formUnion([413, 415]) }
        if method == .post { statuses.formUnion([409, 422]) }
        if isTagged { statuses.insert(412) }
        return statuses.union(refusals)
    }

    /// What stands in header fields.
    private var fieldParameters: [JSON] {
        func field(_ name: ByteString, _ help: ByteString) -> JSON {
            ["name": .string(name), "in": "header", "schema": ["type": "string"], "description": .string(help)]
        }
        if method == .post, !isStream {
            return [field("Idempotency-Key", "A name for this change, so that it is done once.")]
        }
        guard isTagged, method != .get else { return [] }
        return [
            field("If-Match", "The `ETag` that it must have."), field("If-None-Match", "`*`: it must not be there."),
        ]
    }

    private static func meaning(of status: Int) -> String {
        switch status {
        case 400: "Something in the request is not acceptable; the answer says what."
        case 401: "No access token, or none that is good here."
        case 403: "The role does not allow it."
        case 404: "There is no such thing."
        case 409: "It stands against what is there, or is under way."
        case 412: "It is not in the state that was named."
        case 413: "The body is too large."
        case 415: "The body is no JSON."
        case 422: "It cannot be so; the answer says why."
        case 503: "Not now; `Retry-After` says when."
        default: "Refused."
        }
    }
}

extension Operation.Description {
    fileprivate var openAPI: JSON {
        name.map { ["$ref": .string(ByteString("#/components/schemas/\($0)"))] } ?? .object(schema)
    }
}

extension ParameterDescription {
    fileprivate var openAPI: JSON {
        var object: JSONObject = [
            "name": .string(ByteString(name)), "in": .string(ByteString(place.rawValue)),
            "schema": .object(schema), "description": .string(ByteString(help)),
        ]
        if place == .path { object["required"] = true }
        return .object(object)
    }
}
