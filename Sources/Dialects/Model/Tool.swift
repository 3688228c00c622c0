public import Codecs

/// A tool that the model may call.
public enum Tool: Equatable, Sendable {
    /// A function of the caller's.
    case function(Function)
    /// A tool of the conversation's own dialect that the provider runs or that takes no JSON: its `type`, and
    /// the whole.
    case other(type: ByteString, JSON)

    /// A function with JSON arguments.
    public struct Function: Equatable, Sendable {
        /// `[A-Za-z0-9_-]{1,64}`.
        public var name: ByteString
        /// For the model to choose by.
        public var description: ByteString?
        /// The JSON Schema of the arguments, as written; nil for none.
        public var parameters: JSONObject?
        /// Whether the arguments must follow the schema exactly.
        public var strict: Bool?
        /// Anthropic `cache_control`, as written.
        public var cacheControl: JSON?

        /// A function.
        public init(
            name: ByteString, description: ByteString? = nil, parameters: JSONObject? = nil, strict: Bool? = nil,
            cacheControl: JSON? = nil
        ) {
            self.name = name
            self.description = description
            self.parameters = parameters
            self.strict = strict
            self.cacheControl = cacheControl
        }
    }

    /// The function, if this is one.
    public var function: Function? {
        if case .function(let function) = self { function } else { nil }
    }
}

/// Whether and what the model must call.
public enum ToolChoice: Equatable, Sendable {
    /// As it sees fit.
    case automatic
    /// Nothing.
    case none
    /// Something.
    case required
    /// This function.
    case function(ByteString)
    /// Among these functions (OpenAI `allowed_tools`).
    case allowed([ByteString], required: Bool)
}

/// The form of the answer's text.
public enum ResponseFormat: Equatable, Sendable {
    /// Any text.
    case text
    /// Any JSON object.
    case jsonObject
    /// JSON that follows a schema.
    case jsonSchema(name: ByteString?, description: ByteString?, schema: JSONObject?, strict: Bool?)
}
