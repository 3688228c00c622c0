public import Codecs
import HTTPWire
public import JOSE
import Tokens
import Upstreams

/// Turns a routes document into a table, opening what it names; collects every complaint with its line.
struct RouteTableCompiler {
    /// Reads a file that the document names; nil when it cannot be read.
    let readFile: (String) -> [UInt8]?
    /// The token service in this process, and its keys.
    let builtIn: TrustedIssuer?

    /// Keys of sets that are no good: the others serve (RFC 7517 §5), and these are worth a warning.
    private(set) var passedOver: [RouteComplaint] = []

    private var complaints: [RouteComplaint] = []

    init(builtIn: TrustedIssuer?, readFile: @escaping (String) -> [UInt8]?) {
        self.builtIn = builtIn
        self.readFile = readFile
    }

    /// The table that a text describes, or everything that is wrong with the text.
    mutating func compile(_ text: String) throws(RouteComplaints) -> RouteTable {
        let (document, unreadable) = RoutesDocumentReader.read(text)
        complaints = unreadable
        // A document that is no document at all has said so; the rest would only repeat it.
        let table = document.isEmpty && !unreadable.isEmpty ? RouteTable.empty : compile(document)
        guard complaints.isEmpty else {
            throw RouteComplaints(complaints: complaints.sorted { $0.line < $1.line })
        }
        return table
    }

    private mutating func compile(_ document: RoutesDocument) -> RouteTable {
        var issuers: [String: TrustedIssuer] = [:]
        for issuer in document.issuers { issuers[issuer.name] = trust(issuer) }
        var upstreams: [String: UpstreamEndpoint] = [:]
        for upstream in document.upstreams { upstreams[upstream.name] = endpoint(upstream) }
        if document.routeCount == 0 { complain(1, "there are no routes; every request would be refused") }

        var routes: [Route] = []
        var places: [String: Int] = [:]
        for route in document.routes {
            if let first = places.updateValue(route.line, forKey: "name \(route.name)") {
                complain(route.line, "the name \"\(route.name)\" is taken by the route at line \(first)")
            }
            if !document.upstreamNames.contains(route.upstream) {
                complain(
                    route.line, "route \"\(route.name)\" names the upstream \"\(route.upstream)\", which is not listed")
            }
            if case .token(let rule) = route.access, !document.issuerNames.contains(rule.issuer) {
                complain(rule.line, "route \"\(route.name)\" trusts the issuer \"\(rule.issuer)\", which is not listed")
            }
            guard let pattern = pattern(route) else { continue }
            for method in route.methods ?? ["*"] {
                if let first = places.updateValue(route.line, forKey: "\(method) \(route.path)") {
                    complain(route.line, "\(method) \(route.path) is already served by the route at line \(first)")
                }
            }
            guard let upstream = upstreams[route.upstream], let bearer = bearer(route.access, issuers) else { continue }
            routes.append(
                Route(
                    name: route.name, path: pattern.path, coversBelow: pattern.coversBelow,
                    methods: route.methods?.map { Array($0.utf8) }, upstream: upstream, rewrite: RequestRewrite(),
                    bearer: bearer.policy))
        }
        return RouteTable(routes, origin: origin(document.address))
    }

    private mutating func complain(_ line: Int, _ message: String) {
        complaints.append(RouteComplaint(line: line, message: message))
    }

    private mutating func trust(_ issuer: RoutesDocument.Issuer) -> TrustedIssuer? {
        switch issuer.keys {
        case .builtIn:
            if builtIn == nil { complain(issuer.line, "there is no built-in token service in this process") }
            return builtIn
        case .file(let path):
            guard let text = readFile(path) else {
                complain(issuer.line, "the key file \(path) cannot be read")
                return nil
            }
            do {
                let decoded = try KeyReader.read(text)
                guard !decoded.contains(where: Self.isPrivate) else {
                    complain(issuer.line, "the key file \(path) holds a private key; give the gateway the public one")
                    return nil
                }
                let keys = try KeySet(decoded)
                for bad in keys.passedOver {
                    passedOver.append(
                        RouteComplaint(
                            line: issuer.line,
                            message: "the key file \(path): passed over: \(bad.detail) (\(bad.code.rawValue))"))
                }
                return TrustedIssuer(issuer: ByteString(issuer.issuer ?? ""), keys: keys)
            } catch {
                complain(issuer.line, "the key file \(path) is no use: \(error.detail) (\(error.code.rawValue))")
                return nil
            }
        }
    }

    /// `https://host` or `https://host:port`, and nothing after it: paths are the client's.
    private mutating func origin(_ address: RoutesDocument.Address?) -> RequestOrigin {
        guard let address else { return RequestOrigin(configured: nil) }
        let written = Array((address.url.hasSuffix("/") ? address.url.dropLast() : address.url[...]).utf8)
        let slashes = written.filter { $0 == UInt8(ascii: "/") }.count
        guard let known = RequestAddress(ByteString(utf8: written)), slashes == 2,
            !written.contains(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") })
        else {
            complain(
                address.line,
                "the address \(address.url) must be https://host or https://host:port: how clients call the gateway")
            return RequestOrigin(configured: nil)
        }
        return RequestOrigin(configured: Array(known.text.bytes.dropLast()))
    }

    /// `http://host` or `http://host:port`, and nothing after it: the path is the client's.
    private mutating func endpoint(_ upstream: RoutesDocument.Upstream) -> UpstreamEndpoint? {
        let text = Array(upstream.url.utf8)
        guard text.starts(with: "http://".utf8) else {
            complain(
                upstream.line,
                "the url \(upstream.url) must start with http:// (https to upstreams is not supported yet)")
            return nil
        }
        var authority = text.dropFirst(7)
        if authority.last == UInt8(ascii: "/") { authority = authority.dropLast() }
        guard !authority.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }) else {
            complain(
                upstream.line,
                "the url \(upstream.url) must be http://host:port without a path; the path is the client's")
            return nil
        }
        var host = authority
        var port = 80
        let colon = authority.lastIndex(of: UInt8(ascii: ":"))
        let bracket = authority.lastIndex(of: UInt8(ascii: "]"))
        if let colon, bracket.map({ $0 < colon }) ?? true {
            host = authority[..<colon]
            let digits = authority[(colon + 1)...]
            guard digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), digits.count <= 5,
                let number = Int(String(decoding: digits, as: UTF8.self)), (1...65_535).contains(number)
            else {
                complain(upstream.line, "the url \(upstream.url) has no valid port")
                return nil
            }
            port = number
        }
        let isBracketed = host.first == UInt8(ascii: "[") && host.last == UInt8(ascii: "]")
        if isBracketed { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, host.allSatisfy(Self.isHost), isBracketed || !host.contains(UInt8(ascii: ":")) else {
            complain(upstream.line, "the url \(upstream.url) has no valid host")
            return nil
        }
        return UpstreamEndpoint(name: upstream.name, host: String(decoding: host, as: UTF8.self), port: port)
    }

    /// A shared secret is private too, but there is no other half to give.
    private static func isPrivate(_ key: DecodedKey) -> Bool {
        if case .secret = key.material { return false }
        return key.description.isPrivate
    }

    private static func isHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }

    private mutating func pattern(_ route: RoutesDocument.Route) -> (path: [UInt8], coversBelow: Bool)? {
        let coversBelow = route.path.hasSuffix("/*")
        let written = Array(coversBelow ? route.path.utf8.dropLast(2) : route.path.utf8[...])
        for method in route.methods ?? [] where !method.utf8.allSatisfy({ $0 >= 0x41 && $0 <= 0x5A }) {
            complain(route.line, "the method \"\(method)\" must be written in capitals, such as GET")
        }
        guard written.isEmpty && coversBelow || written.first == UInt8(ascii: "/"), !written.contains(UInt8(ascii: "*"))
        else {
            complain(route.line, "the path must start with / and may end in /*, like /orders or /orders/*")
            return nil
        }
        guard let path = try? CanonicalPath(written), path.query == nil, path.bytes == written || written.isEmpty else {
            complain(route.line, "the path \(route.path) is not in canonical form; no request could ever match it")
            return nil
        }
        return (path.bytes, coversBelow)
    }

    /// Nil when the issuer is not known; that has been complained about.
    private func bearer(
        _ access: RoutesDocument.Access, _ issuers: [String: TrustedIssuer]
    ) -> (policy: BearerTokenPolicy?, Void)? {
        guard case .token(let rule) = access else { return (nil, ()) }
        guard let issuer = issuers[rule.issuer] else { return nil }
        // Every token at the gateway must end: "exp" is required whether the document says so or not.
        var required = [ClaimRequirement("exp")]
        for claim in rule.require {
            required.append(ClaimRequirement(ByteString(claim.name), claim.value.map { .string(ByteString($0)) }))
        }
        let policy = ClaimPolicy(
            algorithms: issuer.keys.algorithms, types: rule.types?.map { ByteString($0) }, issuers: [issuer.issuer],
            audiences: rule.audiences.map { ByteString($0) }, leeway: rule.leeway, requiredClaims: required,
            scopes: rule.scopes.map { ByteString($0) }, acceptsEdDSA: true)
        return (BearerTokenPolicy(verifier: TokenVerifier(keys: issuer.keys, policy: policy)), ())
    }
}

/// An issuer, by its exact name and the keys it is believed with.
public struct TrustedIssuer: Sendable {
    /// The exact `iss`.
    public let issuer: ByteString
    /// Its keys.
    public let keys: KeySet

    /// An issuer.
    public init(issuer: ByteString, keys: KeySet) {
        self.issuer = issuer
        self.keys = keys
    }
}
