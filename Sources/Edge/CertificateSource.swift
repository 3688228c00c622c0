/// One certificate chain with its key, as the files of an operator hold them.
public struct CertificateSource: Sendable {
    /// What errors and warnings call it, for example the file's name.
    public var name: String
    /// PEM: the server's certificate first, then those that issued it, without the root.
    public var chain: [UInt8]
    /// PEM: the private key of the first certificate, without a passphrase.
    public var key: [UInt8]

    /// Names a chain and its key.
    public init(name: String, chain: [UInt8], key: [UInt8]) {
        self.name = name
        self.chain = chain
        self.key = key
    }
}

/// Why a certificate cannot be served. Says nothing of what a key file holds.
public struct CertificateDefect: Error, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        /// There is no certificate at all to serve.
        case nothingToServe
        /// The chain holds no certificate in PEM, or one that cannot be read.
        case unreadableCertificate
        /// The first certificate's subject alternative names cannot be read.
        case unreadableNames
        /// The key is not a private key in PEM.
        case unreadableKey
        /// The key is protected by a passphrase, and nobody is there to type it.
        case encryptedKey
        /// The key belongs to another certificate than the first of the chain.
        case keyDoesNotFit
        /// The TLS library takes neither, for a reason of its own.
        case refused
    }

    /// The `name` of the source, or empty when there is none.
    public let certificate: String
    /// What is wrong.
    public let reason: Reason

    init(_ certificate: String, _ reason: Reason) {
        self.certificate = certificate
        self.reason = reason
    }

    /// A sentence for an operator.
    public var description: String {
        switch reason {
        case .nothingToServe: "No certificate is given."
        case .unreadableCertificate: "\(certificate): the chain holds no certificate in PEM that can be read."
        case .unreadableNames: "\(certificate): the certificate's subject alternative names cannot be read."
        case .unreadableKey: "\(certificate): the key is no private key in PEM that can be read."
        case .encryptedKey: "\(certificate): the key is protected by a passphrase; one without is needed."
        case .keyDoesNotFit: "\(certificate): the key does not fit the first certificate of the chain."
        case .refused: "\(certificate): the TLS library does not take the certificate with this key."
        }
    }
}

/// A certificate as it is served.
public struct ServedCertificate: Hashable, Sendable {
    /// The `name` of its source.
    public let name: String
    /// The DNS names it is for, in lower case; one may start with `*.`.
    public let hosts: [String]
    /// The first second in which it is valid, counted from 1970.
    public let validFrom: Int64
    /// The last second in which it is valid, counted from 1970.
    public let validUntil: Int64
}

/// Something about a certificate that clients will mind, but that is no reason not to start.
public struct CertificateWarning: Hashable, Sendable, CustomStringConvertible {
    /// What clients will mind.
    public enum Reason: Hashable, Sendable {
        /// It was valid until then.
        case expired
        /// It is not valid yet.
        case notYetValid
        /// It is for no DNS name, so no client that checks names takes it.
        case noHosts
    }

    /// The `name` of the source.
    public let certificate: String
    /// What clients will mind.
    public let reason: Reason

    /// A sentence for an operator.
    public var description: String {
        switch reason {
        case .expired: "\(certificate): the certificate has expired."
        case .notYetValid: "\(certificate): the certificate is not valid yet."
        case .noHosts: "\(certificate): the certificate has no DNS name among its subject alternative names."
        }
    }
}
