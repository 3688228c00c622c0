import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Studio

/// The page and its files, over the router.
@Suite("Studio pages") struct StudioPagesTests {
    private func withStudio(_ body: @Sendable @escaping (any TestClientProtocol) async throws -> Void) async throws {
        let router = Router()
        StudioPages.addRoutes(to: router)
        try await Application(router: router).test(.router) { client in try await body(client) }
    }

    private func header(_ response: TestResponse, _ name: String) -> String? {
        HTTPField.Name(name).flatMap { response.headers[$0] }
    }

    @Test func `every file is served with its exact media type and a tag`() async throws {
        let types = [
            "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml",
            "js": "text/javascript; charset=utf-8",
        ]
        try await withStudio { client in
            for asset in StudioAsset.all {
                let kind = asset.path == "/" ? "html" : asset.path.split(separator: ".").last.map(String.init) ?? ""
                try await client.execute(uri: asset.path, method: .get) { response in
                    #expect(response.status == .ok, "\(asset.path)")
                    #expect(response.headers[.contentType] == types[kind], "\(asset.path)")
                    #expect(response.headers[.eTag] == asset.entityTag)
                    #expect(response.body.readableBytes > 100, "\(asset.path)")
                    #expect(response.body == asset.bytes)
                }
            }
        }
    }

    @Test func `the policy forbids the page to send anything, byte for byte`() async throws {
        let expected =
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; "
            + "connect-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
            + "require-trusted-types-for 'script'; trusted-types 'none'"
        try await withStudio { client in
            for path in ["/", "/studio/studio.js", "/studio/judge.wasm.js", "/studio"] {
                try await client.execute(uri: path, method: .get) { response in
                    #expect(header(response, "Content-Security-Policy") == expected, "\(path)")
                    #expect(header(response, "X-Content-Type-Options") == "nosniff")
                    #expect(header(response, "Referrer-Policy") == "no-referrer")
                    #expect(header(response, "Cross-Origin-Opener-Policy") == "same-origin")
                    #expect(header(response, "Cross-Origin-Resource-Policy") == "same-origin")
                    #expect(header(response, "Permissions-Policy")?.contains("geolocation=()") == true)
                }
            }
        }
    }

    @Test func `a browser that has the bytes gets 304 without them`() async throws {
        let tag = StudioAsset.all[0].entityTag
        try await withStudio { client in
            for condition in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                try await client.execute(uri: "/", method: .get, headers: [.ifNoneMatch: condition]) { response in
                    #expect(response.status == .notModified, "\(condition)")
                    #expect(response.body.readableBytes == 0)
                    #expect(response.headers[.eTag] == tag)
                    #expect(header(response, "Content-Security-Policy") == StudioPages.contentSecurityPolicy)
                }
            }
            for condition in ["\"other\"", String(tag.dropLast(2)), ""] {
                try await client.execute(uri: "/", method: .get, headers: [.ifNoneMatch: condition]) { response in
                    #expect(response.status == .ok, "\(condition)")
                }
            }
        }
    }

    @Test func `HEAD tells the length and sends nothing`() async throws {
        try await withStudio { client in
            try await client.execute(uri: "/studio/judge.wasm.js", method: .head) { response in
                #expect(response.status == .ok)
                #expect(response.body.readableBytes == 0)
                #expect((response.headers[.contentLength].flatMap { Int($0) } ?? 0) > 50_000)
            }
        }
    }

    @Test func `the page names only files that are served, and holds no inline script or style`() throws {
        let page = String(buffer: StudioAsset.all[0].bytes)
        let served = Set(StudioAsset.all.map { $0.path })
        for attribute in ["src=\"", "href=\""] {
            for piece in page.components(separatedBy: attribute).dropFirst() {
                let path = String(piece.prefix { $0 != "\"" })
                #expect(path.first == "#" || served.contains(path), "\(path)")
            }
        }
        for inline in ["<style", "style=\"", "onclick", "onload", "onerror", "javascript:"] {
            #expect(!page.contains(inline), "\(inline)")
        }
        #expect(page.components(separatedBy: "<script").count == 2)
        #expect(page.contains("Nothing you paste leaves this page: the browser itself is told to forbid it."))
    }

    @Test func `every module a script imports is served`() throws {
        let served = Set(StudioAsset.all.map { $0.path })
        for asset in StudioAsset.all where asset.path.hasSuffix(".js") && !asset.path.hasSuffix("judge.wasm.js") {
            let script = String(buffer: asset.bytes)
            for piece in script.components(separatedBy: "\"./").dropFirst() {
                let path = "/studio/" + piece.prefix { $0 != "\"" }
                #expect(served.contains(path), "\(asset.path) imports \(path)")
            }
            for forbidden in [
                "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "localStorage", "fetch(",
            ] {
                #expect(!script.contains(forbidden), "\(asset.path) has \(forbidden)")
            }
        }
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [Substring] {
        var pieces: [Substring] = []
        var rest = self[...]
        while let found = rest.firstRange(of: separator) {
            pieces.append(rest[..<found.lowerBound])
            rest = rest[found.upperBound...]
        }
        return pieces + [rest]
    }
}
