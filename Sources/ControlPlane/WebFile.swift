public import CWebAssets
import Crypto
public import HTTPTypes
public import Hummingbird
public import NIOCore
import Synchronization

/// One file of Web/ inside the program: where it is served, what it is, and the tag that tells its bytes from any others.
public final class WebFile: Sendable {
    /// What a file is.
    public enum MediaType: String, Sendable {
        case html = "text/html; charset=utf-8"
        case css = "text/css; charset=utf-8"
        case svg = "image/svg+xml"
        case javascript = "text/javascript; charset=utf-8"
        case manifest = "application/manifest+json"
    }

    /// The path it is served at.
    public let path: String
    /// Its media type, with the character set.
    public let contentType: String
    /// The file itself.
    public let bytes: ByteBuffer
    /// A strong entity tag (RFC 9110 §8.8.3) over the bytes.
    public let entityTag: String
    private let packed = Mutex(Packed.notYet)

    private enum Packed {
        case notYet
        case done(ByteBuffer?)
    }

    /// A file, served at a path.
    public init(_ path: String, _ type: MediaType, _ file: embedded_file) {
        self.path = path
        contentType = type.rawValue
        bytes = ByteBuffer(bytes: UnsafeBufferPointer(start: file.bytes, count: file.count))
        var hash = SHA256()
        hash.update(bufferPointer: UnsafeRawBufferPointer(start: file.bytes, count: file.count))
        let digits = hash.finalize().prefix(16).map { byte in
            let text = String(byte, radix: 16)
            return text.utf8.count == 1 ? "0" + text : text
        }
        entityTag = "\"" + digits.joined() + "\""
    }

    /// The file in gzip, where that is smaller; made when it is asked for the first time, not while the server starts.
    public var compressed: ByteBuffer? {
        packed.withLock { packed in
            if case .done(let bytes) = packed { return bytes }
            let bytes = Gzip.compress(bytes)
            packed = .done(bytes)
            return bytes
        }
    }

    /// The entity tag of the file in gzip: other bytes, another tag.
    public var compressedEntityTag: String { entityTag.dropLast() + "-gzip\"" }

    /// 200 with the file, in gzip where the browser takes it, or 304 when it has these bytes already (RFC 9110 §13.1.2).
    func respond(to request: Request, headers: HTTPFields) -> Response {
        var headers = headers
        let compressed = Self.acceptsGzip(request.headers[values: .acceptEncoding]) ? compressed : nil
        let bytes = compressed ?? bytes
        let tag = compressed == nil ? entityTag : compressedEntityTag
        headers[.eTag] = tag
        headers[.vary] = "Accept-Encoding"
        // The browser asks every time, so that a page is never older than the program that serves it.
        headers[.cacheControl] = "no-cache"
        if Self.matches(request.headers[values: .ifNoneMatch], tag) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = contentType
        if compressed != nil { headers[.contentEncoding] = "gzip" }
        guard request.method != .head else {
            headers[.contentLength] = String(bytes.readableBytes)
            return Response(status: .ok, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: bytes))
    }

    /// Whether `Accept-Encoding` lists gzip, and not with the weight 0 (RFC 9110 §12.5.3).
    private static func acceptsGzip(_ values: [String]) -> Bool {
        values.contains { value in
            value.split(separator: ",").contains { element in
                let parts = element.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
                guard let coding = parts.first, coding == "gzip" || coding == "x-gzip" else { return false }
                return !parts.dropFirst().contains { ["q=0", "q=0.0", "q=0.00", "q=0.000"].contains($0) }
            }
        }
    }

    /// Tags are compared weakly; ours hold neither commas nor spaces.
    private static func matches(_ values: [String], _ tag: String) -> Bool {
        values.contains { value in
            value.split { $0 == "," || $0 == " " }.contains { $0 == tag || $0 == "W/" + tag || $0 == "*" }
        }
    }
}

extension RouterMethods {
    /// Serves a file of Web/ to GET and HEAD.
    ///
    /// To the router a path is the same with and without a slash at its end. What a page names by relative addresses is
    /// below it, so one whose path ends with a slash is only there, and without it leads there.
    /// - Parameter headers: those of every answer, with the page's Content-Security-Policy.
    public func webFile(_ file: WebFile, headers: HTTPFields) {
        var leading = headers
        leading[.location] = file.path
        let redirect = leading
        for method in [HTTPRequest.Method.get, .head] {
            on(RouterPath(file.path), method: method) { request, _ in
                if file.path.hasSuffix("/"), !request.uri.path.hasSuffix("/") {
                    return Response(status: .permanentRedirect, headers: redirect)
                }
                return file.respond(to: request, headers: headers)
            }
        }
    }

    /// Leads from one path to another for good, whatever of GET and HEAD is asked.
    public func lead(from path: RouterPath, to target: String, headers: HTTPFields) {
        var headers = headers
        headers[.location] = target
        let leading = headers
        for method in [HTTPRequest.Method.get, .head] {
            on(path, method: method) { _, _ in Response(status: .permanentRedirect, headers: leading) }
        }
    }
}

extension HTTPFields {
    /// The fields of every answer with a file of Web/: what its page may do, and that nobody else may look into it.
    public static func ofWebFiles(contentSecurityPolicy: String) -> HTTPFields {
        let fields = [
            ("Content-Security-Policy", contentSecurityPolicy),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            (
                "Permissions-Policy",
                "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), "
                    + "payment=(), publickey-credentials-get=(), usb=()"
            ),
        ]
        return HTTPFields(
            fields.compactMap { name, value in HTTPField.Name(name).map { HTTPField(name: $0, value: value) } })
    }
}
