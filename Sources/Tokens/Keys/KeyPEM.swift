import Codecs

/// Writes keys as PEM (RFC 7468).
package enum KeyPEM {
    /// In a SubjectPublicKeyInfo; nil for a shared secret, and where the public half is not known.
    package static func publicKey(_ material: KeyMaterial) -> String? {
        KeyDER.subjectPublicKeyInfo(material).map { PEM.write(label: "PUBLIC KEY", der: $0) }
    }

    /// In PKCS#8; nil for a shared secret and for a public key.
    package static func privateKey(_ material: KeyMaterial) -> String? {
        KeyDER.pkcs8(material).map { PEM.write(label: "PRIVATE KEY", der: $0) }
    }
}
