import ControlPlane
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Console

/// The page and its files, over the router.
@Suite("Console pages") struct ConsolePagesTests {
    private func withConsole(_ body: @Sendable @escaping (any TestClientProtocol) async throws -> Void) async throws {
        let router = Router.controlPlane()
        ConsolePages.addRoutes(to: router)
        try await Application(router: router).test(.router) { client in try await body(client) }
    }

    private func header(_ response: TestResponse, _ name: String) -> String? {
        HTTPField.Name(name).flatMap { response.headers[$0] }
    }

    private let served = Set(ConsoleFiles.all.map(\.path))

    @Test func `every file is served with its media type, its tag and the policy`() async throws {
        let types = [
            "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml",
            "js": "text/javascript; charset=utf-8",
        ]
        try await withConsole { client in
            for file in ConsoleFiles.all {
                let kind = file.path.split(separator: ".").dropFirst().last.map(String.init) ?? "html"
                for method in [HTTPRequest.Method.get, .head] {
                    try await client.execute(uri: file.path, method: method) { response in
                        #expect(response.status == .ok, "\(file.path)")
                        #expect(response.headers[.contentType] == types[kind], "\(file.path)")
                        #expect(response.headers[.eTag] == file.entityTag)
                        #expect(
                            header(response, "Content-Security-Policy") == ConsolePages.contentSecurityPolicy)
                        #expect(header(response, "Cross-Origin-Opener-Policy") == "same-origin")
                        #expect(response.body.readableBytes == (method == .get ? file.bytes.readableBytes : 0))
                    }
                }
                try await client.execute(uri: file.path, method: .get, headers: [.ifNoneMatch: file.entityTag]) {
                    #expect($0.status == .notModified)
                    #expect($0.body.readableBytes == 0)
                }
                try await client.execute(uri: file.path, method: .get, headers: [.acceptEncoding: "gzip"]) {
                    #expect(header($0, "Content-Encoding") == (file.compressed == nil ? nil : "gzip"), "\(file.path)")
                }
            }
        }
    }

    @Test func `the policy lets the page ask this server and nobody else, byte for byte`() {
        #expect(
            ConsolePages.contentSecurityPolicy
                == "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
                + "require-trusted-types-for 'script'; trusted-types 'none'")
    }

    @Test func `the path without its slash leads to the page, and what is not there is not found`() async throws {
        try await withConsole { client in
            for method in [HTTPRequest.Method.get, .head] {
                try await client.execute(uri: "/console", method: method) { response in
                    #expect(response.status == .permanentRedirect)
                    #expect(response.headers[.location] == "/console/")
                }
            }
            for path in ["/console/index.html", "/console/nothing.js", "/console/../console.js", "/console/a/b"] {
                try await client.execute(uri: path, method: .get) { #expect($0.status == .notFound, "\(path)") }
            }
        }
    }

    @Test func `every file of the folder is served, and no other`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Web/console")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { !$0.hasPrefix(".") }
        #expect(served == Set(files.map { $0 == "index.html" ? "/console/" : "/console/" + $0 }))
    }

    @Test func `the page and its scripts name only files that are served, and hold nothing inline`() throws {
        for file in ConsoleFiles.all {
            let text = String(buffer: file.bytes)
            for match in text.matches(of: /"(\/console\/[^"]*|\.\/[^"]+\.js)"/) {
                let path = match.1.hasPrefix("./") ? "/console/" + match.1.dropFirst(2) : String(match.1)
                #expect(served.contains(path), "\(file.path) names \(path)")
            }
            for forbidden in [
                "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "localStorage",
                "<style", "style=\"", "onclick=", "javascript:",
            ] {
                #expect(!text.contains(forbidden), "\(file.path) holds \(forbidden)")
            }
        }
    }
}
