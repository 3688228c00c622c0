/// Why a verifier would not even try a key with which a signature verifies.
public enum KeyRefusal: Sendable, Equatable {
    /// The key does not say what it is for, and is taken to be for these algorithms; the token's is none of them.
    case takenFor([SignatureAlgorithm])
    /// The key itself is refused, such as a secret that is too short.
    case refused(KeyError)

    /// The key may not be used for this token: nothing tells it from another of its name, or it says itself what forbids it.
    case rejected(TokenRejection)

    /// What a verifier has against the keys for this token; nil when it has nothing.
    /// - Parameter keys: what the keys say about themselves, or why they cannot be read.
    public init?(_ keys: Result<[KeyDescription], KeyError>, token: [UInt8], signed: SignatureAlgorithm) {
        switch keys {
        case .failure(let error): self = .refused(error)
        case .success(let keys):
            var algorithms: [SignatureAlgorithm] = []
            for key in keys {
                if let algorithm = key.algorithm, !algorithms.contains(algorithm) { algorithms.append(algorithm) }
            }
            guard algorithms.contains(signed) else {
                self = .takenFor(algorithms)
                return
            }
            do throws(TokenRejection) {
                let judge = TokenJudge(policy: ClaimPolicy(algorithms: algorithms, acceptsEdDSA: true))
                _ = try judge.plan(token, keys: keys)
                return nil
            } catch {
                guard error.check == .key else { return nil }
                self = .rejected(error)
            }
        }
    }

    /// What a verifier says, as a sentence.
    public var sentence: String {
        switch self {
        case .takenFor(let algorithms):
            var names = ""
            for algorithm in algorithms { names += (names.isEmpty ? "" : ", ") + algorithm.rawValue }
            return names.isEmpty
                ? "A verifier refuses the token all the same: the key is for no signature."
                : "A verifier refuses the token all the same: the key is taken to be for \(names)."
        case .refused(let error):
            return "A verifier refuses the key all the same: \(error.detail) (\(error.code.rawValue))."
        case .rejected(let rejection):
            return "A verifier refuses the token all the same: \(rejection.detail) (\(rejection.code.rawValue))."
        }
    }
}
