public import Codecs

/// The members of a JWK that nobody but its owner may see (RFC 7518 §6.2.2, §6.3.2, §6.4.1, RFC 8037 §2, RFC 9964).
public enum PrivateMembers {
    /// Whether one of them is there, or the key is a shared secret; `k` counts whatever the type.
    public static func areIn(_ jwk: JSONObject) -> Bool { jwk["k"] != nil || shown(in: jwk) != nil }

    /// The first of them that a published key shows; nil when it shows none. `k` counts where the whole key is a shared
    /// secret: other types may mean something else by it, and a key of an unknown type burns nobody's set.
    public static func shown(in jwk: JSONObject) -> ByteString? {
        jwk["kty"] == "oct" ? "k" : names.first { jwk[$0] != nil }
    }

    /// The key without them.
    public static func removed(from jwk: JSONObject) -> JSONObject {
        var rest = JSONObject()
        for member in jwk.members where member.name != "k" && !names.contains(member.name) {
            rest[member.name] = member.value
        }
        return rest
    }

    private static let names: [ByteString] = ["d", "p", "q", "dp", "dq", "qi", "oth", "priv"]
}
