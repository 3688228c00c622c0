/// A request's method. The known ones cost nothing; methods are case-sensitive (RFC 9110 §9.1).
public enum ExchangeMethod: Hashable, Sendable {
    case get, head, post, put, patch, delete, options
    /// Any other token, cut to 32 bytes.
    case other(String)

    /// Reads the bytes of a method token.
    public init(_ token: UnsafeRawBufferPointer) {
        for method in Self.known where token.elementsEqual(method.name.utf8) {
            self = method
            return
        }
        self = .other(String(decoding: token.prefix(32), as: UTF8.self))
    }

    /// The token.
    public var name: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .other(let token): token
        }
    }

    /// The label's value: nothing that a client can make up.
    static func label(_ number: UInt64) -> String {
        number > 0 && number <= known.count ? known[Int(number) - 1].name : SeriesNames.other
    }

    /// The place among the known methods from 1, or 0.
    var number: UInt64 {
        switch self {
        case .get: 1
        case .head: 2
        case .post: 3
        case .put: 4
        case .patch: 5
        case .delete: 6
        case .options: 7
        case .other: 0
        }
    }

    private static let known: [ExchangeMethod] = [.get, .head, .post, .put, .patch, .delete, .options]
}
