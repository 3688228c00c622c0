import AsyncHTTPClient
import Glibc
public import HTTPWire
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Fetches small public documents by somebody else's word: at the judged address alone, over TLS, following no redirect,
/// within limits of time and size, and few at a time.
public final class GuardedFetch: Sendable {
    /// The most bytes that are taken.
    public static let maximumSize = 524_288
    /// The most seconds from being asked to the last byte.
    public static let patience = 5
    /// The most that are under way at a time; a name server that never answers keeps a thread each.
    public static let mostAtOnce = 4
    /// The most that wait for others to end; what they wait counts as patience.
    public static let mostWaiting = 256

    /// What came back.
    public struct Document: Sendable {
        /// The body.
        public let body: [UInt8]
        /// The address that was connected to.
        public let address: IPAddress
    }

    /// Every address of a host; empty when it has none.
    public typealias Resolver = @Sendable (_ host: String) async -> [IPAddress]

    private let judge: FetchGuard
    private let resolve: Resolver
    private let queue = FetchQueue(mostAtOnce: mostAtOnce, mostWaiting: mostWaiting)

    /// A fetch that goes where the guard lets it.
    /// - Parameter resolve: nil asks the system.
    public init(_ judge: FetchGuard, resolve: Resolver? = nil) {
        self.judge = judge
        self.resolve = resolve ?? Self.systemAddresses
    }

    /// The document at an address.
    public func document(at text: String) async throws(FetchFailure) -> Document {
        guard let place = FetchAddress(text) else { throw .unreadableAddress }
        let (results, sink) = AsyncStream.makeStream(of: Result<Document, FetchFailure>.self)
        // Whoever asks waits no longer than promised; the place is taken until the fetch has really ended.
        let fetching = Task {
            switch await self.queue.enter() {
            case .entered:
                sink.yield(await self.fetch(place))
                self.queue.leave()
            case .full: sink.yield(.failure(.busy))
            case .cancelled: break
            }
        }
        let waiting = Task {
            try? await Task.sleep(for: .seconds(Self.patience))
            sink.yield(.failure(.unreachable(place.host, why: Self.tooLate)))
        }
        defer {
            fetching.cancel()
            waiting.cancel()
        }
        for await result in results { return try result.get() }
        throw .unreachable(place.host, why: Self.tooLate)
    }

    private func fetch(_ place: FetchAddress) async -> Result<Document, FetchFailure> {
        let literal = IPAddress(Array(place.host.utf8))
        let resolved = if let literal { [literal] } else { await resolve(place.host) }
        do throws(FetchFailure) {
            let address = try judge.address(of: place, resolved: resolved)
            return .success(Document(body: try await Self.body(of: place, at: address), address: address))
        } catch {
            return .failure(error)
        }
    }

    private static func body(of place: FetchAddress, at address: IPAddress) async throws(FetchFailure) -> [UInt8] {
        let time = TimeAmount.seconds(Int64(patience))
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: .makeClientConfiguration(), redirectConfiguration: .disallow,
            timeout: .init(connect: time, read: time))
        configuration.connectionPool.retryConnectionEstablishment = false
        // The name stays what TLS and the Host field speak of; the connection goes to the address that was judged.
        configuration.dnsOverride = [place.host: address.description]
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let result = await ask(place, client)
        try? await client.shutdown()
        return try result.get()
    }

    private static func ask(_ place: FetchAddress, _ client: HTTPClient) async -> Result<[UInt8], FetchFailure> {
        var request = HTTPClientRequest(url: place.text)
        request.headers.add(name: "Accept", value: "application/jwk-set+json, application/json")
        request.headers.add(name: "User-Agent", value: "signet")
        do {
            let response = try await client.execute(request, timeout: .seconds(Int64(patience)))
            guard response.status == .ok else { return .failure(.status(place.host, Int(response.status.code))) }
            var bytes: [UInt8] = []
            for try await piece in response.body {
                guard bytes.count + piece.readableBytes <= maximumSize else { return .failure(.tooLarge(place.host)) }
                bytes += piece.readableBytesView
            }
            return .success(bytes)
        } catch {
            return .failure(.unreachable(place.host, why: reason(error)))
        }
    }

    private static let tooLate = "no complete answer came within \(patience) seconds"

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where [.connectTimeout, .deadlineExceeded, .readTimeout].contains(error):
            tooLate
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: "TLS could not be set up with it"
        case is NIOConnectionError: "no connection can be made"
        default: "the connection failed"
        }
    }

    /// Threads that may wait for name servers, which strangers choose: nobody else's work waits behind them.
    private static let resolvers: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: mostAtOnce)
        pool.start()
        return pool
    }()

    /// Asks the system.
    private static func systemAddresses(of host: String) async -> [IPAddress] {
        (try? await resolvers.runIfActive { blockingAddresses(of: host) }) ?? []
    }

    private static func blockingAddresses(of host: String) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &first) == 0, let first else { return [] }
        defer { freeaddrinfo(first) }
        var addresses: [IPAddress] = []
        var next: UnsafeMutablePointer<addrinfo>? = first
        while let entry = next {
            var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            if getnameinfo(
                entry.pointee.ai_addr, entry.pointee.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST)
                == 0
            {
                // A zone means a link of this machine, which is none of the addresses that are read.
                let address = IPAddress(name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
                addresses.append(address ?? IPAddress.unspecified)
            }
            next = entry.pointee.ai_next
        }
        return addresses
    }
}
