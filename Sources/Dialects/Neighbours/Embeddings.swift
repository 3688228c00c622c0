public import Codecs

/// A request for embeddings (OpenAPI `CreateEmbeddingRequest`).
public struct EmbeddingsRequest: Equatable, Sendable {
    /// What is embedded.
    public enum Input: Equatable, Sendable {
        /// Texts, in order.
        case texts([ByteString])
        /// Texts as tokens of the model's.
        case tokens([[Int64]])
    }

    /// The form of the vectors.
    public enum Format: String, Sendable {
        /// Numbers.
        case float
        /// Little-endian 32-bit floats in base64: what OpenAI's own client asks for.
        case base64
    }

    /// The model.
    public var model: ByteString
    /// What is embedded: 1 to 2048.
    public var input: Input
    /// Whether the input was one value and not a list.
    public var isSingle: Bool
    /// The form; nil for numbers.
    public var format: Format?
    /// The length of the vectors; nil for the model's own.
    public var dimensions: Int64?
    /// The caller's user.
    public var user: ByteString?

    /// The most inputs of one request.
    public static let maximumInputs = 2_048

    /// Reads a request.
    public static func decode(
        _ body: [UInt8], unknownMembers: UnknownMembers = .keep
    ) throws(ModelError) -> EmbeddingsRequest {
        var reader = try RequestBody.read(body)
        let model = try reader.require("model").string()
        let field = try reader.require("input")
        let (input, isSingle) = try self.input(field)
        var request = EmbeddingsRequest(model: model, input: input, isSingle: isSingle)
        if let format = reader.take("encoding_format") {
            guard let known = Format(rawValue: try format.string().text) else {
                throw format.refused("is none of float, base64")
            }
            request.format = known
        }
        request.dimensions = try reader.take("dimensions")?.count()
        request.user = try reader.take("user")?.string()
        _ = try UnknownMemberLog(unknownMembers).extensions(reader)
        return request
    }

    private static func input(_ field: Field) throws(ModelError) -> (Input, isSingle: Bool) {
        if let text = field.value.string { return (.texts([text]), true) }
        let elements = try field.elements()
        guard let first = elements.first else { throw field.refused("must not be empty") }
        if first.value.int64 != nil {
            var tokens: [Int64] = []
            for element in elements { tokens.append(try element.integer()) }
            return (.tokens([tokens]), true)
        }
        guard elements.count <= maximumInputs else { throw field.refused("has more than \(maximumInputs) inputs") }
        guard first.value.array != nil else { return (.texts(try field.strings()), false) }
        var lists: [[Int64]] = []
        for element in elements {
            var tokens: [Int64] = []
            for token in try element.elements() { tokens.append(try token.integer()) }
            lists.append(tokens)
        }
        return (.tokens(lists), false)
    }

    /// Writes the request for an OpenAI-shaped provider.
    public func encode() -> [UInt8] {
        var body: JSONObject = ["model": .string(model)]
        switch input {
        case .texts(let texts):
            body["input"] = isSingle ? texts.first.map { .string($0) } : .array(texts.map { .string($0) })
        case .tokens(let lists):
            let arrays = lists.map { JSON.array($0.map { .number(JSONNumber($0)) }) }
            body["input"] = isSingle ? arrays.first : .array(arrays)
        }
        body["encoding_format"] = format.map { .string(ByteString($0.rawValue)) }
        body["dimensions"] = dimensions.map { .number(JSONNumber($0)) }
        body["user"] = user.map { .string($0) }
        return JSONWriter.write(.object(body))
    }
}

/// An answer with embeddings (OpenAPI `CreateEmbeddingResponse`).
public struct EmbeddingsAnswer: Equatable, Sendable {
    /// The model that answered.
    public var model: ByteString
    /// Each vector, in the order of the input: an array of numbers or a base64 string, as the provider wrote it.
    public var vectors: [JSON]
    /// The tokens of the input.
    public var usage: TokenUsage

    /// An answer.
    public init(model: ByteString, vectors: [JSON], usage: TokenUsage) {
        self.model = model
        self.vectors = vectors
        self.usage = usage
    }

    /// Reads an answer. The vectors are put in the order of their `index`.
    public static func decode(_ body: [UInt8]) throws(ModelError) -> EmbeddingsAnswer {
        let object = try ProviderBody.read(body)
        if let error = OpenAIErrors.inBand(object) { throw error }
        guard let data = object.array("data") else {
            throw ModelError(.upstreamFailed, "the provider's answer has no embeddings")
        }
        var numbered: [(Int64, JSON)] = []
        for (place, entry) in data.enumerated() {
            guard let entry = entry.object, let vector = entry.value(named: "embedding") else {
                throw ModelError(.upstreamFailed, "an embedding of the provider's is missing")
            }
            numbered.append((entry.count("index") ?? Int64(place), vector))
        }
        numbered.sort { $0.0 < $1.0 }
        return EmbeddingsAnswer(
            model: object.string("model") ?? "", vectors: numbered.map(\.1),
            usage: object.object("usage").map(OpenAIUsage.decode) ?? TokenUsage())
    }

    /// Writes the answer.
    public func encode() -> [UInt8] {
        let data = vectors.enumerated().map { place, vector in
            JSON.object(["object": "embedding", "index": .number(JSONNumber(Int64(place))), "embedding": vector])
        }
        let tokens = JSON.number(JSONNumber(usage.input ?? 0))
        return JSONWriter.write([
            "object": "list", "data": .array(data), "model": .string(model),
            "usage": ["prompt_tokens": tokens, "total_tokens": tokens],
        ])
    }
}
