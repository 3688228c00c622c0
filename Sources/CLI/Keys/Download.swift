import AsyncHTTPClient
import Codecs
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Tokens

/// Asks for one public document: over TLS unless it is on this machine, at this address alone, within limits.
struct Download {
    /// The most bytes that are taken.
    static let maximumSize = JWKReader.maximumSetSize
    /// The most time from the first packet to the last byte.
    static let patience = 10

    /// A file with the certificates to trust instead of the system's.
    let roots: String?

    /// The document. Redirects are not followed: whoever trusts this address has not been asked about another.
    func read(_ address: String) async throws -> [UInt8] {
        try Self.check(address)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: try configuration())
        let answer: Result<[UInt8], any Error>
        do {
            answer = .success(try await Self.limited { try await Self.body(of: address, client) })
        } catch {
            answer = .failure(error)
        }
        try? await client.shutdown()
        do {
            return try answer.get()
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure.refused("\(Self.shown(address)) could not be read: \(Self.reason(error))")
        }
    }

    /// Refuses what would send the question in clear over a network, or with a password in it.
    static func check(_ address: String) throws {
        guard let parts = URLComponents(string: address), let host = parts.host, !host.isEmpty,
            let scheme = parts.scheme?.lowercased(), ["https", "http"].contains(scheme)
        else { throw CommandFailure.usage("\(Display.quoted(ByteString(address))) is no https address") }
        guard parts.user == nil, parts.password == nil else {
            throw CommandFailure.usage("an address with a name or password in it is not asked: others could read them")
        }
        guard scheme == "https" || ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host.lowercased()) else {
            throw CommandFailure.usage(
                "\(shown(address)) is not https: whoever is on the way could hand over keys of their own")
        }
    }

    /// An address as it may be shown: it may come from somebody else's document, and hold anything.
    static func shown(_ address: String) -> String {
        let isPlain = address.utf8.count <= 200 && address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        return isPlain ? address : Display.quoted(ByteString(address))
    }

    func configuration() throws -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let roots {
            guard let text = try? NIOSSLCertificate.fromPEMFile(roots), !text.isEmpty else {
                throw CommandFailure.usage("\(roots) holds no certificate in PEM")
            }
            tls.trustRoots = .certificates(text)
        }
        let time = TimeAmount.seconds(Int64(Self.patience))
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow, timeout: .init(connect: time, read: time))
        // Somebody is waiting: the first reason is told at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    private static func body(of address: String, _ client: HTTPClient) async throws -> [UInt8] {
        var request = HTTPClientRequest(url: address)
        request.headers.add(name: "Accept", value: "application/jwk-set+json, application/json")
        request.headers.add(name: "User-Agent", value: "signet")
        let response = try await client.execute(request, timeout: .seconds(Int64(patience)))
        switch response.status.code {
        case 200: break
        case 300..<400:
            let place = response.headers.first(name: "Location").map { ", to \(Display.quoted(ByteString($0)))" } ?? ""
            throw CommandFailure.refused("\(shown(address)) leads elsewhere\(place); no redirect is followed")
        default:
            throw CommandFailure.refused("\(shown(address)) answered with status \(response.status.code)")
        }
        var bytes: [UInt8] = []
        for try await piece in response.body {
            guard bytes.count + piece.readableBytes <= maximumSize else {
                throw CommandFailure.refused("\(shown(address)) sends more than \(maximumSize) bytes")
            }
            bytes += piece.readableBytesView
        }
        return bytes
    }

    private static func limited(_ work: @escaping @Sendable () async throws -> [UInt8]) async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: .seconds(patience))
                throw CommandFailure.refused("no complete answer came within \(patience) seconds")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }

    static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where [.connectTimeout, .deadlineExceeded, .readTimeout].contains(error):
            "no answer within \(patience) seconds"
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: tlsReason("\(error)")
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason($0.error) } ?? "there is no such host"
        case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
        case let error as HTTPClientError: error.shortDescription
        default: "the connection failed"
        }
    }

    /// Why there was no TLS, found by the names that BoringSSL has for it; its own words name files where it was built.
    private static func tlsReason(_ words: String) -> String {
        func says(_ names: String...) -> Bool { names.contains { words.contains($0) } }
        if says("CERTIFICATE_VERIFY_FAILED") {
            return "its certificate is not trusted: it leads to no root that is trusted here, or its time is over; "
                + "--ca-file names other roots"
        }
        if says("failedToValidateHostname") { return "its certificate is not trusted: it is for another name" }
        if says("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNEXPECTED_MESSAGE", "UNEXPECTED_RECORD") {
            return "there is something else than TLS at that address"
        }
        if says("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION") { return "it speaks no version of TLS that is spoken here" }
        if says("uncleanShutdown", "EOF") { return "it ended the connection while TLS was being set up" }
        return "TLS could not be set up"
    }
}
