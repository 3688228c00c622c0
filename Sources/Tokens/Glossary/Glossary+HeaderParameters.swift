extension Glossary {
    /// Header parameters of the IANA registry "JSON Web Signature and Encryption Header Parameters".
    static let headerParameters = """
        # RFC 7515
        alg | Algorithm | How the signature was made, or how the content key was encrypted. | §4.1.1
        jku | JWK set URL | Where the sender says its keys are; never followed here. | §4.1.2
        jwk | Embedded key | A key sent along with the token; it vouches for nothing. | §4.1.3
        kid | Key ID | Which key signed this: a hint for choosing among trusted keys. | §4.1.4
        x5u | Certificate URL | Where the sender says its certificate is; never followed here. | §4.1.5
        x5c | Certificate chain | Certificates sent along with the token. | §4.1.6
        x5t | Certificate SHA-1 | The SHA-1 thumbprint of the signing certificate. | §4.1.7
        x5t#S256 | Certificate SHA-256 | The SHA-256 thumbprint of the signing certificate. | §4.1.8
        typ | Type | What kind of token this is, so that one kind is not taken for another. | §4.1.9
        cty | Content type | What the payload is; "JWT" when a token lies inside. | §4.1.10
        crit | Critical | Extensions that a reader must understand or refuse the token. | §4.1.11
        # RFC 7516
        enc | Content encryption | How the payload is encrypted. | §4.1.2
        zip | Compression | How the payload was compressed before encryption. | §4.1.3
        # RFC 7518
        epk | Ephemeral key | The sender's one-time key for key agreement. | §4.6.1.1
        apu | Party U | Who agrees on the key: the producer. | §4.6.1.2
        apv | Party V | Who agrees on the key: the recipient. | §4.6.1.3
        iv | Initialization vector | The vector of AES-GCM when it encrypts the content key. | §4.7.1.1
        tag | Authentication tag | The tag of AES-GCM when it encrypts the content key. | §4.7.1.2
        p2s | PBES2 salt | The salt of password-based encryption. | §4.8.1.1
        p2c | PBES2 count | The rounds of password-based encryption. | §4.8.1.2
        # RFC 7519
        iss | Issuer | A copy of the claim, readable before decryption. | §5.3
        sub | Subject | A copy of the claim, readable before decryption. | §5.3
        aud | Audience | A copy of the claim, readable before decryption. | §5.3
        # RFC 7797
        b64 | Unencoded payload | Whether the payload is base64url; not for JWTs. | §3
        # RFC 8225
        ppt | PASSporT extension | The extension of a caller-identity token that this one uses. | §8.1
        # RFC 8555
        url | Request URL | The address that an ACME request was signed for. | §6.4.1
        nonce | Nonce | A value that makes this message single, so that it cannot be replayed. | §6.5.2
        # RFC 9321
        svt | Signature validation | Tokens that prove an earlier check of this signature.
        # OpenID Federation 1.0 | https://openid.net/specs/openid-federation-1_0.html
        trust_chain | Trust chain | Statements from the issuer up to a trust anchor.
        """
}
