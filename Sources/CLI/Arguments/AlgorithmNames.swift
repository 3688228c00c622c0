public import ArgumentParser
import JOSE
public import Tokens

/// A signature algorithm as a person writes it: in any case, and EdDSA for Ed25519.
struct SignatureAlgorithmName: ExpressibleByArgument {
    let algorithm: SignatureAlgorithm
    /// Whether the older name was used, under which RFC 8037 kept both Edwards curves. RFC 9864 deprecates it; readers
    /// that are older than that know no other.
    let isEdDSA: Bool

    init?(argument: String) {
        isEdDSA = argument.lowercased() == "eddsa"
        guard let algorithm = isEdDSA ? .ed25519 : named(argument, SignatureAlgorithm.allCases) else { return nil }
        self.algorithm = algorithm
    }

    static var allValueStrings: [String] { SignatureAlgorithm.allCases.map(\.rawValue) }
}

/// The one of some algorithms that has this name, in any case: people write `es256`. In keys and tokens the case counts.
func named<Algorithm: RawRepresentable<String>>(_ name: String, _ algorithms: [Algorithm]) -> Algorithm? {
    algorithms.first { $0.rawValue == name } ?? algorithms.first { $0.rawValue.lowercased() == name.lowercased() }
}

extension KeyManagementAlgorithm: ExpressibleByArgument {
    /// The name in any case.
    public init?(argument: String) {
        guard let algorithm = named(argument, Self.allCases) else { return nil }
        self = algorithm
    }

    /// Whether the key is a password, which lets whoever made a token say how much work it is to read it.
    var isPasswordBased: Bool {
        switch self {
        case .pbes2HS256A128KW, .pbes2HS384A192KW, .pbes2HS512A256KW: true
        default: false
        }
    }
}

extension ContentEncryptionAlgorithm: ExpressibleByArgument {
    /// The name in any case.
    public init?(argument: String) {
        guard let algorithm = named(argument, Self.allCases) else { return nil }
        self = algorithm
    }
}

extension AgreementCurve: ExpressibleByArgument {
    /// The name in any case.
    public init?(argument: String) {
        guard let curve = named(argument, Self.allCases) else { return nil }
        self = curve
    }
}
