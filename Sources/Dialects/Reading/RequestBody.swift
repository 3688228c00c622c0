import Codecs

/// A request's body, read with the limits of `JSONReader`.
enum RequestBody {
    /// The members of the one object that a body is.
    static func read(_ body: [UInt8]) throws(ModelError) -> MemberReader {
        let json: JSON
        do {
            json = try JSONReader.read(body)
        } catch {
            throw ModelError(.badRequest, ByteString("the body is not JSON: \(error)"), pointer: "")
        }
        return try Field(value: json, pointer: .root).members()
    }
}

/// A provider's body, read tolerantly: what is absent or of another kind is nil, what is not JSON is an error.
enum ProviderBody {
    static func read(_ body: [UInt8]) throws(ModelError) -> JSONObject {
        guard let json = try? JSONReader.read(body), let object = json.object else {
            throw ModelError(.upstreamFailed, "the provider's answer is not a JSON object")
        }
        return object
    }
}

extension JSONObject {
    func string(_ name: StaticString) -> ByteString? { value(named: name)?.string }
    func object(_ name: StaticString) -> JSONObject? { value(named: name)?.object }
    func array(_ name: StaticString) -> [JSON]? { value(named: name)?.array }
    /// A count, never negative.
    func count(_ name: StaticString) -> Int64? { value(named: name)?.int64.map { max($0, 0) } }
    /// A string that is not empty.
    func words(_ name: StaticString) -> ByteString? { string(name).flatMap { $0.isEmpty ? nil : $0 } }
}

extension ByteString {
    /// Text put together.
    static func joined(_ texts: [ByteString], by separator: String) -> ByteString {
        ByteString(utf8: Array(texts.map(\.bytes).joined(separator: Array(separator.utf8))))
    }
}
