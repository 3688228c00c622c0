public import Codecs
import Crypto
public import Tokens

/// Why a signature does not verify: which of the usual mistakes it was, and how to mend it.
///
/// It accepts nothing, whatever it finds: only `TokenVerifier` makes a `VerifiedToken`. It says nothing about claims.
public struct Diagnosis: Sendable {
    /// How it ended.
    public typealias Outcome = DiagnosisReport.Outcome

    /// What the attempts came to.
    public let report: DiagnosisReport
    /// Keys of a set that are no good, and were passed over.
    public let passedOver: [KeyError]

    /// How it ended.
    public var outcome: Outcome { report.outcome }
    /// The mistakes, each as a stable public name; mostly one, at most a few.
    public var mistakes: [MistakeCode] { report.mistakes }
    /// The algorithm with which the signature verified; nil when it did not.
    public var algorithm: SignatureAlgorithm? { report.algorithm }
    /// The form in which the secret should have been given, where that is the repair.
    public var keyForm: KeyReader.Form? { report.keyForm }
    /// The key of the set that made the signature, where it has a name.
    public var keyID: ByteString? { report.keyID }
    /// The token as it should have been, where it can be given and where it verifies.
    public var repairedToken: [UInt8]? { report.repairedToken }
    /// How many signatures were computed.
    public var attempts: Int { report.attempts }
    /// What is to be said about a secret that verified, or about the one that a search found.
    public var findings: [Finding] { report.findings }
    /// Why a verifier does not take the key, as it was given or, with `keyForm`, as it should be; nil when it would.
    public var keyRefusal: KeyRefusal? { report.keyRefusal }
    /// The hash that made an ECDSA signature, where it was not the algorithm's own.
    public var hash: String? { report.hash }
    /// What the token says that its key is called (`kid`).
    public var tokenKeyID: ByteString? { report.tokenKeyID }
    /// What the keys that were tried are called, in the order of their document.
    public var keyIDs: [ByteString] { report.keyIDs }
    /// What happened, for people.
    public var text: String { report.text }
    /// What to do, for people; empty when there is nothing.
    public var advice: String { report.advice }
    /// The diagnosis as the terminal's `--json` writes it. Never a key.
    public var json: JSONObject { report.json }

    /// Tries the usual mistakes, at most `DiagnosisCandidates.maximum` of them.
    /// - Parameters:
    ///   - token: the token as it was given, at most 64 KiB.
    ///   - key: what was given as the key: PEM, JWK, JWK set, or a secret.
    ///   - form: how a secret was to be read; `document` where a key document was to be read, or that is not known.
    ///   - saidFor: what the key was said to be for, where it does not say so itself.
    public init(
        token: [UInt8], key: [UInt8], form: KeyReader.Form = .document, algorithm saidFor: SignatureAlgorithm? = nil
    ) {
        let candidates = DiagnosisCandidates(token: token, key: key, form: form)
        let given = Self.keys(key, form, saidFor: saidFor)
        passedOver = (try? given.get())?.passedOver ?? []
        var keys: [KeyUse: VerificationKey?] = [:]
        for number in 0..<candidates.count {
            guard let candidate = candidates.candidate(number) else { break }
            guard let match = Self.holds(candidate, candidates.keys[candidate.keyIndex], &keys) else { continue }
            report = DiagnosisReport(
                candidates, succeeded: candidate, number: number, match: match, token: token, form: form
            ) { other in
                (other == form ? given : Self.keys(key, other, saidFor: saidFor)).map(\.descriptions)
            }
            return
        }
        report = DiagnosisReport(
            failed: candidates, form: form, keys: given.map(\.descriptions),
            weakness: WeakSecretSearch.finding(token)
        ) {
            candidates.hashAttempts.first {
                OtherHash.holds($0, candidates.keys[$0.candidate.keyIndex])
            }?.hash
        }
    }

    /// The keys as a verifier reads them, given as they are.
    /// - Parameter algorithm: what the key was said to be for.
    private static func keys(
        _ key: [UInt8], _ form: KeyReader.Form, saidFor algorithm: SignatureAlgorithm?
    ) -> Result<KeySet, KeyError> {
        do throws(KeyError) {
            return .success(try KeySet(try KeyReader.read(key, as: form, algorithm: algorithm)))
        } catch {
            return .failure(error)
        }
    }

    // Running the attempts

    private struct KeyUse: Hashable {
        let key: Int
        let algorithm: SignatureAlgorithm
    }

    private static func holds(
        _ candidate: DiagnosisCandidates.Candidate, _ key: DiagnosisCandidates.Key,
        _ keys: inout [KeyUse: VerificationKey?]
    ) -> DiagnosisReport.Match? {
        switch key {
        case .secret(let secret), .material(.secret(let secret), _):
            // Straight to the primitive: short secrets are refused everywhere else, and must be explained here.
            guard let mac = SharedSecretMAC.compute(candidate.algorithm, secret, candidate.input) else { return nil }
            if mac == candidate.signature { return .whole }
            let count = candidate.signature.count
            guard count >= DiagnosisReport.shortestPrefix, count < mac.count,
                mac[..<count].elementsEqual(candidate.signature)
            else {
                return nil
            }
            return .prefix
        case .material(let material, let id):
            let use = KeyUse(key: candidate.keyIndex, algorithm: candidate.algorithm)
            let verifier: VerificationKey?
            if let known = keys[use] {
                verifier = known
            } else {
                let decoded = try? DecodedKey(material, id: id, algorithm: candidate.algorithm)
                verifier = decoded.flatMap { try? VerificationKey($0) }
                keys[use] = .some(verifier)
            }
            return verifier?.verifies(candidate.signature, over: candidate.input[...]) == true ? .whole : nil
        }
    }
}

/// HMAC with a secret of any length, for explaining; verifiers use `VerificationKey`, which refuses weak secrets.
enum SharedSecretMAC {
    static func compute(_ algorithm: SignatureAlgorithm, _ secret: [UInt8], _ input: [UInt8]) -> [UInt8]? {
        let key = SymmetricKey(data: secret)
        switch algorithm {
        case .hs256: return Array(HMAC<SHA256>.authenticationCode(for: input, using: key))
        case .hs384: return Array(HMAC<SHA384>.authenticationCode(for: input, using: key))
        case .hs512: return Array(HMAC<SHA512>.authenticationCode(for: input, using: key))
        default: return nil
        }
    }
}
