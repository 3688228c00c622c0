import Codecs
import JOSE
import OAuth
import Storage
import Tokens

/// The keys that tokens are signed with at one moment, and all that may have signed a token that still lives: a value
/// that is replaced whole.
struct SigningKeys: Sendable {
    /// Counts the changes; nothing that was concluded under other keys holds.
    let generation: UInt64
    /// Every key, the newest first.
    let records: [SigningKeyRecord]
    /// What is published: the keys that sign, those that will, and those that did.
    let keySet: KeySet
    /// Verifies our own tokens when they come back to us.
    let verifiers: OwnTokenVerifiers

    private let accessTokens: [SignatureAlgorithm: TokenSigner]
    private let idTokens: [SignatureAlgorithm: TokenSigner]
    private let logoutTokens: [SignatureAlgorithm: TokenSigner]

    init(
        _ records: [SigningKeyRecord], _ column: SealedColumn, _ configuration: AuthorizationConfiguration,
        generation: UInt64
    ) throws {
        self.records = records
        self.generation = generation
        var published: [VerificationKey] = []
        var accessTokens: [SignatureAlgorithm: TokenSigner] = [:]
        var idTokens: [SignatureAlgorithm: TokenSigner] = [:]
        var logoutTokens: [SignatureAlgorithm: TokenSigner] = [:]
        for record in records {
            // Public halves come out of the sealed keys too: a public key added to the table by hand is not believed.
            let jwk = try JSONReader.read(try column.open(record.sealedJWK, row: record.id))
            guard let object = jwk.object, let key = try? SigningKey(jwk: object),
                key.algorithm == record.algorithm
            else { throw StoreError(.unexpectedValue, "the stored signing key \(record.id) cannot be used") }
            published.append(key.verificationKey)
            guard record.state == .current else { continue }
            accessTokens[key.algorithm] = TokenSigner(key: key, type: "at+jwt")
            idTokens[key.algorithm] = TokenSigner(key: key)
            logoutTokens[key.algorithm] = TokenSigner(key: key, type: "logout+jwt")
        }
        guard accessTokens[configuration.signingAlgorithm] != nil else {
            throw StoreError(.unexpectedValue, "the database names no current signing key")
        }
        keySet = try KeySet(published)
        verifiers = OwnTokenVerifiers(keys: keySet, configuration)
        self.accessTokens = accessTokens
        self.idTokens = idTokens
        self.logoutTokens = logoutTokens
    }

    /// The algorithms that sign now, in a fixed order.
    var signing: [SignatureAlgorithm] { Client.signingAlgorithms.filter { accessTokens[$0] != nil } }

    func accessTokenSigner(_ algorithm: SignatureAlgorithm) throws(SigningError) -> TokenSigner {
        try signer(accessTokens, algorithm)
    }

    func idTokenSigner(_ algorithm: SignatureAlgorithm) throws(SigningError) -> TokenSigner {
        try signer(idTokens, algorithm)
    }

    func logoutTokenSigner(_ algorithm: SignatureAlgorithm) throws(SigningError) -> TokenSigner {
        try signer(logoutTokens, algorithm)
    }

    private func signer(
        _ signers: [SignatureAlgorithm: TokenSigner], _ algorithm: SignatureAlgorithm
    ) throws(SigningError) -> TokenSigner {
        guard let signer = signers[algorithm] else {
            throw SigningError(detail: "there is no signing key for \(algorithm.rawValue)")
        }
        return signer
    }
}

/// Verifiers of our own tokens, one for each way in which they come back to us.
struct OwnTokenVerifiers: Sendable {
    /// Access tokens of people for this server itself.
    let forUs: TokenVerifier
    /// Access tokens of people for managing this server.
    let management: TokenVerifier
    /// Access tokens that are good now, whomever they are for.
    let anyAudience: TokenVerifier
    /// Access tokens that are changed for others, beside a proof of the key that the new ones are to be bound to.
    let exchanged: TokenVerifier
    /// Access tokens that others ask about: what they are bound to is told.
    let introspected: TokenVerifier
    /// Access tokens that some route may still accept.
    let lenient: TokenVerifier
    /// ID tokens, of whatever age: they name a person and let nobody in (OpenID Connect Core §3.1.2.1).
    let hint: TokenVerifier

    init(keys: KeySet, _ configuration: AuthorizationConfiguration) {
        var policy = ClaimPolicy(
            algorithms: keys.algorithms, types: ["at+jwt"], issuers: [configuration.issuer],
            audiences: configuration.audiences,
            requiredClaims: ["exp", "sub", "jti", "sid"].map { ClaimRequirement($0) })
        forUs = TokenVerifier(keys: keys, policy: policy)
        var forManagement = policy
        forManagement.audiences = [configuration.managementAudience]
        forManagement.scopes = [Client.managementScope]
        management = TokenVerifier(keys: keys, policy: forManagement)
        policy.audiences = nil
        policy.requiredClaims = ["exp", "sub", "jti", "client_id"].map { ClaimRequirement($0) }
        // Our own clock made these tokens.
        policy.leeway = 0
        anyAudience = TokenVerifier(keys: keys, policy: policy)
        policy.confirmation = .ifBound
        exchanged = TokenVerifier(keys: keys, policy: policy)
        policy.confirmation = .unchecked
        introspected = TokenVerifier(keys: keys, policy: policy)
        // A route's leeway may accept a token for a while after its end: so long it can be revoked, too.
        policy.leeway = configuration.revocationMargin
        lenient = TokenVerifier(keys: keys, policy: policy)
        hint = TokenVerifier(
            keys: keys,
            policy: ClaimPolicy(
                algorithms: keys.algorithms, types: ["JWT"], issuers: [configuration.issuer],
                leeway: 10 * 365 * 86_400, requiredClaims: [ClaimRequirement("sub"), ClaimRequirement("aud")],
                confirmation: .unchecked))
    }
}
