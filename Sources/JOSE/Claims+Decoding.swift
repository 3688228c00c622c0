import Codecs
public import Tokens

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Claims {
    /// The claims as a type of your own. Dates are read as seconds since 1970, as RFC 7519 §2 writes them. The type sees
    /// what the token says and judges nothing: what a token must say belongs into the policy.
    /// - Throws: `DecodingError` when the claims do not fit the type.
    public func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .secondsSince1970
        return try decoder.decode(type, from: Data(JSONWriter.write(.object(json))))
    }
}
