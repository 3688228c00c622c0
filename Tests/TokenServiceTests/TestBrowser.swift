import Codecs
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import OAuth
import Synchronization

@testable import TokenService

/// A browser that keeps its cookies, follows nothing by itself, and sends with forms what browsers send.
final class TestBrowser: Sendable {
    /// What came back.
    struct Page: Sendable {
        let status: HTTPResponse.Status
        /// Where it leads, as it was written.
        let location: String?
        let html: String
        let headers: HTTPFields

        /// A parameter of the address it leads to.
        func parameter(_ name: ByteString) -> String? {
            guard let location, let query = location.split(separator: "?", maxSplits: 1).last else { return nil }
            return (try? FormURLEncoded.decode(Array(query.utf8)))?.first { $0.name == name }?.value.text
        }

        /// The text between two others.
        func text(after start: String, before end: String) -> String? {
            guard let from = html.firstRange(of: start), let to = html[from.upperBound...].firstRange(of: end) else {
                return nil
            }
            return String(html[from.upperBound..<to.lowerBound])
        }
    }

    private let signet: TestInstallation
    private let cookies = Mutex<[String: String]>([:])

    init(_ signet: TestInstallation) {
        self.signet = signet
    }

    func cookie(_ name: String) -> String? { cookies.withLock { $0[name] } }

    func get(_ path: String) async throws -> Page { try await send(.get, path, body: nil, [:]) }

    func post(_ path: String, _ form: [(ByteString, String)], headers: HTTPFields? = nil) async throws -> Page {
        let text = FormURLEncoded.encode(form.map { FormURLEncoded.Pair($0.0, ByteString($0.1)) })
        var fields: HTTPFields = headers ?? [:]
        if headers == nil, let name = HTTPField.Name("Sec-Fetch-Site") { fields[name] = "same-origin" }
        fields[.contentType] = "application/x-www-form-urlencoded"
        return try await send(.post, path, body: text, fields)
    }

    /// An authorization's first answer: usually where the sign-in page is.
    func authorize(
        _ client: TestClient, scope: String = "openid", _ further: [(ByteString, String)] = []
    ) async throws -> Page {
        let parameters: [(ByteString, String)] =
            [
                ("client_id", client.client.id.text), ("response_type", "code"),
                ("redirect_uri", TestInstallation.redirectURI.text), ("scope", scope),
                ("code_challenge", TestInstallation.challenge?.text.text ?? ""), ("code_challenge_method", "S256"),
            ] + further
        let query = FormURLEncoded.encode(parameters.map { FormURLEncoded.Pair($0.0, ByteString($0.1)) })
        return try await get("/authorize?\(query)")
    }

    /// Signs in by name and password, and goes as far as nobody is asked.
    func signIn(
        _ name: ByteString, for client: TestClient, scope: String = "openid", _ further: [(ByteString, String)] = []
    ) async throws -> Page {
        let begun = try await authorize(client, scope: scope, further)
        let signedIn = try await post(
            "/sign-in/password",
            [
                ("transaction", begun.parameter("transaction") ?? ""), ("name", name.text),
                ("password", TestInstallation.password),
            ])
        guard let next = signedIn.location else { return signedIn }
        return try await get(next)
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, body: String?, _ headers: HTTPFields
    ) async throws -> Page {
        var headers = headers
        let known = cookies.withLock { $0.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }
        if !known.isEmpty { headers[.cookie] = known }
        let fields = headers
        let answer = try await Application(router: signet.router).test(.router) { http in
            try await http.execute(
                uri: path, method: method, headers: fields, body: body.map { ByteBuffer(string: $0) })
        }
        for field in answer.headers[values: .setCookie] {
            let pair = field.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            guard let name = pair.first else { continue }
            let value = pair.count == 2 ? String(pair[1]) : ""
            cookies.withLock { $0[String(name)] = value.isEmpty ? nil : value }
        }
        return Page(
            status: answer.status, location: answer.headers[.location] ?? Self.target(of: answer.headers),
            html: String(buffer: answer.body),
            headers: answer.headers)
    }

    /// Where a page leads by itself.
    private static func target(of headers: HTTPFields) -> String? {
        let prefix = "0; url="
        guard let text = HTTPField.Name("Refresh").flatMap({ headers[$0] }), text.hasPrefix(prefix) else { return nil }
        return String(text.dropFirst(prefix.count))
    }
}
