public import Codecs

/// A set of scope names in the order in which they were asked for (RFC 6749 §3.3).
public struct Scope: Hashable, Sendable {
    /// The names, none twice.
    public let names: [ByteString]

    /// No scope.
    public static let none = Scope([])

    /// A scope of these names; repeated ones count once.
    public init(_ names: [ByteString]) {
        var known: Set<ByteString> = []
        self.names = names.filter { known.insert($0).inserted }
    }

    /// Reads names with one space between each two.
    /// - Throws: `invalid_scope` when a name is empty or holds a character that RFC 6749 §3.3 does not allow.
    public init(text: ByteString) throws(OAuthError) {
        guard !text.isEmpty else {
            self = .none
            return
        }
        var names: [ByteString] = []
        for part in text.bytes.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
            guard !part.isEmpty, part.allSatisfy(Self.isNameByte) else {
                throw OAuthError(.invalidScope, "The scope is not a list of names with single spaces between them.")
            }
            names.append(ByteString(utf8: Array(part)))
        }
        self.init(names)
    }

    /// Whether there is no name.
    public var isEmpty: Bool { names.isEmpty }

    /// The names with spaces between them.
    public var text: ByteString {
        ByteString(utf8: Array(names.map(\.bytes).joined(separator: [UInt8(ascii: " ")])))
    }

    /// Whether a name is in it.
    public func contains(_ name: ByteString) -> Bool { names.contains(name) }

    /// Whether every name is in another scope, too.
    public func isSubset(of other: Scope) -> Bool {
        let others = Set(other.names)
        return names.allSatisfy { others.contains($0) }
    }

    /// The names that another scope has, too, in this order.
    public func intersection(_ other: Scope) -> Scope {
        let others = Set(other.names)
        return Scope(names.filter { others.contains($0) })
    }

    /// These names and then those of another scope.
    public func union(_ other: Scope) -> Scope { Scope(names + other.names) }

    /// `scope-token`: printable ASCII without space, `"` and `\`.
    static func isNameByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
}
