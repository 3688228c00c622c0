import HTTPTypes
public import Hummingbird

/// The Studio: one page that reads, explains and judges tokens inside the browser, and the files it is made of.
///
/// The server only hands out files. What is pasted into the page never comes here: its Content-Security-Policy forbids
/// the browser to send anything anywhere.
public enum StudioPages {
    /// What the page may do: run its own scripts and the judge, show its own style and images. No connection, no form,
    /// no frame, no inline script, no string turned into script (Trusted Types without any policy).
    public static let contentSecurityPolicy = policy(connect: "'none'")

    /// The same for the online page, which may speak to this server.
    public static let onlineContentSecurityPolicy = policy(connect: "'self'")

    private static func policy(connect: String) -> String {
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; "
            + "manifest-src 'self'; connect-src \(connect); form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
            + "require-trusted-types-for 'script'; trusted-types 'none'"
    }

    /// Serves the page at `/` and its files under `/studio/`; `/studio` leads to the page.
    /// - Parameter online: what the online page asks; nil serves no online page.
    public static func addRoutes<Context: RemoteAddressRequestContext>(
        to router: some RouterMethods<Context>, online: OnlineStudio? = nil
    ) {
        online?.addRoutes(to: router)
        for asset in StudioAsset.all where online != nil || !asset.isOnline {
            let path = RouterPath(asset.path)
            router.get(path) { request, _ in respond(with: asset, to: request, body: true) }
            router.head(path) { request, _ in respond(with: asset, to: request, body: false) }
        }
        router.get("/studio") { _, _ in
            var headers = commonHeaders
            headers[.location] = "/"
            return Response(status: .permanentRedirect, headers: headers)
        }
    }

    /// 200 with the file, in gzip where the browser takes it, or 304 when it has these bytes already (RFC 9110 §13.1.2).
    private static func respond(with asset: StudioAsset, to request: Request, body: Bool) -> Response {
        var headers = commonHeaders
        if asset.isOnline { headers[.contentSecurityPolicy] = onlineContentSecurityPolicy }
        let compressed = acceptsGzip(request.headers[values: .acceptEncoding]) ? asset.compressed : nil
        let bytes = compressed ?? asset.bytes
        let tag = compressed == nil ? asset.entityTag : asset.compressedEntityTag
        headers[.eTag] = tag
        headers[.vary] = "Accept-Encoding"
        // The browser asks every time, so that a page is never older than the program that serves it.
        headers[.cacheControl] = "no-cache"
        if matches(request.headers[values: .ifNoneMatch], tag) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = asset.contentType
        if compressed != nil { headers[.contentEncoding] = "gzip" }
        guard body else {
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

    private static let commonHeaders: HTTPFields = {
        let headers = [
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
            headers.compactMap { name, value in
                HTTPField.Name(name).map { HTTPField(name: $0, value: value) }
            })
    }()
}
