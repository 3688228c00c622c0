public import Codecs
public import ControlPlane
import Fetching
import HTTPTypes
public import Hummingbird
import JOSE
import OAuth

/// The Studio's online page: the same page at an address of its own, whose policy lets the browser speak to this server and to
/// nobody else. There it can have published keys fetched, and ask what the gateway's routes would say to a token.
public struct OnlineStudio: Sendable {
    /// Where it is.
    public static let path = "/online"

    /// Who is signed in at a browser.
    public struct Visitor: Sendable {
        let name: String
        let isAdmin: Bool

        /// A visitor.
        public init(name: String, isAdmin: Bool) {
            self.name = name
            self.isAdmin = isAdmin
        }
    }

    /// This server's parts, which know nothing of the Studio.
    public struct Connections: Sendable {
        /// This server as an issuer, whose keys need not be fetched.
        public var issuer: ByteString
        /// Its published key set.
        public var ownKeys: @Sendable () -> JSON
        /// A document by an address that a visitor named.
        public var fetch: @Sendable (_ address: String) async throws -> [UInt8]
        /// Who is signed in; nil when nobody is.
        public var visitor: @Sendable (Request) async throws -> Visitor?
        /// Leads to signing in and back to `path`.
        public var signIn: @Sendable (Request) async throws -> Response
        /// What each of the gateway's routes says to a token.
        public var routes: @Sendable (_ token: [UInt8]) -> [JSON]

        /// All of them.
        public init(
            issuer: ByteString, ownKeys: @escaping @Sendable () -> JSON,
            fetch: @escaping @Sendable (_ address: String) async throws -> [UInt8],
            visitor: @escaping @Sendable (Request) async throws -> Visitor?,
            signIn: @escaping @Sendable (Request) async throws -> Response,
            routes: @escaping @Sendable (_ token: [UInt8]) -> [JSON]
        ) {
            self.issuer = issuer
            self.ownKeys = ownKeys
            self.fetch = fetch
            self.visitor = visitor
            self.signIn = signIn
            self.routes = routes
        }
    }

    private let connections: Connections
    private let sameOrigin: SameOrigin
    private let throttle: FetchThrottle

    /// - Parameter clock: seconds since 1970.
    public init(
        _ connections: Connections, sameOrigin: SameOrigin, clock: @escaping @Sendable () -> Int64
    ) {
        self.connections = connections
        self.sameOrigin = sameOrigin
        throttle = FetchThrottle(clock: clock)
    }

    /// Serves what the online page asks for; the page itself is one of the Studio's files.
    public func addRoutes<Context: RemoteAddressRequestContext>(to router: some RouterMethods<Context>) {
        router.endpoint("/online/keys", [.post: { try await keys($0, $1) }])
        router.endpoint("/online/routes", [.post: { request, _ in try await routes(request) }])
        router.endpoint("/online/visitor", [.get: { request, _ in try await visitor(request) }])
        router.endpoint("/online/sign-in", [.get: { request, _ in try await connections.signIn(request) }])
    }

    /// {issuer} or {address} → {issuer?, address, keys}: what is published there. `keys` is a JWK set of public keys.
    private func keys(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        try sameOrigin.require(request)
        let body = try await JSONRequestBody(of: request)
        guard body.object["issuer"] != nil else {
            try throttle.count(context.remoteAddress)
            return try await answer(try body.string("address", atMost: FetchAddress.maximumSize), issuer: nil)
        }
        let issuer = try body.string("issuer", atMost: FetchAddress.maximumSize)
        if issuer == connections.issuer {
            return Self.answer(
                connections.ownKeys(), at: ServerMetadata.address(of: "/.well-known/jwks.json", at: issuer), issuer)
        }
        try throttle.count(context.remoteAddress)
        guard let places = IssuerMetadata.addresses(of: issuer) else {
            throw Self.notFetched("An issuer is an https address without query and fragment (RFC 8414 section 2).")
        }
        return try await answer(try await keySetAddress(places, issuer), issuer: issuer)
    }

    /// The first place that answers says it; when none does, the first place's complaint is told.
    private func keySetAddress(_ places: [ByteString], _ issuer: ByteString) async throws -> ByteString {
        var complaint: ProblemBody?
        for place in places {
            do {
                let metadata = try await document(at: place)
                do throws(IssuerMetadata.Defect) {
                    return try IssuerMetadata.keySetAddress(in: metadata, issuer: issuer)
                } catch {
                    throw Self.notFetched("\(place.text): \(error.sentence(expected: issuer)).")
                }
            } catch let problem as ProblemBody {
                complaint = complaint ?? problem
            }
        }
        throw complaint ?? Self.notFetched("The issuer publishes no metadata.")
    }

    private func document(at address: ByteString) async throws -> [UInt8] {
        do {
            return try await connections.fetch(address.text)
        } catch let failure as FetchFailure {
            throw Self.notFetched(failure.sentence)
        }
    }

    private func answer(_ address: ByteString, issuer: ByteString?) async throws -> Response {
        let body = try await document(at: address)
        if case .failure(let failure) = RemoteKeySetReader.read(body) {
            throw Self.notFetched("\(address.text): \(failure.clause).")
        }
        return Self.answer(try JSONReader.read(body), at: address, issuer)
    }

    private static func answer(_ set: JSON, at address: ByteString, _ issuer: ByteString?) -> Response {
        var json: JSONObject = ["address": .string(address), "keys": set.object?["keys"] ?? .array([])]
        if let issuer { json["issuer"] = .string(issuer) }
        return .json(.object(json), headers: [.cacheControl: "no-store"])
    }

    /// {token} → {routes}: for whoever manages this server, since it tells what is behind the gateway.
    private func routes(_ request: Request) async throws -> Response {
        try sameOrigin.require(request)
        guard let visitor = try await connections.visitor(request) else { throw Self.signInFirst }
        guard visitor.isAdmin else { throw Self.adminsOnly }
        let token = try await JSONRequestBody(of: request).string("token", atMost: JSONRequestBody.maximumBytes)
        return .json(["routes": .array(connections.routes(token.bytes))], headers: [.cacheControl: "no-store"])
    }

    /// {name?, isAdmin?}: who is signed in at this browser, told to our own pages alone.
    private func visitor(_ request: Request) async throws -> Response {
        try sameOrigin.require(request)
        let visitor = try await connections.visitor(request)
        let json: JSONObject =
            visitor.map { ["name": .string(ByteString($0.name)), "isAdmin": .bool($0.isAdmin)] } ?? [:]
        return .json(.object(json), headers: [.cacheControl: "no-store"])
    }

    private static func notFetched(_ why: String) -> ProblemBody {
        ProblemBody(.badGateway, code: "keys-not-fetched", title: "No keys came", detail: why)
    }

    private static let signInFirst = ProblemBody(
        .unauthorized, code: "sign-in-first", title: "Sign in first",
        detail: "What the gateway would say is told to whoever is signed in to this server.")

    private static let adminsOnly = ProblemBody(
        .forbidden, code: "route-verdicts-admins-only", title: "Only for admins",
        detail: "Routes and what they ask for are told to admins of this server only.")
}
