import ArgumentParser
import Codecs
import JOSE
import OAuth
import Tokens

/// Keys that an issuer publishes: at an address that is named, or that its own metadata names.
struct PublishedKeyOptions: ParsableArguments {
    @Option(name: .long, help: "The address (https) of a JWK set with the keys.")
    var jwksURL: String?

    @Flag(name: .long, help: "Take the keys that the issuer (--issuer) publishes by its metadata.")
    var discover = false

    @OptionGroup var download: DownloadOptions

    /// Whether keys are to be asked for.
    var isGiven: Bool { jwksURL != nil || discover }

    func validate() throws {
        if jwksURL != nil, discover { throw ValidationError("give --jwks-url or --discover, not both") }
        if download.caFile != nil, !isGiven { throw ValidationError("--ca-file goes with --jwks-url or --discover") }
        if let jwksURL { try Download.check(jwksURL) }
    }

    /// The published set and where it was; nil if none was asked for.
    func fetch(issuers: [String]) async throws -> PublishedKeys? {
        if let jwksURL { return try await PublishedKeys(at: jwksURL, download.download) }
        guard discover else { return nil }
        guard let issuer = issuers.first, issuers.count == 1 else {
            throw CommandFailure.usage("--discover needs one --issuer: it is asked where its keys are")
        }
        return try await PublishedKeys(issuer: issuer, download.download)
    }
}

/// Whom to trust when something is asked for.
struct DownloadOptions: ParsableArguments {
    @Option(name: .long, help: "A file with the certificates (PEM) to trust when asking, instead of the system's.")
    var caFile: String?

    /// Asks as the options say.
    var download: Download { Download(roots: caFile) }
}

/// A key set as it was published.
struct PublishedKeys {
    /// Where.
    let address: String
    /// What was there, byte for byte.
    let document: [UInt8]
    /// Its keys.
    let keys: KeySet

    /// Asks an address for a key set.
    init(at address: String, _ download: Download) async throws {
        self.address = address
        document = try await download.read(address)
        do throws(RemoteKeySetFailure) {
            keys = try RemoteKeySetReader.read(document).get()
        } catch {
            throw CommandFailure.refused("\(Download.shown(address)): \(error.clause)")
        }
    }

    /// Asks an issuer where its keys are (OpenID Connect Discovery §4, RFC 8414 §3), then there.
    init(issuer: String, _ download: Download) async throws {
        try Download.check(issuer)
        guard let places = IssuerMetadata.addresses(of: ByteString(issuer)) else {
            throw CommandFailure.usage("an issuer's address has no query and no fragment (RFC 8414 §2)")
        }
        var metadata: (address: String, document: [UInt8])?
        var refusals: [String] = []
        for address in places.map(\.text) where metadata == nil {
            do {
                metadata = (address, try await download.read(address))
            } catch let failure as CommandFailure where failure.status == CommandFailure.refused {
                refusals.append(failure.message)
            }
        }
        guard let metadata else { throw CommandFailure.refused(refusals.joined(separator: "\n        ")) }
        try await self.init(at: Self.keySetAddress(metadata.document, metadata.address, issuer: issuer), download)
    }

    private static func keySetAddress(_ document: [UInt8], _ address: String, issuer: String) throws -> String {
        let issuer = ByteString(issuer)
        let place: ByteString
        do throws(IssuerMetadata.Defect) {
            place = try IssuerMetadata.keySetAddress(in: document, issuer: issuer)
        } catch {
            throw CommandFailure.refused("\(Download.shown(address)): \(error.sentence(expected: issuer))")
        }
        try Download.check(place.text)
        return place.text
    }
}
