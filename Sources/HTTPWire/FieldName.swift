/// The field names that the data plane has an opinion about. Everything else is `other` and passes through.
public enum FieldName: UInt8, Hashable, Sendable, CaseIterable {
    /// Any name not listed here.
    case other
    // Routing and framing.
    case host, contentLength, transferEncoding, connection, expect
    // For this hop only (RFC 9110, section 7.6.1).
    case keepAlive, proxyConnection, proxyAuthenticate, proxyAuthentication, proxyAuthorization
    case te, trailer, upgrade, http2Settings
    // Who is asking.
    case authorization, dpop, cookie
    /// `Forwarded`, `X-Forwarded-*`, `X-Real-IP`, `True-Client-IP` and the like: what a proxy says about the client.
    case forwarded, xForwarded, xRealIP, clientAddress
    /// `X-Original-*` and `X-Rewrite-URL`: some servers take the target from them.
    case xOriginal, xRewriteURL
    /// `X-HTTP-Method-Override` and its two sisters: some servers take the method from them.
    case methodOverride
    // Read by policies and answers.
    case origin, accept, contentType, userAgent, setCookie, location, date, server, wwwAuthenticate
    /// A place in a trace, and what tracing systems keep with it (W3C Trace Context).
    case traceparent, tracestate

    /// Classifies a field name; ASCII case does not matter.
    public init(_ name: UnsafeRawBufferPointer) {
        self = Self.classify(name)
    }

    private static func classify(_ name: UnsafeRawBufferPointer) -> FieldName {
        guard let first = name.first?.lowercased else { return .other }
        if first == UInt8(ascii: "x"), name.count > 3, name[1] == UInt8(ascii: "-") { return classifyExtension(name) }
        switch name.count {
        case 2:
            if name.equalsIgnoringCase("te") { return .te }
        case 4:
            if name.equalsIgnoringCase("host") { return .host }
            if name.equalsIgnoringCase("date") { return .date }
            if name.equalsIgnoringCase("dpop") { return .dpop }
        case 6:
            if name.equalsIgnoringCase("accept") { return .accept }
            if name.equalsIgnoringCase("cookie") { return .cookie }
            if name.equalsIgnoringCase("expect") { return .expect }
            if name.equalsIgnoringCase("origin") { return .origin }
            if name.equalsIgnoringCase("server") { return .server }
        case 7:
            if name.equalsIgnoringCase("upgrade") { return .upgrade }
            if name.equalsIgnoringCase("trailer") { return .trailer }
        case 8:
            if name.equalsIgnoringCase("location") { return .location }
        case 9:
            if name.equalsIgnoringCase("forwarded") { return .forwarded }
        case 10:
            if name.equalsIgnoringCase("connection") { return .connection }
            if name.equalsIgnoringCase("keep-alive") { return .keepAlive }
            if name.equalsIgnoringCase("user-agent") { return .userAgent }
            if name.equalsIgnoringCase("set-cookie") { return .setCookie }
            if name.equalsIgnoringCase("tracestate") { return .tracestate }
        case 11:
            if name.equalsIgnoringCase("traceparent") { return .traceparent }
        case 12:
            if name.equalsIgnoringCase("content-type") { return .contentType }
        case 13:
            if name.equalsIgnoringCase("authorization") { return .authorization }
        case 14:
            if name.equalsIgnoringCase("content-length") { return .contentLength }
            if name.equalsIgnoringCase("http2-settings") { return .http2Settings }
            if name.equalsIgnoringCase("true-client-ip") { return .clientAddress }
        case 16:
            if name.equalsIgnoringCase("proxy-connection") { return .proxyConnection }
            if name.equalsIgnoringCase("www-authenticate") { return .wwwAuthenticate }
            if name.equalsIgnoringCase("cf-connecting-ip") { return .clientAddress }
        case 17:
            if name.equalsIgnoringCase("transfer-encoding") { return .transferEncoding }
        case 18:
            if name.equalsIgnoringCase("proxy-authenticate") { return .proxyAuthenticate }
        case 19:
            if name.equalsIgnoringCase("proxy-authorization") { return .proxyAuthorization }
        case 25:
            if name.equalsIgnoringCase("proxy-authentication-info") { return .proxyAuthentication }
        default: break
        }
        return .other
    }

    private static func classifyExtension(_ name: UnsafeRawBufferPointer) -> FieldName {
        func begins(_ text: StaticString) -> Bool {
            let length = text.utf8CodeUnitCount
            guard name.count >= length else { return false }
            return UnsafeRawBufferPointer(rebasing: name[..<length]).equalsIgnoringCase(text)
        }
        if begins("x-forwarded") { return .xForwarded }
        if begins("x-original-") { return .xOriginal }
        switch name.count {
        case 9 where begins("x-real-ip"): return .xRealIP
        case 11 where begins("x-client-ip"): return .clientAddress
        case 13 where begins("x-rewrite-url"): return .xRewriteURL
        case 13 where begins("x-http-method"): return .methodOverride
        case 17 where begins("x-method-override"): return .methodOverride
        case 19 where begins("x-cluster-client-ip"): return .clientAddress
        case 22 where begins("x-http-method-override"): return .methodOverride
        default: return .other
        }
    }
}

/// A set of classified field names.
public struct FieldNameSet: ExpressibleByArrayLiteral, Hashable, Sendable {
    private var bits: UInt64

    /// The set of `elements`.
    public init(arrayLiteral elements: FieldName...) {
        bits = elements.reduce(0) { $0 | Self.bit($1) }
    }

    /// Whether `name` is in the set.
    public func contains(_ name: FieldName) -> Bool { bits & Self.bit(name) != 0 }

    /// The names in this set, the other, or both.
    public func union(_ other: FieldNameSet) -> FieldNameSet { FieldNameSet(bits: bits | other.bits) }

    /// The names in this set and not in the other.
    public func subtracting(_ other: FieldNameSet) -> FieldNameSet { FieldNameSet(bits: bits & ~other.bits) }

    private init(bits: UInt64) { self.bits = bits }

    private static func bit(_ name: FieldName) -> UInt64 { 1 &<< UInt64(name.rawValue) }

    /// Fields that speak about one hop and are never passed on (RFC 9110, section 7.6.1), and the framing, which is
    /// written anew.
    public static let hopByHop: FieldNameSet = [
        .connection, .keepAlive, .proxyConnection, .proxyAuthenticate, .proxyAuthentication, .proxyAuthorization, .te,
        .trailer, .upgrade, .http2Settings, .transferEncoding, .contentLength,
    ]

    /// Fields in which a client could speak in a proxy's name or change the target or the method behind the policy's
    /// back.
    public static let clientForged: FieldNameSet = [
        .forwarded, .xForwarded, .xRealIP, .clientAddress, .xOriginal, .xRewriteURL, .methodOverride,
    ]

    /// What no request takes along from its client: those two, and what is answered or written anew here.
    public static let neverForwarded = hopByHop.union(clientForged).union([.host, .expect])
}
