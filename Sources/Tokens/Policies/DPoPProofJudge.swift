public import Codecs

/// What a DPoP proof must say (RFC 9449 §4.3): for which request, with which access token, how fresh.
public struct DPoPExpectation: Sendable {
    /// The method of the request.
    public var method: ByteString
    /// The address of the request; its query and fragment do not count.
    public var address: RequestAddress
    /// SHA-256 of the access token that comes with the request, in base64url; nil where none does, as at the token
    /// endpoint.
    public var accessTokenHash: ByteString?
    /// The nonce that the server gave; nil if it gives none.
    public var nonce: ByteString?

    /// An expectation.
    public init(
        method: ByteString, address: RequestAddress, accessTokenHash: ByteString? = nil, nonce: ByteString? = nil
    ) {
        self.method = method
        self.address = address
        self.accessTokenHash = accessTokenHash
        self.nonce = nonce
    }
}

/// Judges a DPoP proof up to and after the one question that needs cryptography.
///
/// The only place where a token's own `jwk` is believed, and only that far: the proof shows that its sender holds the
/// private half. Whose key it is, the access token says in `cnf.jkt`.
public struct DPoPProofJudge: Sendable {
    /// The algorithms that are accepted; those with a shared secret never are.
    public let algorithms: [SignatureAlgorithm]
    /// The most seconds since `iat`.
    public let maximumAge: Int64
    /// Seconds by which clocks may differ.
    public let leeway: Int64
    /// Whether a proof may name Ed25519 by its older name `EdDSA` (RFC 8037), where Ed25519 is allowed at all.
    public let acceptsEdDSA: Bool

    /// A judge. Of `leeway` more than 120 counts as 120.
    public init(
        algorithms: [SignatureAlgorithm], maximumAge: Int64 = 60, leeway: Int64 = 30, acceptsEdDSA: Bool = false
    ) {
        self.acceptsEdDSA = acceptsEdDSA
        self.algorithms = algorithms.filter { $0.family != .hmac }
        self.maximumAge = maximumAge
        self.leeway = ClaimPolicy.serverLeeway(leeway)
    }

    /// Everything that can be said before the key is used, and which key that is.
    public func plan(
        _ text: [UInt8], report: ((VerificationStep) -> Void)? = nil
    ) throws(TokenRejection) -> DPoPProofPlan {
        let steps = StepReporter(listener: report)
        let (encoded, header, embedded) = try decode(text, steps)
        let rules = HeaderRules(steps: steps)
        let algorithm = try rules.algorithm(header.algorithm, allowed: algorithms, acceptsEdDSA: acceptsEdDSA)
        _ = try rules.critical(header.json, understandsB64: false)
        let key = try publicKey(embedded, algorithm, steps)
        let signature: [UInt8]
        do throws(Base64Error) {
            signature = try encoded.decode(.signature)
        } catch {
            throw steps.refused(
                .signature, .signatureEncoding, part: .signature, "the signature is not base64url: \(error.description)"
            )
        }
        guard key.description.signatureLength == signature.count else {
            throw steps.refused(
                .signature, .signatureLength, part: .signature,
                "the signature has \(signature.count) bytes; this key's have \(key.description.signatureLength ?? 0)")
        }
        return DPoPProofPlan(encoded: encoded, header: header, algorithm: algorithm, key: key, signature: signature)
    }

    /// Everything that can be said once the signature has been checked.
    public func judge(
        _ plan: DPoPProofPlan, signatureHolds: Bool, expecting expected: DPoPExpectation, now: Int64,
        report: ((VerificationStep) -> Void)? = nil
    ) throws(TokenRejection) -> Claims {
        let steps = StepReporter(listener: report)
        guard signatureHolds else {
            throw steps.refused(
                .signature, .signatureMismatch, part: .signature, "the signature does not belong to this text and key")
        }
        steps.passed(.signature, part: .signature, "the \(plan.algorithm.rawValue) signature holds")
        let claims = try claims(of: plan.encoded, steps)
        let policy = ClaimPolicy(
            algorithms: algorithms, types: [Self.type], leeway: leeway,
            maximumAge: maximumAge,
            claimRules: [
                ClaimRule("jti", .present), ClaimRule("htm", .equals(.string(expected.method))),
                ClaimRule("htu", .present),
            ] + (expected.accessTokenHash.map { [ClaimRule("ath", .equals(.string($0)))] } ?? []),
            // A proof is bound to nothing: it is what others are bound by.
            confirmation: .unchecked)
        try ClaimJudge(policy: policy).judge(claims, header: plan.header, now: now, confirmation: .none, steps)
        guard let address = claims.json.value(named: "htu")?.string, RequestAddress(address) == expected.address else {
            throw steps.refused(
                .requiredClaims, .claimMismatch, part: .payload, "\"htu\" is not the address of this request")
        }
        if let nonce = expected.nonce {
            guard claims.json.value(named: "nonce")?.string == nonce else {
                throw steps.refused(
                    .requiredClaims, .proofNonceMismatch, part: .payload, "\"nonce\" is not the one given here")
            }
        }
        return claims
    }

    private static let type: ByteString = "dpop+jwt"

    /// The parts, the header without its key, and that key.
    private func decode(
        _ text: [UInt8], _ steps: StepReporter
    ) throws(TokenRejection) -> (EncodedToken, TokenHeader, JSON?) {
        let encoded: EncodedToken
        do throws(FormDefect) {
            encoded = try EncodedToken(text)
        } catch {
            throw steps.refused(.form, error.code, error.detail)
        }
        steps.passed(.form, "three parts, \(text.count) bytes")
        var object: JSONObject
        do throws(StrictPart.Defect) {
            object = try StrictPart.object(
                base64url: Array(text[encoded.header]), depth: DecodedToken.headerDepth)
        } catch {
            throw steps.refusedHeader(error)
        }
        let key = object["jwk"]
        object["jwk"] = nil
        let header: TokenHeader
        do throws(HeaderDefect) {
            header = try TokenHeader(object)
        } catch {
            throw steps.refused(.header, error.code, part: .header, error.detail)
        }
        guard header.hasType(Self.type) else {
            throw steps.refused(.type, .typeMismatch, part: .header, "\"typ\" is not \(Display.quoted(Self.type))")
        }
        steps.passed(.header, part: .header, "a JSON object with \(Display.count(object.members.count, "parameter"))")
        return (encoded, header, key)
    }

    private func publicKey(
        _ embedded: JSON?, _ algorithm: SignatureAlgorithm, _ steps: StepReporter
    ) throws(TokenRejection) -> DecodedKey {
        guard let jwk = embedded?.object else {
            throw steps.refused(.key, .proofKeyInvalid, part: .header, "the header has no \"jwk\" that is an object")
        }
        guard !PrivateMembers.areIn(jwk) else {
            throw steps.refused(.key, .proofKeyInvalid, part: .header, "\"jwk\" holds a secret or a private key")
        }
        let key: DecodedKey
        do throws(KeyError) {
            key = try JWKReader.key(jwk, algorithm: algorithm)
        } catch {
            throw steps.refused(.key, .proofKeyInvalid, part: .header, "\"jwk\" is no good key: \(error.detail)")
        }
        guard key.material != nil, key.description.algorithm == algorithm, key.description.mayVerify else {
            throw steps.refused(
                .key, .proofKeyInvalid, part: .header,
                "\"jwk\" cannot verify \(algorithm.rawValue): \(key.description.summary)")
        }
        steps.passed(.key, part: .header, key.description.summary)
        return key
    }

    private func claims(of encoded: EncodedToken, _ steps: StepReporter) throws(TokenRejection) -> Claims {
        let object: JSONObject
        do throws(StrictPart.Defect) {
            object = try StrictPart.object(
                base64url: Array(encoded.bytes[encoded.payload]), depth: DecodedToken.claimsDepth)
        } catch {
            throw steps.refusedClaims(error)
        }
        do throws(ClaimDefect) {
            let claims = try Claims(object)
            steps.passed(.claims, part: .payload, "a JSON object with \(object.members.count) claims")
            return claims
        } catch {
            throw steps.refused(.claims, error.code, part: .payload, error.detail)
        }
    }
}

/// What is known of a DPoP proof before its signature is checked, and the key that must have made it.
public struct DPoPProofPlan: Sendable {
    /// The proof as it arrived.
    public let encoded: EncodedToken
    /// Its header, without the key.
    public let header: TokenHeader
    /// The algorithm that is both allowed and the key's.
    public let algorithm: SignatureAlgorithm
    /// The public key of the header.
    public let key: DecodedKey
    /// The signature's bytes.
    public let signature: [UInt8]
}
