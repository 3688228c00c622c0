import Tokens

/// A library that does the mathematics of signatures, behind three functions: prepare a key, verify, sign.
///
/// A key is prepared once, for one algorithm and one operation, so that no call parses it again. Sizes of signatures are
/// checked by the backend too: it never hands a signature of another length than the algorithm's to its library.
protocol SignatureBackend {
    /// A key that is ready for its one algorithm and operation.
    associatedtype Key: Sendable

    /// Whether the library has an algorithm. What is used for what is another question: see `SignatureBackends`.
    static func supports(_ algorithm: SignatureAlgorithm) -> Bool

    /// Makes a key ready; throws when the numbers are no key of that algorithm.
    static func prepare(
        _ material: KeyMaterial, for algorithm: SignatureAlgorithm, to operation: SignatureOperation
    ) throws -> Key

    /// Whether a signature, in the form that JWS has (RFC 7518 §3), belongs to these bytes. A key that was prepared to
    /// sign verifies nothing, unless it is a shared secret.
    static func verifies(
        signature: UnsafeRawBufferPointer, input: UnsafeRawBufferPointer, with key: Key
    ) -> Bool

    /// Signs bytes; the answer has the form that JWS has.
    static func sign(_ input: UnsafeRawBufferPointer, with key: Key) throws -> [UInt8]
}

/// What a key is prepared for.
enum SignatureOperation: Sendable, CaseIterable {
    /// Checking signatures: the public half suffices.
    case verify
    /// Making signatures.
    case sign
}

/// Why a backend cannot use a key or make a signature; it names no key material, and its callers say the rest.
enum SignatureBackendError: Error {
    /// The material is not of the kind that the algorithm wants, or a part is missing or out of range.
    case badKey
    /// The library reports a failure.
    case failed
}

/// A key that is ready in the backend which the table chose for it.
enum PreparedKey: Sendable {
    case boringSSL(BoringSSLBackend.Key)
    #if OpenSSL
        case openSSL(OpenSSLBackend.Key)
    #endif

    /// Prepares a key where the table says.
    init(
        _ material: KeyMaterial, for algorithm: SignatureAlgorithm, to operation: SignatureOperation
    ) throws {
        guard let choice = SignatureBackends.choice(algorithm, operation) else { throw SignatureBackendError.badKey }
        try self.init(material, for: algorithm, to: operation, in: choice)
    }

    /// Prepares a key in this backend, whatever the table says.
    init(
        _ material: KeyMaterial, for algorithm: SignatureAlgorithm, to operation: SignatureOperation,
        in choice: SignatureBackends.Choice
    ) throws {
        switch choice {
        case .boringSSL:
            self = .boringSSL(try BoringSSLBackend.prepare(material, for: algorithm, to: operation))
        #if OpenSSL
            case .openSSL:
                self = .openSSL(try OpenSSLBackend.prepare(material, for: algorithm, to: operation))
        #endif
        }
    }

    /// Whether a signature belongs to these bytes.
    func verifies(signature: UnsafeRawBufferPointer, input: UnsafeRawBufferPointer) -> Bool {
        switch self {
        case .boringSSL(let key): BoringSSLBackend.verifies(signature: signature, input: input, with: key)
        #if OpenSSL
            case .openSSL(let key): OpenSSLBackend.verifies(signature: signature, input: input, with: key)
        #endif
        }
    }

    /// Signs bytes.
    func sign(_ input: UnsafeRawBufferPointer) throws -> [UInt8] {
        switch self {
        case .boringSSL(let key): try BoringSSLBackend.sign(input, with: key)
        #if OpenSSL
            case .openSSL(let key): try OpenSSLBackend.sign(input, with: key)
        #endif
        }
    }
}
