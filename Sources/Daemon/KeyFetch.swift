import Codecs
import Fetching
import JOSE
import OAuth

/// How the keys of issuers that a configuration names are fetched: within the guard that holds for every document that is
/// fetched by somebody's word.
struct KeyFetch: Sendable {
    /// A key set by its address.
    let keys: RemoteKeySet.Fetch
    /// A key set by its issuer.
    let discovered: RemoteKeySet.Fetch

    /// Fetches nothing: for looking at a document.
    static let nothing = KeyFetch(
        keys: { _ in throw StartFailure("nothing is fetched here") },
        discovered: { _ in throw StartFailure("nothing is fetched here") })

    private init(keys: @escaping RemoteKeySet.Fetch, discovered: @escaping RemoteKeySet.Fetch) {
        self.keys = keys
        self.discovered = discovered
    }

    /// Fetches within a guard.
    init(_ fetch: GuardedFetch) {
        let keys: RemoteKeySet.Fetch = { address in
            let document = try await fetch.document(at: address)
            return FetchedKeySet(body: document.body, maximumAge: nil)
        }
        self.init(
            keys: keys,
            discovered: { issuer in
                let name = ByteString(issuer)
                var failure: any Error = FetchFailure.unreadableAddress
                // Behind the issuer's path, or between its host and its path: the first that answers counts.
                for place in IssuerMetadata.addresses(of: name) ?? [] {
                    let document: GuardedFetch.Document
                    do {
                        document = try await fetch.document(at: place.text)
                    } catch {
                        failure = error
                        continue
                    }
                    return try await keys(IssuerMetadata.keySetAddress(in: document.body, issuer: name).text)
                }
                throw failure
            })
    }
}
