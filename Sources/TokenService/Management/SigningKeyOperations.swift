import Blueprint
import Codecs
import ControlPlane
import HTTPTypes
import Tokens

/// Showing the signing keys and replacing them.
struct SigningKeyOperations: Sendable {
    let keyring: SigningKeyring

    var all: [Operation] {
        [
            Operation(
                "listSigningKeys", list: "/signing-keys", of: "keys", for: .viewer,
                "The keys that sign, the next ones and those before, the newest first.", member: "keys",
                items: .fields("SigningKey")
            ) { _, page in page.page(of: keys, id: \.kid) },
            Operation(
                "rotateSigningKeys", .post, "/signing-keys/rotate", of: "keys", for: .admin,
                "Replaces keys: announced (the next signs a day later), immediate, or emergency (tokens of earlier keys are refused).",
                takes: .fields("Rotation"), answers: .fields("SigningKeys"), refusals: [404], run: rotate),
        ]
    }

    private func rotate(_ call: OperationCall, _ wanted: RotationDocument) async throws -> SigningKeysDocument {
        var algorithms = keyring.keys.signing
        if let name = wanted.algorithm {
            guard let algorithm = SignatureAlgorithm(rawValue: name), algorithms.contains(algorithm) else {
                throw ProblemOf.noSuchSigningKey
            }
            algorithms = [algorithm]
        }
        let rotation: SigningKeyring.Rotation =
            switch wanted.how {
            case .announced: .announced
            case .immediate: .immediate
            case .emergency: .emergency
            }
        for algorithm in algorithms { try await keyring.rotate(algorithm, rotation, by: call.actor) }
        var document = SigningKeysDocument()
        document.keys = keys
        return document
    }

    private var keys: [SigningKeyDocument] {
        keyring.keys.records.map { record in
            var document = SigningKeyDocument()
            document.kid = record.id
            document.algorithm = record.algorithm.rawValue
            document.state = record.state.rawValue
            document.created = record.created
            document.activates = record.activates
            document.expires = record.expires
            return document
        }
    }
}

/// Which keys are to be replaced, and how.
struct RotationDocument: Described {
    enum How: String, Sendable, CaseIterable { case announced, immediate, emergency }

    var algorithm: String?
    var how = How.announced

    static let schema = Schema<RotationDocument>("a rotation", "Which keys are to be replaced, and how.") {
        Field(
            "algorithm", optional: \.algorithm, .text(1...32), example: "ES256", "Every one in use when it is missing.")
        Field(
            "how", \.how, .choice(), example: "immediate",
            "Announced: the next key is published now and signs a day later. Immediate: it signs now. Emergency: tokens of earlier keys are refused."
        )
    }
}

/// A key that signs, or did, or will.
struct SigningKeyDocument: Described {
    var kid = ""
    var algorithm = ""
    var state = ""
    var created: Int64 = 0
    var activates: Int64 = 0
    var expires: Int64?

    static let schema = Schema<SigningKeyDocument>("a signing key", "A key that signs, or did, or will.") {
        Field("kid", \.kid, .text(), example: "…", isRequired: true, "Its name in tokens.")
        Field("alg", \.algorithm, .text(), example: "ES256", isRequired: true, "What it signs with.")
        Field("state", \.state, .text(), example: "current", isRequired: true, "next, current or retired.")
        Field(
            "created", \.created, .integer(0...Int64.max), example: "1767225600", isRequired: true,
            "When it was made, in seconds since 1970.")
        Field(
            "activates", \.activates, .integer(0...Int64.max), example: "1767225600", isRequired: true,
            "When it begins to sign, in seconds since 1970.")
        Field(
            "expires", optional: \.expires, .integer(0...Int64.max), example: "1767225600",
            "Until when it is published, in seconds since 1970.")
    }
}

/// The keys after a rotation.
struct SigningKeysDocument: Described {
    var keys: [SigningKeyDocument] = []

    static let schema = Schema<SigningKeysDocument>("signing keys", "The keys after a rotation.") {
        Field("keys", \.keys, .list(of: .object(), 0...1_000), example: "[]", isRequired: true, "The newest first.")
    }
}
