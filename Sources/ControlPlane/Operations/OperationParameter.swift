public import Blueprint
public import Codecs

/// Something that an operation is told in its path or its query, with the type that reads it.
public struct OperationParameter<Value: Sendable & Equatable>: Sendable {
    let description: ParameterDescription
    let type: FieldType<Value>

    /// A part of the path: `{name}`.
    public static func path(_ name: String, _ type: FieldType<Value>, _ help: String) -> Self {
        Self(
            description: ParameterDescription(name: name, place: .path, schema: type.schema, help: help), type: type)
    }

    /// A member of the query, which may be left out.
    public static func query(_ name: String, _ type: FieldType<Value>, _ help: String) -> Self {
        Self(
            description: ParameterDescription(name: name, place: .query, schema: type.schema, help: help), type: type)
    }

    /// What the description says of it.
    public var described: ParameterDescription { description }
}

/// What the description says of a parameter.
public struct ParameterDescription: Sendable {
    /// Where it stands.
    public enum Place: String, Sendable { case path, query }

    /// Its name.
    public let name: String
    /// Where it stands.
    public let place: Place
    /// Its JSON Schema.
    public let schema: JSONObject
    /// One sentence.
    public let help: String
}
