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
    /// those instructions: without them OpenSSL signs 1.0 times as fast as BoringSSL (1,726 against 1,720 signatures a
    /// second), so the choice costs nothing there but the check of each signature. Everything that is not named gains
    /// nothing or loses: RSA verify 0.7 to 0.9, ES256 0.8 and 1.0, ES384 0.5 to 0.8 and 0.4 to 0.6, Ed25519 0.8 and 0.4.
    static func choice(_ algorithm: SignatureAlgorithm, _ operation: SignatureOperation) -> Choice? {
        #if OpenSSL
            switch (algorithm, operation) {
            // 2.0 to 2.3: hash contexts are copied on the stack, swift-crypto's on the heap.
            case (.hs256, _), (.hs384, _), (.hs512, _): return .openSSL
            // 2.0 to 2.4
            case (.rs256, .sign), (.rs384, .sign), (.rs512, .sign): return .openSSL
            case (.ps256, .sign), (.ps384, .sign), (.ps512, .sign): return .openSSL
            // 2.4 to verify, 4.4 to sign
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
