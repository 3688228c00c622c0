public import Codecs

/// What the names in headers and claims mean, in one sentence each, with the document that says so.
public enum Glossary {
    /// One name explained.
    public struct Entry: Sendable {
        /// The name as it stands in the token; it ends in "*" when it stands for every name that begins so.
        public let name: String
        /// The name in words.
        public let title: String
        /// One sentence.
        public let about: String
        /// Where it is defined: a specification with its section, or a vendor.
        public let source: String
        /// The address of that document.
        public let url: String
    }

    /// The entry of a header parameter.
    public static func header(_ name: ByteString) -> Entry? { headerTable.entry(name) }

    /// The entry of a claim. What is registered goes before what a vendor calls so.
    public static func claim(_ name: ByteString) -> Entry? { claimTable.entry(name) ?? vendorTable.entry(name) }

    /// Whether a claim is a time in seconds since 1970.
    public static func isTime(_ name: ByteString) -> Bool {
        switch name {
        case "exp", "nbf", "iat", "auth_time", "updated_at", "toe": true
        default: false
        }
    }

    static let headerTable = GlossaryTable([headerParameters])
    static let claimTable = GlossaryTable([registeredClaims, specialClaims])
    static let vendorTable = GlossaryTable([vendorClaims])
}
