import Codecs
import Tokens

/// One part of the verdict: what it is about, how that stands, and the steps that say so.
struct VerdictPart {
    /// What it is about, in the order in which the page shows them.
    enum Name: String, CaseIterable {
        case form
        case signature
        case trust
        case time
        case audience
        case findings
    }

    /// How it stands.
    enum State: String {
        /// Looked at, and good.
        case passed
        /// Looked at, and not good.
        case failed
        /// Not wrong, but not what people should rely on.
        case careful
        /// Not looked at.
        case unknown
    }

    let name: Name
    let state: State
    /// One sentence.
    let text: String
    /// The checks behind it.
    var steps: [VerificationStep] = []
    /// Whether it rests on claims whose signature nobody checked, or that does not hold.
    var isUnproven = false

    var json: JSON {
        var json: JSONObject = [
            "part": .string(ByteString(name.rawValue)), "state": .string(ByteString(state.rawValue)),
            "text": .string(ByteString(Readable.sentence(text))), "steps": .array(steps.map { .object($0.json) }),
        ]
        if isUnproven { json["unproven"] = true }
        return .object(json)
    }
}

/// A verdict taken apart, so that a token can be expired *and* for somebody else *and* signed well. What the judge did not
/// come to, because it stops at the first refusal, is surveyed here and marked as unproven.
struct VerdictParts {
    private let asked: JudgeQuestion
    private let steps: [VerificationStep]
    private let survey: [VerificationStep]
    private let signatureHolds: Bool?

    init(_ asked: JudgeQuestion, steps: [VerificationStep], signatureHolds: Bool?) {
        self.asked = asked
        self.steps = steps
        self.signatureHolds = signatureHolds
        let token = asked.isProof ? ProofQuestion.withoutKey(asked.token) : asked.token
        survey = TokenJudge(policy: asked.policy).survey(token, now: asked.now)
    }

    /// All of them, in their order.
    var all: [VerdictPart] { [form, signature, trust, time, audience, findings] }

    private var isUnproven: Bool { signatureHolds != true }

    private func steps(_ checks: [VerificationStep.Check], in steps: [VerificationStep]) -> [VerificationStep] {
        steps.filter { checks.contains($0.check) }
    }

    private var form: VerdictPart {
        let own = steps([.form, .header, .critical, .claims], in: steps)
        if let failed = own.first(where: { $0.outcome == .failed }) {
            return VerdictPart(name: .form, state: .failed, text: failed.detail, steps: own)
        }
        guard !own.isEmpty else { return formAlone }
        let size = own.first { $0.check == .form }?.detail ?? "read whole"
        return VerdictPart(name: .form, state: .passed, text: size, steps: own)
    }

    /// Without a key the judge reports nothing that passed; the form can be told all the same.
    private var formAlone: VerdictPart {
        do throws(FormDefect) {
            let token = try EncodedToken(asked.token)
            guard let decoded = try? DecodedToken(token), (try? decoded.claims()) != nil else {
                return VerdictPart(name: .form, state: .failed, text: "header or claims cannot be read")
            }
            return VerdictPart(name: .form, state: .passed, text: "three parts, \(asked.token.count) bytes")
        } catch {
            return VerdictPart(name: .form, state: .failed, text: error.detail)
        }
    }

    private var signature: VerdictPart {
        let own = steps([.algorithm, .key, .signature], in: steps)
        if let failed = own.first(where: { $0.outcome == .failed }) {
            return VerdictPart(name: .signature, state: .failed, text: failed.detail, steps: own)
        }
        guard signatureHolds == true else {
            return VerdictPart(name: .signature, state: .unknown, text: "not checked: there is no key", steps: own)
        }
        let detail = own.last { $0.check == .signature }?.detail ?? "the signature holds"
        return VerdictPart(name: .signature, state: .passed, text: detail, steps: own)
    }

    /// Who says that this key is the right one. A key that came with the token vouches for nothing (RFC 8725 §3.10).
    private var trust: VerdictPart {
        let carried = carriedKey
        let keys = asked.key.usable
        if asked.isProof { return proofTrust(carried) }
        guard !keys.isEmpty else {
            return carried == nil
                ? VerdictPart(name: .trust, state: .unknown, text: "no key: nobody vouches for this token")
                : VerdictPart(
                    name: .trust, state: .careful,
                    text: "the token brings its own key, which vouches for nothing: anyone can do that")
        }
        if let carried, keys.contains(where: { $0.material?.hasSamePublicPart(as: carried) == true }) {
            return VerdictPart(
                name: .trust, state: .careful,
                text: "this key stands in the token itself: it proves only that the token made itself")
        }
        if let weak = asked.key.findings.first(where: { $0.severity == .danger && $0.code != .privateKey }) {
            return VerdictPart(name: .trust, state: .careful, text: weak.text)
        }
        guard signatureHolds == true else {
            return VerdictPart(
                name: .trust, state: .unknown, text: "the key that you gave vouches for nothing: it did not sign this")
        }
        if keys.contains(where: { if case .secret? = $0.material { true } else { false } }) {
            return VerdictPart(
                name: .trust, state: .passed,
                text: "you gave this secret; whoever else has it can make such tokens too")
        }
        if let origin = asked.keyOrigin { return publishedTrust(origin) }
        return VerdictPart(
            name: .trust, state: .passed, text: "you gave this key; that it is the issuer's is for you to know")
    }

    /// A key that was fetched is as good as the address that it came from.
    private func publishedTrust(_ origin: KeyOrigin) -> VerdictPart {
        let place = Display.quoted(origin.address)
        guard let issuer = origin.issuer else {
            return VerdictPart(
                name: .trust, state: .passed,
                text: "this key is published at \(place); that this is the issuer's address is for you to know")
        }
        let named = Inspection.payload(of: asked.token)?["iss"]?.string
        guard named == issuer else {
            return VerdictPart(
                name: .trust, state: .careful,
                text: "this key is \(Display.quoted(issuer))'s, and the token says that it is from "
                    + (named.map { Display.quoted($0) } ?? "nobody"))
        }
        let isExpected = asked.policy.issuers?.contains(issuer) == true
        return VerdictPart(
            name: .trust, state: isExpected ? .passed : .careful,
            text: "the issuer \(Display.quoted(issuer)) publishes this key at \(place)"
                + (isExpected ? "" : "; anybody can be an issuer, so say that you expect this one"))
    }

    /// A proof shows only that its sender holds the key in it.
    private func proofTrust(_ carried: KeyMaterial?) -> VerdictPart {
        if signatureHolds == true, let carried,
            asked.key.usable.contains(where: { $0.material?.hasSamePublicPart(as: carried) == true })
        {
            return VerdictPart(name: .trust, state: .passed, text: "the key in the proof is the one that you gave")
        }
        return VerdictPart(
            name: .trust, state: .careful,
            text:
                "a proof brings its own key and shows only that its sender holds it; whose key it is, the access token says "
                + "in \"cnf\"")
    }

    private var carriedKey: KeyMaterial? {
        guard let jwk = Inspection.header(of: asked.token)?["jwk"]?.object else { return nil }
        return (try? JWKReader.key(jwk))?.material
    }

    private var time: VerdictPart {
        let own = steps([.expiry, .notBefore, .issuedAt], in: survey)
        if asked.isProof, !own.contains(where: { $0.outcome == .failed }),
            let age = own.first(where: { $0.check == .issuedAt })
        {
            return VerdictPart(name: .time, state: .passed, text: age.detail, steps: own, isUnproven: isUnproven)
        }
        guard let expiry = own.first(where: { $0.check == .expiry }) else {
            return VerdictPart(name: .time, state: .unknown, text: "the claims cannot be read")
        }
        if let failed = own.first(where: { $0.outcome == .failed }) {
            return VerdictPart(name: .time, state: .failed, text: failed.detail, steps: own, isUnproven: isUnproven)
        }
        return VerdictPart(
            name: .time, state: expiry.outcome == .skipped ? .careful : .passed,
            text: expiry.outcome == .skipped ? "there is no \"exp\": this token never ends" : expiry.detail, steps: own,
            isUnproven: isUnproven)
    }

    private var audience: VerdictPart {
        let own = steps([.type, .issuer, .audience, .confirmation, .requiredClaims, .scopes], in: survey)
        guard !own.isEmpty else {
            return VerdictPart(name: .audience, state: .unknown, text: "the claims cannot be read")
        }
        if let failed = own.first(where: { $0.outcome == .failed }) {
            return VerdictPart(name: .audience, state: .failed, text: failed.detail, steps: own, isUnproven: isUnproven)
        }
        if asked.isProof { return request(own) }
        let wanted: [VerificationStep.Check] = [.issuer, .audience]
        let missing = own.filter { wanted.contains($0.check) && $0.outcome == .skipped }
        guard missing.isEmpty else {
            let names = missing.count == 2 ? "issuer nor audience" : missing[0].check.rawValue
            return VerdictPart(
                name: .audience, state: .unknown,
                text: missing.count == 2
                    ? "you expect neither \(names): any would do" : "you expect no \(names): any would do",
                steps: own, isUnproven: isUnproven)
        }
        let passed = own.filter { $0.outcome == .passed && wanted.contains($0.check) }.map { $0.detail }
        return VerdictPart(
            name: .audience, state: .passed, text: passed.joined(separator: ", "), steps: own, isUnproven: isUnproven)
    }

    /// For which request a proof is.
    private func request(_ own: [VerificationStep]) -> VerdictPart {
        let claims = Inspection.payload(of: asked.token)
        let method = claims?["htm"]?.string.map { Display.quoted($0) } ?? "no method"
        let address = claims?["htu"]?.string.map { Display.quoted($0) } ?? "no address"
        if let failed = steps([.requiredClaims], in: steps).first(where: { $0.outcome == .failed }) {
            return VerdictPart(
                name: .audience, state: .failed, text: "\(failed.detail): it is for \(method) \(address)",
                steps: own + [failed],
                isUnproven: isUnproven)
        }
        guard asked.proof.method != nil, asked.proof.address != nil else {
            return VerdictPart(
                name: .audience, state: .unknown, text: "you name no request: the proof is for \(method) \(address)",
                steps: own,
                isUnproven: isUnproven)
        }
        return VerdictPart(
            name: .audience, state: signatureHolds == true ? .passed : .unknown, text: "it is for \(method) \(address)",
            steps: own, isUnproven: isUnproven)
    }

    private var findings: VerdictPart {
        let seen = asked.seen ?? StudioFindings.of(asked.token, now: asked.now).map { $0.severity }
        let found = seen + asked.key.findings.map { $0.severity }
        let dangers = found.filter { $0 == .danger }.count
        let warnings = found.filter { $0 == .warning }.count
        if dangers > 0 {
            return VerdictPart(
                name: .findings, state: .failed, text: dangers == 1 ? "one danger" : "\(dangers) dangers")
        }
        if warnings > 0 {
            return VerdictPart(
                name: .findings, state: .careful,
                text: warnings == 1 ? "one thing to be careful with" : "\(warnings) things to be careful with")
        }
        return VerdictPart(name: .findings, state: .passed, text: "nothing to be careful with")
    }
}

extension KeyMaterial {
    /// Whether both are halves of, or the whole of, one key.
    fileprivate func hasSamePublicPart(as other: KeyMaterial) -> Bool {
        JWKWriter.required(self) == JWKWriter.required(other)
    }
}
