public import Codecs
import Tokens

/// What a client's tokens say of a user beside the usual: one claim, from what is known of the user. Declared by the
/// operator, as JSON: `{"claim":"department","from":"profile.department"}`.
///
/// `from` is `name`, `roles`, `groups` or `profile.MEMBER`; `value` is a fixed value in its place. Of a list, `only` keeps
/// some names and `map` replaces names (each by one or several; what it does not know is dropped); `first` takes the first
/// that is left instead of all. `in` says where it stands: `access_token`, `id_token`; both when it is missing.
public struct ClaimRule: Hashable, Sendable {
    /// Where a claim stands.
    public enum Place: String, Sendable, CaseIterable {
        case accessToken = "access_token"
        case idToken = "id_token"
    }

    /// What is known of a user.
    public struct Attributes: Sendable {
        /// What the user logs in with.
        public var name: ByteString
        /// What the user may be.
        public var roles: [ByteString]
        /// What the user belongs to.
        public var groups: [ByteString]
        /// Claims of OpenID Connect Core §5.1, and whatever else the operator keeps there.
        public var profile: JSONObject

        /// Attributes.
        public init(name: ByteString, roles: [ByteString], groups: [ByteString], profile: JSONObject) {
            self.name = name
            self.roles = roles
            self.groups = groups
            self.profile = profile
        }
    }

    private enum Source: Hashable {
        case name, roles, groups
        case profile(ByteString)
        case value(JSON)
    }

    /// The claim's name.
    public let claim: ByteString
    /// Where it stands.
    public let places: Set<Place>
    private let source: Source
    private let only: [ByteString]?
    private let replacements: [ByteString: [ByteString]]?
    private let takesFirst: Bool
    /// As it was declared.
    public let document: JSONObject

    /// Claims whose meaning is not a client's to change (RFC 7519 §4.1, RFC 9068 §2.2, RFC 7800 §3.1, RFC 8693 §4,
    /// OpenID Connect Core §2), and `exchanged_from`, by which a token ends with the one it was exchanged for.
    static let protected: Set<ByteString> = [
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "sid", "scope", "scp", "act", "may_act", "cnf",
        "auth_time", "acr", "amr", "azp", "nonce", "at_hash", "c_hash", "events", RevocationHandles.exchangeClaim,
    ]

    /// Reads a rule.
    /// - Throws: `invalid_client_metadata` that says what is wrong with it.
    public init(_ document: JSONObject) throws(OAuthError) {
        func bad(_ complaint: String) -> OAuthError {
            OAuthError(.invalidClientMetadata, "A rule of claims \(complaint).")
        }
        for member in document.members where !Self.members.contains(member.name) {
            throw bad("may have claim, from, value, only, map, first and in")
        }
        guard let claim = document["claim"]?.string, (1...64).contains(claim.count), !claim.hasControlCharacter
        else { throw bad("must name its claim with 1 to 64 bytes") }
        guard !Self.protected.contains(claim) else { throw bad("must not set a claim that verifiers depend on") }
        self.claim = claim
        switch (document["from"]?.string, document["value"]) {
        case (nil, let value?) where document["from"] == nil: source = .value(value)
        case ("name"?, nil): source = .name
        case ("roles"?, nil): source = .roles
        case ("groups"?, nil): source = .groups
        case (let from?, nil) where from.count > 8 && from.bytes.starts(with: "profile.".utf8):
            source = .profile(ByteString(utf8: Array(from.bytes.dropFirst(8))))
        default: throw bad("must have either a value, or from: name, roles, groups or profile.MEMBER")
        }
        do throws(JSONShapeError) {
            only = try document["only"].map { json throws(JSONShapeError) in try Self.names(json) }
            replacements = try document["map"].map { json throws(JSONShapeError) in try Self.replacements(json) }
        } catch {
            throw bad("must have names in only, and names or lists of names in map")
        }
        guard document["first"] == nil || document["first"]?.bool != nil else {
            throw bad("must have true or false in first")
        }
        takesFirst = document["first"]?.bool ?? false
        let isOfList = source == .roles || source == .groups
        guard isOfList || (only == nil && replacements == nil && !takesFirst) else {
            throw bad("can use only, map and first on roles and groups alone")
        }
        if let places = document["in"] {
            let known = (places.array ?? []).compactMap { $0.string.flatMap { Place(rawValue: $0.text) } }
            guard !known.isEmpty, known.count == places.array?.count else {
                throw bad("must stand in access_token, id_token or both")
            }
            self.places = Set(known)
        } else {
            places = Set(Place.allCases)
        }
        self.document = document
    }

    private static let members: Set<ByteString> = ["claim", "from", "value", "only", "map", "first", "in"]

    private struct JSONShapeError: Error {}

    private static func names(_ json: JSON) throws(JSONShapeError) -> [ByteString] {
        let names = (json.array ?? []).compactMap(\.string)
        guard names.count == json.array?.count, names.count <= 100 else { throw JSONShapeError() }
        return names
    }

    private static func replacements(_ json: JSON) throws(JSONShapeError) -> [ByteString: [ByteString]] {
        guard let members = json.object?.members, members.count <= 100 else { throw JSONShapeError() }
        var replacements: [ByteString: [ByteString]] = [:]
        for member in members {
            if let name = member.value.string {
                replacements[member.name] = [name]
            } else {
                replacements[member.name] = try names(member.value)
            }
        }
        return replacements
    }

    /// The claim's value for a user; nil when there is nothing to say.
    public func value(for user: Attributes) -> JSON? {
        switch source {
        case .value(let value): return value
        case .name: return .string(user.name)
        case .profile(let member): return user.profile[member]
        case .roles: return listed(user.roles)
        case .groups: return listed(user.groups)
        }
    }

    private func listed(_ names: [ByteString]) -> JSON? {
        var kept: [ByteString] = []
        for name in names where only?.contains(name) ?? true {
            for replacement in replacements.map({ $0[name] ?? [] }) ?? [name] where !kept.contains(replacement) {
                kept.append(replacement)
            }
        }
        guard takesFirst else { return .array(kept.map { .string($0) }) }
        return kept.first.map { .string($0) }
    }
}

extension [ClaimRule] {
    /// What a token of one place says by these rules: of two rules for a claim the first that has something to say.
    public func claims(in place: ClaimRule.Place, for user: ClaimRule.Attributes) -> JSONObject {
        var claims = JSONObject()
        for rule in self where rule.places.contains(place) && claims[rule.claim] == nil {
            claims[rule.claim] = rule.value(for: user)
        }
        return claims
    }
}
