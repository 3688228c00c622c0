public import Codecs
import Tokens

/// A client as a document: the names of RFC 7591 §2, and `audiences`, `first_party`, `management`,
/// `access_token_signing_alg` and `access_token_lifetime` of our own. The form in which clients are stored, registered and managed.
extension Client {
    /// Every member that a document may have. An unknown one is refused, so that a misspelt restriction is not lost.
    static let memberNames: Set<ByteString> = [
        "client_id", "client_name", "token_endpoint_auth_method", "grant_types", "response_types", "redirect_uris",
        "post_logout_redirect_uris", "scope", "audiences", "first_party", "management", "jwks",
        "backchannel_logout_uri",
        "require_pushed_authorization_requests", "dpop_bound_access_tokens", "access_token_lifetime",
        "id_token_signed_response_alg", "access_token_signing_alg", "claims",
    ]

    /// Reads a document.
    /// - Parameters:
    ///   - document: the members; what is missing has its usual value.
    ///   - id: the client's id, which the document's `client_id`, if there is one, must equal.
    /// - Throws: `invalid_client_metadata` or `invalid_redirect_uri` that names the member.
    public init(document: JSONObject, id: ByteString) throws(OAuthError) {
        let reader = ClientDocumentReader(document: document)
        try reader.refuseUnknown(Self.memberNames)
        guard Self.isID(id), try reader.text("client_id") ?? id == id else {
            throw ClientDocumentReader.bad("client_id", "must be 1 to 128 printable characters without space, \" \\ :")
        }
        self.init(id: id, name: try reader.text("client_name") ?? id)
        guard (1...128).contains(name.count), !name.hasControlCharacter else {
            throw ClientDocumentReader.bad("client_name", "must have 1 to 128 bytes without control characters")
        }
        if let method = try reader.text("token_endpoint_auth_method") {
            guard let known = Authentication(rawValue: method.text) else {
                throw ClientDocumentReader.bad(
                    "token_endpoint_auth_method",
                    "must be one of \(Self.list(Authentication.allCases.map(\.rawValue)))")
            }
            authentication = known
        }
        if let names = try reader.texts("grant_types") {
            grants = []
            for name in names {
                guard let grant = Grant(rawValue: name.text) else {
                    throw ClientDocumentReader.bad(
                        "grant_types", "may hold \(Self.list(Grant.allCases.map(\.rawValue)))")
                }
                grants.insert(grant)
            }
        }
        if let types = try reader.texts("response_types"), types.contains(where: { $0 != "code" }) {
            throw ClientDocumentReader.bad("response_types", "may only hold code")
        }
        redirectURIs = try reader.addresses("redirect_uris")
        postLogoutRedirectURIs = try reader.addresses("post_logout_redirect_uris")
        if let text = try reader.text("scope") {
            guard let read = try? Scope(text: text) else {
                throw ClientDocumentReader.bad("scope", "must hold names with single spaces between them")
            }
            scope = read
        }
        audiences = try reader.texts("audiences") ?? []
        isFirstParty = try reader.flag("first_party") ?? false
        isManagement = try reader.flag("management") ?? false
        if isManagement { scope = scope.union(Scope([Self.managementScope])) }
        keys = try reader.publicKeys("jwks")
        if let uri = try reader.text("backchannel_logout_uri") {
            backChannelLogoutURI = try RedirectURI(registering: uri).text
        }
        requiresPushedRequests = try reader.flag("require_pushed_authorization_requests") ?? false
        requiresDPoP = try reader.flag("dpop_bound_access_tokens") ?? false
        accessTokenLifetime = try reader.seconds("access_token_lifetime", 10...86_400)
        idTokenAlgorithm = try reader.algorithm("id_token_signed_response_alg")
        accessTokenAlgorithm = try reader.algorithm("access_token_signing_alg")
        claimRules = try reader.claimRules("claims")
        try refuseContradictions()
    }

    /// The document of this client.
    public var document: JSONObject {
        var document: JSONObject = [
            "client_id": .string(id),
            "client_name": .string(name),
            "token_endpoint_auth_method": .string(ByteString(authentication.rawValue)),
            "grant_types": .array(
                Grant.allCases.filter(grants.contains).map { .string(ByteString($0.rawValue)) }),
            "response_types": .array(grants.contains(.authorizationCode) ? ["code"] : []),
            "redirect_uris": .array(redirectURIs.map { .string($0.text) }),
            "post_logout_redirect_uris": .array(postLogoutRedirectURIs.map { .string($0.text) }),
            "scope": .string(scope.text),
            "audiences": .array(audiences.map { .string($0) }),
            "first_party": .bool(isFirstParty),
            "require_pushed_authorization_requests": .bool(requiresPushedRequests),
            "dpop_bound_access_tokens": .bool(requiresDPoP),
        ]
        if isManagement { document["management"] = true }
        if let keys { document["jwks"] = keys }
        if let backChannelLogoutURI { document["backchannel_logout_uri"] = .string(backChannelLogoutURI) }
        if !claimRules.isEmpty { document["claims"] = .array(claimRules.map { .object($0.document) }) }
        if let idTokenAlgorithm {
            document["id_token_signed_response_alg"] = .string(ByteString(idTokenAlgorithm.rawValue))
        }
        if let accessTokenAlgorithm {
            document["access_token_signing_alg"] = .string(ByteString(accessTokenAlgorithm.rawValue))
        }
        if let accessTokenLifetime {
            document["access_token_lifetime"] = .number(JSONNumber(accessTokenLifetime))
        }
        return document
    }

    private func refuseContradictions() throws(OAuthError) {
        if grants.contains(.authorizationCode), redirectURIs.isEmpty {
            throw ClientDocumentReader.bad("redirect_uris", "must name an address for the grant authorization_code")
        }
        if grants.contains(.clientCredentials), !isConfidential {
            throw ClientDocumentReader.bad(
                "grant_types", "may not hold client_credentials for a client that does not authenticate (RFC 6749 4.4)")
        }
        try refuseContradictionsOfManagement()
        if authentication == .privateKeyJWT, keys == nil {
            throw ClientDocumentReader.bad("jwks", "must hold the client's public keys for private_key_jwt")
        }
    }

    /// A token that manages this server speaks for an admin, is for nothing else, and is no stranger's.
    private func refuseContradictionsOfManagement() throws(OAuthError) {
        guard isManagement else {
            guard !scope.contains(Self.managementScope) else {
                throw ClientDocumentReader.bad(
                    "scope", "may hold \(Self.managementScope) for a management client alone")
            }
            return
        }
        guard isFirstParty else {
            throw ClientDocumentReader.bad("management", "may be true for a client with first_party alone")
        }
        guard grants.isSubset(of: Self.managementGrants) else {
            throw ClientDocumentReader.bad(
                "grant_types",
                "of a management client may hold "
                    + Self.list(Grant.allCases.filter(Self.managementGrants.contains).map(\.rawValue)))
        }
        guard audiences.isEmpty else {
            throw ClientDocumentReader.bad(
                "audiences", "must be empty for a management client: its tokens are for this server")
        }
    }

    private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}

extension Client {
    /// The keys of a JWK set, or the one of a JWK alone; nil when it is neither.
    public static func publishedKeys(_ jwks: JSON) -> [JSONObject]? {
        guard let object = jwks.object else { return nil }
        guard let keys = object["keys"] else { return [object] }
        guard let elements = keys.array, elements.allSatisfy({ $0.object != nil }) else { return nil }
        return elements.compactMap(\.object)
    }
}

/// Reads the members of a document, each of exactly one type.
private struct ClientDocumentReader {
    let document: JSONObject

    static func bad(_ member: ByteString, _ complaint: String) -> OAuthError {
        OAuthError(.invalidClientMetadata, "The member \(member) \(complaint).")
    }

    func refuseUnknown(_ known: Set<ByteString>) throws(OAuthError) {
        for member in document.members where !known.contains(member.name) {
            let isName = (1...64).contains(member.name.count) && member.name.bytes.allSatisfy(Scope.isNameByte)
            throw OAuthError(
                .invalidClientMetadata, "There is no member \(isName ? member.name.text : "with such a name") here.")
        }
    }

    func text(_ name: ByteString) throws(OAuthError) -> ByteString? {
        guard let member = document[name] else { return nil }
        guard let text = member.string, !text.isEmpty else { throw Self.bad(name, "must be a string with content") }
        return text
    }

    func texts(_ name: ByteString) throws(OAuthError) -> [ByteString]? {
        guard let member = document[name] else { return nil }
        guard let array = member.array, array.count <= 100 else {
            throw Self.bad(name, "must be an array of at most 100 strings")
        }
        let texts = array.compactMap(\.string).filter { !$0.isEmpty }
        guard texts.count == array.count else { throw Self.bad(name, "must hold strings with content") }
        return texts
    }

    func addresses(_ name: ByteString) throws(OAuthError) -> [RedirectURI] {
        var addresses: [RedirectURI] = []
        for text in try texts(name) ?? [] { addresses.append(try RedirectURI(registering: text)) }
        return addresses
    }

    func flag(_ name: ByteString) throws(OAuthError) -> Bool? {
        guard let member = document[name] else { return nil }
        guard let flag = member.bool else { throw Self.bad(name, "must be true or false") }
        return flag
    }

    func algorithm(_ name: ByteString) throws(OAuthError) -> SignatureAlgorithm? {
        guard let text = try text(name) else { return nil }
        guard let algorithm = SignatureAlgorithm(rawValue: text.text), Client.signingAlgorithms.contains(algorithm)
        else {
            throw Self.bad(
                name, "must be one of \(Client.signingAlgorithms.map(\.rawValue).joined(separator: ", "))")
        }
        return algorithm
    }

    func claimRules(_ name: ByteString) throws(OAuthError) -> [ClaimRule] {
        guard let member = document[name] else { return [] }
        guard let array = member.array, array.count <= 50 else {
            throw Self.bad(name, "must be an array of at most 50 rules")
        }
        var rules: [ClaimRule] = []
        for rule in array {
            guard let document = rule.object else { throw Self.bad(name, "must hold objects") }
            rules.append(try ClaimRule(document))
        }
        return rules
    }

    /// A JWK set (RFC 7517 §5), or one JWK, of public keys; a private key or a shared secret is refused and not repeated.
    func publicKeys(_ name: ByteString) throws(OAuthError) -> JSON? {
        guard let member = document[name] else { return nil }
        guard let keys = Client.publishedKeys(member) else {
            throw Self.bad(name, "must be a JWK set: an object with a list of keys")
        }
        guard !keys.contains(where: PrivateMembers.areIn) else {
            throw Self.bad(
                name, "holds a private key or a shared secret, which only the client may have. Send the public key")
        }
        return member
    }

    func seconds(_ name: ByteString, _ range: ClosedRange<Int64>) throws(OAuthError) -> Int64? {
        guard let member = document[name] else { return nil }
        guard let seconds = member.int64, range.contains(seconds) else {
            throw Self.bad(name, "must be \(range.lowerBound) to \(range.upperBound) seconds")
        }
        return seconds
    }
}
