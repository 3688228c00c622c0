import ArgumentParser
import Codecs
import Tokens

/// Everything that the specification of one kind of token asks for (`--profile`).
enum PolicyProfile: String, ExpressibleByArgument, CaseIterable {
    case accessToken = "access-token"
    case idToken = "id-token"
    case clientAssertion = "client-assertion"
    case logoutToken = "logout-token"
    case securityEvent = "security-event"
    case dpopProof = "dpop-proof"

    /// What the profile cannot do without, as advice; nil when it is all there.
    func complaint(issuers: Int, audiences: Int) -> String? {
        if self == .dpopProof {
            return issuers + audiences == 0 ? nil : "a DPoP proof has no issuer and no audience; leave both out"
        }
        guard issuers == 1 else {
            let who = self == .clientAssertion ? "the client's identifier" : "whom to trust"
            return "--profile \(rawValue) needs one --issuer: \(who)"
        }
        switch self {
        case .accessToken, .logoutToken:
            return audiences == 1 ? nil : "--profile \(rawValue) needs one --audience: who is asked to accept the token"
        case .idToken:
            return audiences > 0 ? nil : "--profile id-token needs --audience: the client, then others it trusts"
        case .clientAssertion:
            return audiences > 0 ? nil : "--profile client-assertion needs --audience: the authorization server"
        case .dpopProof: return nil
        case .securityEvent:
            return audiences < 2 ? nil : "--profile security-event takes one --audience: the receiver"
        }
    }

    /// The policy; `complaint` has been heard.
    func policy(
        issuer: ByteString, audiences: [ByteString], nonce: ByteString?, algorithms: [SignatureAlgorithm],
        leeway: Int64
    ) -> ClaimPolicy {
        let audience = audiences.first ?? ""
        switch self {
        case .accessToken:
            return .accessToken(issuer: issuer, audience: audience, algorithms: algorithms, leeway: leeway)
        case .idToken:
            return .idToken(
                issuer: issuer, clientID: audience, trustedAudiences: Array(audiences.dropFirst()), nonce: nonce,
                algorithms: algorithms, leeway: leeway)
        case .clientAssertion:
            return .clientAssertion(clientID: issuer, audiences: audiences, algorithms: algorithms, leeway: leeway)
        case .logoutToken:
            return .logoutToken(issuer: issuer, clientID: audience, algorithms: algorithms, leeway: leeway)
        case .dpopProof:
            // What is left of it for a mere token; a proof has a verifier of its own.
            return ClaimPolicy(algorithms: algorithms, types: ["dpop+jwt"], leeway: leeway)
        case .securityEvent:
            return .securityEventToken(
                issuer: issuer, audience: audiences.first, algorithms: algorithms, leeway: leeway)
        }
    }
}

/// What one claim must say, as typed: `name=text`, `name:=JSON`, `name` (it says something) or `!name` (it is not
/// there). A name that starts with a slash leads inside a claim (RFC 6901).
struct TypedRule: ExpressibleByArgument {
    let rule: ClaimRule

    init?(argument: String) {
        let bytes = Array(argument.utf8)
        guard let sign = bytes.firstIndex(of: UInt8(ascii: "=")) else {
            let isForbidden = bytes.first == UInt8(ascii: "!")
            let name = isForbidden ? Array(bytes.dropFirst()) : bytes
            guard !name.isEmpty, let path = ClaimPath(text: ByteString(utf8: name)) else { return nil }
            rule = ClaimRule(path, isForbidden ? .absent : .present)
            return
        }
        let isJSON = sign > 0 && bytes[sign - 1] == UInt8(ascii: ":")
        let name = Array(bytes[..<(isJSON ? sign - 1 : sign)])
        let text = Array(bytes[(sign + 1)...])
        guard !name.isEmpty, let path = ClaimPath(text: ByteString(utf8: name)) else { return nil }
        guard isJSON else {
            rule = ClaimRule(path, .equals(.string(ByteString(utf8: text))))
            return
        }
        guard let value = try? JSONReader.read(text) else { return nil }
        rule = ClaimRule(path, .equals(value))
    }
}
