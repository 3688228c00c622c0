public import Blueprint
public import Codecs
import HTTPTypes

/// The JSON form of what an operation takes or answers: how it is read and written, and its JSON Schema.
public struct Shape<Value: Sendable>: Sendable {
    /// Its name in the description; nil stands where it is used.
    let name: String?
    let schema: JSONObject
    let read: @Sendable (JSONObject) throws -> Value
    let write: @Sendable (Value) -> JSONObject
}

extension Shape where Value: Described {
    /// What declares its fields.
    public static func fields(_ name: String? = nil) -> Shape {
        Shape(
            name: name, schema: Value.schema.jsonSchema,
            read: { object in
                var complaints = DocumentComplaints()
                guard let value = Value.schema.read(JSONDocument.read(.object(object)), &complaints) else {
                    throw ProblemBody.complaints(complaints.all)
                }
                return value
            },
            write: { Value.schema.write($0).object ?? JSONObject() })
    }
}

extension Shape where Value == JSONObject {
    /// JSON that the operation itself reads, and its schema.
    public static func document(_ name: String? = nil, schema: JSONObject) -> Shape {
        Shape(name: name, schema: schema, read: { $0 }, write: { $0 })
    }
}

extension ProblemBody {
    /// What is wrong with a body, each with its JSON pointer (RFC 6901).
    public static func complaints(_ complaints: [DocumentComplaint]) -> ProblemBody {
        var problem = ProblemBody(
            .badRequest, code: "field-invalid", title: "A member of the body is not acceptable",
            detail: complaints.prefix(5).map(\.description).joined(separator: "; ")
                + (complaints.count > 5 ? "; and \(complaints.count - 5) more" : ""),
            oauthError: "invalid_request")
        problem.complaints = complaints.prefix(100).map { complaint in
            Complaint(pointer: complaint.place.pointer, message: complaint.message, line: complaint.place.line)
        }
        return problem
    }
}
