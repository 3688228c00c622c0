public import Codecs

/// A token that was found in a text, cleaned of what was around it and in it.
public struct FoundToken: Sendable {
    /// Where it stands in the input, from its first byte to its last.
    public let range: Range<Int>
    /// For each byte of the cleaned text, its offset in the input.
    public let offsets: [Int]
    /// What it was called there: a header, a cookie, a parameter or a member, such as `access_token`.
    public let label: ByteString?
    /// What was left out, repaired or missing, one sentence each.
    public let notes: [String]
    /// The token, each part decoded as far as it can be.
    public let token: PartialToken

    /// What it seems to be.
    public var kind: PartialToken.Kind { token.kind }
    /// The cleaned text.
    public var bytes: [UInt8] { token.text }
}

/// What was found in a text.
public struct FoundTokens: Sendable {
    /// The tokens, in the order of the text.
    public let tokens: [FoundToken]
    /// Why not everything was looked at; nil when it was.
    public let limit: String?
    /// How many bytes were looked at, those looked at twice counted twice.
    public let steps: Int
}
