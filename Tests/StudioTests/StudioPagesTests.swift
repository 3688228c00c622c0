import ControlPlane
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Studio

/// The page and its files, over the router.
@Suite("Studio pages") struct StudioPagesTests {
    private func withStudio(_ body: @Sendable @escaping (any TestClientProtocol) async throws -> Void) async throws {
        let router = Router.controlPlane()
        StudioPages.addRoutes(to: router, online: .forTests())
        try await Application(router: router).test(.router) { client in try await body(client) }
    }

    private func header(_ response: TestResponse, _ name: String) -> String? {
        HTTPField.Name(name).flatMap { response.headers[$0] }
    }

    @Test func `every file is served with its exact media type and a tag`() async throws {
        let types = [
            "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml",
            "js": "text/javascript; charset=utf-8", "webmanifest": "application/manifest+json",
        ]
        try await withStudio { client in
            for asset in StudioFiles.all {
                let pieces = asset.path.split(separator: ".")
                let kind = pieces.count > 1 ? pieces.last.map(String.init) ?? "" : "html"
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

    @Test func `the online page may speak to this server, and to nobody else`() async throws {
        try await withStudio { client in
            let offline = try await client.execute(uri: "/", method: .get)
            let online = try await client.execute(uri: "/online", method: .get)
            #expect(online.body == offline.body)
            let policy = header(online, "Content-Security-Policy")
            #expect(policy?.contains("connect-src 'self';") == true)
            #expect(
                policy?.replacing("connect-src 'self'", with: "connect-src 'none'")
                    == header(offline, "Content-Security-Policy"))
        }
        let router = Router.controlPlane()
        StudioPages.addRoutes(to: router)
        try await Application(router: router).test(.router) { client in
            for path in ["/online", "/online/visitor"] {
                let answer = try await client.execute(uri: path, method: .get)
                #expect(answer.status == .notFound, "\(path)")
            }
        }
    }

    @Test func `the policy forbids the page to send anything, byte for byte`() async throws {
        let expected =
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; "
            + "manifest-src 'self'; connect-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
            + "require-trusted-types-for 'script'; trusted-types 'none'"
        try await withStudio { client in
            for path in ["/", "/learn", "/learn/current", "/studio/studio.js", "/studio/judge.wasm.js", "/studio"] {
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
        let tag = StudioFiles.all[0].entityTag
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
        let page = String(buffer: StudioFiles.all[0].bytes)
        let served = Set(StudioFiles.all.map { $0.path } + ["/console/"])
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

    @Test func `every file of the Studio is served`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Web/studio")
        let files = try #require(FileManager.default.subpaths(atPath: folder.path()))
        let served = Set(StudioFiles.all.map { ["/", "/online"].contains($0.path) ? "/studio/index.html" : $0.path })
        for file in files where file.contains(".") && !file.hasPrefix(".") {
            #expect(served.contains("/studio/" + file) || file.hasSuffix(".html"), "\(file)")
        }
        #expect(files.count >= StudioFiles.all.count)
    }

    @Test func `a browser that takes gzip gets it, under another tag`() async throws {
        try await withStudio { client in
            for asset in StudioFiles.all where asset.path.hasSuffix(".js") {
                try await client.execute(
                    uri: asset.path, method: .get, headers: [.acceptEncoding: "br, gzip;q=0.5"]
                ) { response in
                    #expect(header(response, "Vary") == "Accept-Encoding")
                    #expect(header(response, "Content-Encoding") == "gzip", "\(asset.path)")
                    #expect(response.headers[.eTag] == asset.compressedEntityTag)
                    #expect(response.body.readableBytes < asset.bytes.readableBytes)
                    #expect(response.body.getBytes(at: 0, length: 2) == [0x1F, 0x8B])
                }
                for refused in ["identity", "gzip;q=0", "gzip; q=0.0", "br"] {
                    try await client.execute(
                        uri: asset.path, method: .get, headers: [.acceptEncoding: refused]
                    ) { response in
                        #expect(header(response, "Content-Encoding") == nil, "\(refused)")
                        #expect(response.body == asset.bytes)
                    }
                }
            }
        }
    }

    /// What a script names in quotation marks as `./…` or `../…`, as the paths that they are served at.
    private func imports(of asset: WebFile) -> [String] {
        String(buffer: asset.bytes).matches(of: /"(\.{1,2}\/[^"]+\.js)"/).compactMap { match in
            URL(string: String(match.1), relativeTo: URL(string: "http://localhost" + asset.path))?.path()
        }
    }

    @Test func `what the first decode needs is small`() throws {
        var needed: Set = ["/", "/studio/studio.js", "/studio/reader.wasm.js"]
        needed.formUnion(StudioFiles.all.map { $0.path }.filter { $0.hasSuffix(".css") || $0.hasSuffix(".svg") })
        var waiting = ["/studio/studio.js"]
        while let path = waiting.popLast() {
            let asset = try #require(StudioFiles.all.first { $0.path == path })
            // What is imported later is imported by a call.
            let script = String(buffer: asset.bytes)
            for path in imports(of: asset) where !needed.contains(path) && script.contains("from \"") {
                let name = path.split(separator: "/").last ?? ""
                guard !script.contains("import(\"./\(name)\")") else { continue }
                needed.insert(path)
                waiting.append(path)
            }
        }
        #expect(needed.contains("/studio/bench.js") && !needed.contains("/studio/workspace.js"))
        let sizes = StudioFiles.all.filter { needed.contains($0.path) }.map {
            ($0.compressed ?? $0.bytes).readableBytes
        }
        #expect(sizes.reduce(0, +) < 200_000)
    }

    @Test func `every module a script imports is served`() throws {
        let served = Set(StudioFiles.all.map { $0.path })
        for asset in StudioFiles.all where asset.path.hasSuffix(".js") && !asset.path.hasSuffix(".wasm.js") {
            for path in imports(of: asset) { #expect(served.contains(path), "\(asset.path) imports \(path)") }
            let script = String(buffer: asset.bytes)
            // Settings are kept by one script, and this server is asked by one, which the online page alone loads.
            let allowed = ["localStorage": "/studio/texts.js", "fetch(": "/studio/online.js"]
            for forbidden in [
                "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "localStorage", "fetch(",
            ] where allowed[forbidden] != asset.path {
                #expect(!script.contains(forbidden), "\(asset.path) has \(forbidden)")
            }
        }
    }
}
