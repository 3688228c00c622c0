import Codecs

/// Finds the keys that may have made a signature: for a named key that one; keys without an identifier answer for any
/// name. There is no default key.
struct KeyChoice {
    let keys: [KeyDescription]
    /// Positions of the keys that may be chosen.
    let among: [Int]
    let steps: StepReporter

    func candidates(keyID: ByteString?, _ algorithm: SignatureAlgorithm) throws(TokenRejection) -> [Int] {
        let named = among.filter { index in
            guard let keyID, let id = keys[index].id else { return true }
            return id == keyID
        }
        let exact = keyID == nil ? [] : named.filter { keys[$0].id != nil }
        let eligible = exact.isEmpty ? named : exact
        guard let first = eligible.first else {
            let name = keyID.map { " is named \(Display.quoted($0))" } ?? ": the set is empty"
            throw steps.refused(.key, .keyUnknown, part: .header, "no trusted key\(name)")
        }
        let fitting = eligible.filter { keys[$0].algorithm == algorithm }
        guard !fitting.isEmpty else {
            throw steps.refused(
                .key, .keyAlgorithmMismatch, part: .header,
                "the key is not for \(algorithm.rawValue): \(keys[first].summary)")
        }
        let usable = fitting.filter { keys[$0].mayVerify }
        guard let chosen = usable.first else {
            throw steps.refused(
                .key, .keyUsage, part: .header, "the key's own \"use\" or \"key_ops\" do not let it verify")
        }
        guard usable.count <= KeyCandidates.maximum else {
            throw steps.refused(
                .key, .keyAmbiguous, part: .header,
                "no key is named and \(usable.count) could be meant; at most \(KeyCandidates.maximum) are tried")
        }
        steps.passed(
            .key, part: .header,
            usable.count == 1 ? keys[chosen].summary : "\(usable.count) keys may have signed this")
        return usable
    }
}
