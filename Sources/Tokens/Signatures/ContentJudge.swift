public import Codecs

/// Judges something signed (a JWS) up to the one question that needs cryptography: do these signatures hold?
public struct ContentJudge: Sendable {
    /// What is asked.
    public let policy: ContentPolicy

    /// A judge for one policy.
    public init(policy: ContentPolicy) {
        self.policy = policy
    }

    /// Everything that can be said before a key is touched.
    /// - Parameters:
    ///   - text: what arrived, in any serialisation.
    ///   - detached: the content, where it travels apart from its signatures (RFC 7515 Appendix F).
    ///   - keys: the trusted keys, by what they say about themselves.
    ///   - maximumSize: the largest text that is looked at, in bytes.
    ///   - report: hears of each step; with several signatures, of the steps of each.
    public func plan(
        _ text: [UInt8], detached: [UInt8]?, keys: [KeyDescription],
        maximumSize: Int = EncodedContent.defaultMaximumSize, report: ((VerificationStep) -> Void)? = nil
    ) throws(TokenRejection) -> ContentPlan {
        let steps = StepReporter(listener: report)
        let content: EncodedContent
        do throws(FormDefect) {
            content = try EncodedContent(text, maximumSize: maximumSize)
        } catch {
            throw steps.refused(.form, error.code, error.detail)
        }
        steps.passed(
            .form,
            "\(content.serialization.rawValue), \(Display.count(content.signatures.count, "signature")), "
                + Display.count(text.count, "byte")
        )
        let signer = try signer(keys, steps)
        var questions: [PlannedSignature] = []
        if let signer {
            questions = try questionsAbout(signer, content, keys, steps)
        } else {
            for signature in content.signatures {
                questions.append(try question(signature, try header(of: signature, steps), nil, keys, steps))
            }
        }
        guard let isEncoded = questions.first?.payloadIsEncoded else {
            throw steps.refused(.key, .signerMissing, part: .header, "the signer that is asked for has not signed this")
        }
        guard questions.allSatisfy({ $0.payloadIsEncoded == isEncoded }) else {
            throw steps.refused(
                .critical, .criticalInvalid, part: .header, "\"b64\" differs between the signatures (RFC 7797 §3)")
        }
        let (payload, signed) = try payload(of: content, detached, isEncoded, steps)
        return ContentPlan(payload: payload, signedPayload: signed, questions: questions)
    }

    /// The one signer that the policy asks for, who must be trusted; nil where every signature must hold.
    private func signer(_ keys: [KeyDescription], _ steps: StepReporter) throws(TokenRejection) -> ByteString? {
        guard case .exactly(let id) = policy.signers else { return nil }
        guard keys.contains(where: { $0.id == id }) else {
            throw steps.refused(.key, .keyUnknown, "no trusted key is named \(Display.quoted(id))")
        }
        return id
    }

    /// The signatures that may be this signer's: those that name it, and those without a name, which may be anybody's.
    /// What else stands beside them counts for nothing, also where it is no good: anybody can append a signature, and
    /// that must not undo another's. (One appended in this signer's name, or without a name, that says `b64` differently does
    /// undo it: RFC 7797 §3 wants one content for all, and which one that is must not depend on who holds.) Only when none is left is the first complaint the answer, before all others that of
    /// a signature that names the signer.
    private func questionsAbout(
        _ signer: ByteString, _ content: EncodedContent, _ keys: [KeyDescription], _ steps: StepReporter
    ) throws(TokenRejection) -> [PlannedSignature] {
        var questions: [PlannedSignature] = []
        var refusal: (steps: [VerificationStep], rejection: TokenRejection, isNamed: Bool)?
        for signature in content.signatures {
            var heard: [VerificationStep] = []
            var isNamed = false
            do throws(TokenRejection) {
                // Told only once it is known that this signature counts.
                let own = StepReporter(listener: steps.listener == nil ? nil : { heard.append($0) })
                let header = try header(of: signature, own)
                if let name = header.joint.keyID {
                    guard name == signer else { continue }
                    isNamed = true
                }
                questions.append(try question(signature, header, signer, keys, own))
                for step in heard { steps.listener?(step) }
            } catch {
                if refusal == nil || (isNamed && refusal?.isNamed == false) { refusal = (heard, error, isNamed) }
            }
        }
        if questions.isEmpty, let refusal {
            for step in refusal.steps { steps.listener?(step) }
            throw refusal.rejection
        }
        return questions
    }

    private func header(of signature: EncodedSignature, _ steps: StepReporter) throws(TokenRejection) -> ContentHeader {
        var protected = JSONObject()
        if !signature.protected.isEmpty {
            do throws(StrictPart.Defect) {
                protected = try StrictPart.object(
                    base64url: signature.protected, depth: DecodedToken.headerDepth)
            } catch {
                throw steps.refusedHeader(error)
            }
        }
        var joint = protected
        for member in signature.unprotected?.members ?? [] {
            guard protected[member.name] == nil else {
                throw steps.refused(
                    .header, .headerDuplicate, part: .header,
                    "\(Display.quoted(member.name)) stands in the protected and in the unprotected header")
            }
            guard !Self.protectedOnly.contains(member.name) else {
                throw steps.refused(
                    .header, .headerParameter, part: .header,
                    "\(Display.quoted(member.name)) counts only in the protected header")
            }
            joint[member.name] = member.value
        }
        do throws(HeaderDefect) {
            let header = ContentHeader(protected: protected, joint: try TokenHeader(joint))
            steps.passed(.header, part: .header, Display.count(protected.members.count, "protected parameter"))
            return header
        } catch {
            throw steps.refused(.header, error.code, part: .header, error.detail)
        }
    }

    /// What decides how a signature is checked must be signed itself: RFC 7515 §4.1.11 says so of `crit`, RFC 7797 of
    /// `b64`; of `alg` it is the lesson of GHSA-jc38-x7x8-2xc8.
    private static let protectedOnly: [ByteString] = ["alg", "crit", "b64", "typ", "cty"]

    private func question(
        _ signature: EncodedSignature, _ header: ContentHeader, _ signer: ByteString?, _ keys: [KeyDescription],
        _ steps: StepReporter
    ) throws(TokenRejection) -> PlannedSignature {
        let rules = HeaderRules(steps: steps)
        let algorithm = try rules.algorithm(
            header.joint.algorithm, allowed: policy.algorithms, acceptsEdDSA: policy.acceptsEdDSA)
        let isEncoded = try rules.critical(header.protected, understandsB64: true)
        if !isEncoded, header.joint.hasType("JWT") {
            throw steps.refused(
                .critical, .criticalInvalid, part: .header, "a JWT's payload is always base64url (RFC 7797 §7)")
        }
        if let types = policy.types, !types.contains(where: { header.joint.hasType($0) }) {
            throw steps.refused(
                .type, .typeMismatch, part: .header, "\"typ\" is not what is expected: \(Display.list(types))")
        }
        let candidates = try KeyChoice(keys: keys, steps: steps)
            .candidates(for: header.joint, algorithm, signer: signer)
        let bytes: [UInt8]
        do throws(Base64Error) {
            bytes = try Base64URL.decode(signature.signature)
        } catch {
            throw steps.refused(
                .signature, .signatureEncoding, part: .signature, "a signature is not base64url: \(error.description)")
        }
        guard candidates.contains(where: { keys[$0].signatureLength == bytes.count }) else {
            throw steps.refused(
                .signature, .signatureLength, part: .signature,
                "a signature has \(bytes.count) bytes, which no \(algorithm.rawValue) signature of this key has")
        }
        return PlannedSignature(
            protected: signature.protected, header: header.protected, algorithm: algorithm, candidates: candidates,
            signature: bytes, payloadIsEncoded: isEncoded)
    }

    /// The content, and the bytes that stand for it in what is signed.
    private func payload(
        of content: EncodedContent, _ detached: [UInt8]?, _ isEncoded: Bool, _ steps: StepReporter
    ) throws(TokenRejection) -> (payload: [UInt8], signed: [UInt8]) {
        if let embedded = content.payload {
            guard detached == nil else {
                throw steps.refused(.form, .payloadUnexpected, part: .payload, "the content is there twice")
            }
            guard isEncoded else {
                // RFC 7797 §5.2 lets an application forbid this, and dots in it would end it early.
                guard content.serialization != .compact else {
                    throw steps.refused(
                        .critical, .criticalInvalid, part: .header,
                        "a compact JWS whose payload is not base64url must be detached")
                }
                return (embedded, embedded)
            }
            do throws(Base64Error) {
                return (try Base64URL.decode(embedded), embedded)
            } catch {
                throw steps.refused(
                    .form, .payloadEncoding, part: .payload, "the payload is not base64url: \(error.description)")
            }
        }
        // The compact form of empty content and that of detached content are one text. Which it is, the caller says.
        guard let detached else {
            throw steps.refused(
                .form, .payloadMissing, part: .payload, "the content is detached and was not given")
        }
        return (detached, isEncoded ? Base64URL.encodeBytes(detached) : detached)
    }
}

/// A signature's headers: what is vouched for, and both together for finding the key.
private struct ContentHeader {
    let protected: JSONObject
    let joint: TokenHeader
}

/// What is known of something signed before its signatures are checked.
public struct ContentPlan: Sendable {
    /// The content.
    public let payload: [UInt8]
    /// The content as it is signed: in base64url, or as it is.
    public let signedPayload: [UInt8]
    /// The signatures that must hold; at least one.
    public let questions: [PlannedSignature]
}

/// One signature that must hold, and which keys may have made it.
public struct PlannedSignature: Sendable {
    /// The protected header in base64url.
    public let protected: [UInt8]
    /// The protected header.
    public let header: JSONObject
    /// The algorithm that both policy and key allow.
    public let algorithm: SignatureAlgorithm
    /// Positions of the keys to try.
    public let candidates: KeyCandidates
    /// The signature's bytes.
    public let signature: [UInt8]
    /// Whether the payload is signed as base64url.
    public let payloadIsEncoded: Bool
}

extension TokenRejection {
    /// A signature that does not hold, told to the listener as well.
    public static func signatureMismatch(_ report: ((VerificationStep) -> Void)?) -> TokenRejection {
        StepReporter(listener: report).refused(
            .signature, .signatureMismatch, part: .signature, "a signature does not belong to this content and key")
    }

    /// A certificate chain that nobody vouches for, told to the listener as well.
    public static func certificateUntrusted(
        _ detail: String, _ report: ((VerificationStep) -> Void)?
    ) -> TokenRejection {
        StepReporter(listener: report).refused(.key, .certificateUntrusted, part: .header, detail)
    }
}

extension VerificationStep {
    /// The step of signatures that hold.
    public static func signatureHolds(count: Int) -> VerificationStep {
        VerificationStep(
            check: .signature, outcome: .passed, code: nil,
            detail: count == 1 ? "the signature holds" : "\(count) signatures hold", part: .signature)
    }
}
