import Codecs

/// Finds the keys that may have made a signature: for a named key that one; keys without an identifier answer for any
/// name. Two of one name are told apart by what they are for (RFC 7517 §4.5). There is no default key.
struct KeyChoice {
    let keys: [KeyDescription]
    let steps: StepReporter

    /// The positions of the keys to try for a signature with this header. They stay in the order of `keys`.
    /// - Parameter signer: the one signer that is asked for; nil where any of the keys may have signed.
    func candidates(
        for header: TokenHeader, _ algorithm: SignatureAlgorithm, signer: ByteString? = nil
    ) throws(TokenRejection) -> KeyCandidates {
        let hasExact = keys.indices.contains { isMeant($0, signer) && isNamed($0, header) }
        var first: Int?
        var fitting = 0
        var usable = 0
        var candidates = KeyCandidates()
        for index in keys.indices where isMeant(index, signer) {
            guard hasExact ? isNamed(index, header) : header.keyIDPlace == nil || keys[index].id == nil else {
                continue
            }
            first = first ?? index
            guard keys[index].algorithm == algorithm else { continue }
            fitting += 1
            guard keys[index].mayVerify else { continue }
            usable += 1
            candidates.append(index)
        }
        guard let first else {
            let name = header.keyID.map { " is named \(Display.quoted($0))" } ?? ": the set is empty"
            throw steps.refused(.key, .keyUnknown, part: .header, "no trusted key\(name)")
        }
        guard fitting > 0 else {
            throw steps.refused(
                .key, .keyAlgorithmMismatch, part: .header,
                "the key is not for \(algorithm.rawValue): \(keys[first].summary)")
        }
        guard usable > 0 else {
            throw steps.refused(
                .key, .keyUsage, part: .header, "the key's own \"use\" or \"key_ops\" do not let it verify")
        }
        guard !hasExact || usable == 1 else {
            throw steps.refused(
                .key, .keyAmbiguous, part: .header,
                "\(usable) keys have the token's \"kid\" and are for \(algorithm.rawValue): nothing tells them apart")
        }
        guard usable <= KeyCandidates.maximum else {
            throw steps.refused(
                .key, .keyAmbiguous, part: .header,
                "the token names no key and \(usable) could be meant; at most \(KeyCandidates.maximum) are tried")
        }
        steps.passed(
            .key, part: .header,
            usable == 1 ? keys[candidates[0]].summary : "\(usable) keys may have signed this")
        return candidates
    }

    private func isMeant(_ index: Int, _ signer: ByteString?) -> Bool {
        signer == nil || keys[index].id == signer
    }

    private func isNamed(_ index: Int, _ header: TokenHeader) -> Bool {
        guard let wanted = header.keyIDPlace, let id = keys[index].id else { return false }
        return wanted.equals(id, in: header.block)
    }
}
