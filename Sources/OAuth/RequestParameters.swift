public import Codecs

/// The parameters of an OAuth request: each at most once (RFC 6749 §3.1, §3.2), an empty one as though it were absent.
///
/// `resource` and `audience` may come several times (RFC 8707 §2, RFC 8693 §2.1).
public struct RequestParameters: Sendable {
    private static let repeatable: Set<ByteString> = ["resource", "audience"]

    private let values: [ByteString: [ByteString]]

    /// Reads the query of a URI, or the body of a form.
    /// - Throws: `invalid_request` when the text is malformed or a parameter is repeated; it names the parameter.
    public init(_ text: [UInt8]) throws(OAuthError) {
        let pairs: [FormURLEncoded.Pair]
        do throws(FormError) {
            pairs = try FormURLEncoded.decode(text)
        } catch {
            throw OAuthError(.invalidRequest, "The parameters cannot be read: \(error).")
        }
        try self.init(pairs)
    }

    /// Takes parameters that are decoded already.
    public init(_ pairs: [FormURLEncoded.Pair]) throws(OAuthError) {
        var values: [ByteString: [ByteString]] = [:]
        for pair in pairs {
            guard values[pair.name] == nil || Self.repeatable.contains(pair.name) else {
                throw OAuthError(.invalidRequest, "The parameter \(Self.shown(pair.name)) is given twice.")
            }
            values[pair.name, default: []].append(pair.value)
        }
        self.values = values.mapValues { $0.filter { !$0.isEmpty } }
    }

    /// The value of a parameter; nil when it is absent or empty.
    public subscript(_ name: ByteString) -> ByteString? { values[name]?.first }

    /// All values of a parameter that may be repeated.
    public func all(_ name: ByteString) -> [ByteString] { values[name] ?? [] }

    /// The value of a parameter that must be there.
    /// - Throws: `invalid_request` that names the parameter.
    public func required(_ name: ByteString) throws(OAuthError) -> ByteString {
        guard let value = self[name] else {
            throw OAuthError(.invalidRequest, "The parameter \(name) is missing.")
        }
        return value
    }

    /// What was sent, for keeping it: sorted by name, the values of one name in their order.
    public var pairs: [FormURLEncoded.Pair] {
        values.sorted { $0.key < $1.key }.flatMap { name, values in values.map { FormURLEncoded.Pair(name, $0) } }
    }

    /// A stranger's parameter name as far as it is safe to repeat.
    private static func shown(_ name: ByteString) -> String {
        let isName = (1...64).contains(name.count) && name.bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        return isName ? name.text : "with an unusual name"
    }
}
