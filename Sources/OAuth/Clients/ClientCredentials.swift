public import Codecs
import Tokens

/// What a request brings to show which client it comes from (RFC 6749 §2.3, RFC 7523 §2.2). Nothing is checked yet.
public struct ClientCredentials: Sendable {
    /// The proof.
    public enum Proof: Sendable {
        /// None: only the name.
        case none
        /// A secret from HTTP Basic.
        case basicSecret(ByteString)
        /// A secret from the body.
        case postSecret(ByteString)
        /// A signed assertion.
        case assertion([UInt8])
    }

    /// The `client_assertion_type` there is (RFC 7523 §2.2).
    public static let assertionType: ByteString = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    /// The parameters that say and prove who a client is, and nothing of what it wants.
    public static let parameterNames: Set<ByteString> = [
        "client_id", "client_secret", "client_assertion", "client_assertion_type",
    ]

    /// Which client it says it is.
    public let clientID: ByteString
    /// The proof.
    public let proof: Proof

    /// Finds the one proof of a request.
    /// - Parameters:
    ///   - authorization: the `Authorization` field, if there is one.
    ///   - parameters: the body.
    /// - Throws: `invalid_request` when there are two proofs (RFC 6749 §2.3) or two names; `invalid_client` when there
    ///   is none that can be read.
    public static func read(
        authorization: ByteString?, parameters: RequestParameters
    ) throws(OAuthError) -> ClientCredentials {
        let named = parameters["client_id"]
        let postSecret = parameters["client_secret"]
        let assertion = parameters["client_assertion"]
        let basic = try readBasic(authorization)
        let proofs = [basic != nil, postSecret != nil, assertion != nil].filter { $0 }.count
        guard proofs <= 1 else {
            throw OAuthError(.invalidRequest, "The client authenticates in two ways at once; use one.")
        }
        guard (assertion != nil) == (parameters["client_assertion_type"] != nil) else {
            throw OAuthError(.invalidRequest, "client_assertion and client_assertion_type belong together.")
        }
        if let basic {
            guard named ?? basic.id == basic.id else {
                throw OAuthError(.invalidRequest, "client_id is not the client of the Authorization header.")
            }
            return ClientCredentials(clientID: basic.id, proof: .basicSecret(basic.secret))
        }
        if let assertion {
            guard parameters["client_assertion_type"] == assertionType else {
                throw OAuthError(.invalidRequest, "client_assertion_type must be \(assertionType).")
            }
            let clientID = if let named { named } else { try subject(of: assertion) }
            return ClientCredentials(clientID: clientID, proof: .assertion(assertion.bytes))
        }
        guard let named else {
            throw OAuthError(.invalidClient, "The request names no client: send client_id, or HTTP Basic credentials.")
        }
        return ClientCredentials(clientID: named, proof: postSecret.map { .postSecret($0) } ?? .none)
    }

    /// HTTP Basic with both halves form-encoded (RFC 6749 §2.3.1); nil for another scheme, or none.
    private static func readBasic(_ field: ByteString?) throws(OAuthError) -> (id: ByteString, secret: ByteString)? {
        guard let field else { return nil }
        let scheme = field.bytes.prefix { $0 != UInt8(ascii: " ") }
        guard scheme.count == 5, zip(scheme, "basic".utf8).allSatisfy({ $0.0 | 0x20 == $0.1 }) else { return nil }
        let text = Array(field.bytes.dropFirst(scheme.count).drop { $0 == UInt8(ascii: " ") })
        guard let bytes = try? Base64.decode(text), let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let id = try? FormURLEncoded.decodeComponent(Array(bytes[..<colon])),
            let secret = try? FormURLEncoded.decodeComponent(Array(bytes[(colon + 1)...])), !id.isEmpty
        else {
            throw OAuthError(
                .invalidClient, "The Basic credentials cannot be read: form-encode both halves, then use base64.")
        }
        return (id, secret)
    }

    /// Whom an assertion speaks for, before it is verified: only to find the client whose keys will decide.
    private static func subject(of assertion: ByteString) throws(OAuthError) -> ByteString {
        guard let encoded = try? EncodedToken(assertion.bytes), let decoded = try? DecodedToken(encoded),
            let subject = (try? decoded.claims())?.subject
        else { throw OAuthError(.invalidClient, "The client assertion cannot be read.") }
        return subject
    }
}
