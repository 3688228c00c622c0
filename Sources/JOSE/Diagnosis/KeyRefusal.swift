import Codecs
public import Tokens

/// Why a verifier would not even try a key with which a signature verifies.
public enum KeyRefusal: Sendable, Equatable {
    /// The key does not say what it is for, and is taken to be for these algorithms; the token's is none of them.
    case takenFor([SignatureAlgorithm])
    /// The key itself is refused, such as a secret that is too short.
    case refused(KeyError)

    /// What a verifier has against the key, given as it is; nil when it has nothing.
    /// - Parameter algorithm: what the key was said to be for.
    init?(
        _ key: [UInt8], _ form: KeyReader.Form, saidFor algorithm: SignatureAlgorithm?, signed: SignatureAlgorithm
    ) {
        do throws(KeyError) {
            let isDocument = form == .document && KeyReader.isDocument(key)
            let read = try KeyReader.read(
                key, as: form == .document && !isDocument ? .utf8 : form, algorithm: algorithm)
            let algorithms = try KeySet(read).algorithms
            guard !algorithms.contains(signed) else { return nil }
            self = .takenFor(algorithms)
        } catch {
            self = .refused(error)
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
        }
    }
}
