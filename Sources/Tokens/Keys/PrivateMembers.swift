public import Codecs

/// The members of a JWK that nobody but its owner may see (RFC 7518 §6.2.2, §6.3.2, §6.4.1, RFC 8037 §2, RFC 9964).
public enum PrivateMembers {
    /// Whether one of them is there, or the key is a shared secret.
    public static func areIn(_ jwk: JSONObject) -> Bool {
        jwk["kty"] == "oct" || jwk.members.contains { names.contains($0.name) }
    }

    private static let names: [ByteString] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"]
}
