import Tokens

/// The one table that says which backend does what.
enum SignatureBackends {
    /// The backends of this build.
    enum Choice: String, Sendable, CaseIterable {
        /// swift-crypto, which brings BoringSSL.
        case boringSSL = "BoringSSL"
        #if OpenSSL
            /// The system's libcrypto, version 3 or later.
            case openSSL = "OpenSSL"
        #endif
    }

    /// Which backend an operation uses; nil where the algorithm is not supported in this build.
    ///
    /// The factors are OpenSSL 3.0 against BoringSSL on x86-64 with AVX-512 IFMA. RSA signing owes all of its gain to
    /// those instructions: on a processor without them OpenSSL is as fast as BoringSSL (1.0), so the choice costs
    /// nothing there. Everything that is not named gains nothing or loses (ES384 sign 0.64, Ed25519 verify 0.65).
    static func choice(_ algorithm: SignatureAlgorithm, _ operation: SignatureOperation) -> Choice? {
        #if OpenSSL
            switch (algorithm, operation) {
            // Two hash contexts copied on the stack, against swift-crypto's four on the heap.
            case (.hs256, _), (.hs384, _), (.hs512, _): return .openSSL
            // 2.4
            case (.rs256, .sign), (.rs384, .sign), (.rs512, .sign): return .openSSL
            case (.ps256, .sign), (.ps384, .sign), (.ps512, .sign): return .openSSL
            // 2.3 to verify, 4.5 to sign
            case (.es512, _): return .openSSL
            // BoringSSL has neither.
            case (.es256k, _), (.ed448, _): return .openSSL
            default: return .boringSSL
            }
        #else
            return BoringSSLBackend.supports(algorithm) ? .boringSSL : nil
        #endif
    }

    /// Whether tokens of this algorithm can be made and checked in this build.
    static func supports(_ algorithm: SignatureAlgorithm) -> Bool {
        choice(algorithm, .verify) != nil && choice(algorithm, .sign) != nil
    }

    /// Refuses an algorithm that no backend of this build has.
    static func requireSupport(_ algorithm: SignatureAlgorithm) throws(KeyError) {
        guard !supports(algorithm) else { return }
        throw KeyError(
            .unsupported,
            "\(algorithm.rawValue) needs the system's OpenSSL, which is not built in (package trait \"OpenSSL\")")
    }
}
