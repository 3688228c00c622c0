public import Codecs
import Tokens

/// What somebody else's authorization server says of itself, as far as it leads to its keys (RFC 8414 §3, OpenID Connect
/// Discovery 1.0 §4).
public enum IssuerMetadata {
    /// Why metadata lead to no keys.
    public enum Defect: Error, Sendable, Equatable {
        /// No JSON object.
        case unreadable
        /// It is the metadata of another issuer, or of nobody.
        case foreign(ByteString?)
        /// It names no `jwks_uri`.
        case noKeySet

        /// A clause.
        public func sentence(expected issuer: ByteString) -> String {
            switch self {
            case .unreadable: "this is no issuer's metadata: no JSON object"
            case .foreign(let named):
                "this is the metadata of \(named.map { Display.quoted($0) } ?? "nobody"), not of \(Display.quoted(issuer))"
            case .noKeySet: "the metadata names no \"jwks_uri\""
            }
        }
    }

    /// Where an issuer's metadata may be: behind its path, or between its host and its path. Nil when the issuer has a
    /// query or a fragment, which no issuer has (RFC 8414 §2), or is no `http` or `https` address.
    public static func addresses(of issuer: ByteString) -> [ByteString]? {
        let bytes = issuer.bytes
        guard bytes.starts(with: "https://".utf8) || bytes.starts(with: "http://".utf8),
            !bytes.contains(UInt8(ascii: "?")), !bytes.contains(UInt8(ascii: "#")),
            let slashes = bytes.firstIndex(of: UInt8(ascii: "/"))
        else { return nil }
        let pathStart = bytes[(slashes + 2)...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
        guard pathStart > slashes + 2 else { return nil }
        let origin = bytes[..<pathStart]
        var path = bytes[pathStart...]
        while path.last == UInt8(ascii: "/") { path.removeLast() }
        return [
            origin + path + Array("/.well-known/openid-configuration".utf8),
            origin + Array("/.well-known/oauth-authorization-server".utf8) + path,
        ].map { ByteString(utf8: Array($0)) }
    }

    /// Where an issuer's keys are by its metadata, which must be its own: otherwise anybody could answer for anybody
    /// (RFC 8414 §3.3).
    public static func keySetAddress(in document: [UInt8], issuer: ByteString) throws(Defect) -> ByteString {
        guard let metadata = (try? JSONReader.read(document, depth: DecodedToken.headerDepth))?.object else {
            throw .unreadable
        }
        guard let named = metadata["issuer"]?.string, named == issuer else {
            throw .foreign(metadata["issuer"]?.string)
        }
        guard let place = metadata["jwks_uri"]?.string else { throw .noKeySet }
        return place
    }
}
