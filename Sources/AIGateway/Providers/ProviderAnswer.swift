import AsyncHTTPClient
import Codecs
import Dialects
import NIOCore
import NIOHTTP1

/// One request to a provider: its answer's head has come, the body comes piece by piece. Whoever lets go of it, or is
/// cancelled, closes the connection.
struct ProviderAnswer {
    private let response: HTTPClientResponse
    private let provider: ModelProvider

    /// The most bytes of a whole answer.
    static let largest = 64 << 20
    /// The most bytes of an error that are read.
    private static let largestError = 65_536

    /// Sends a request and waits for the head of its answer.
    /// - Throws: `ModelError` of what the provider says or does; `CancellationError`.
    static func ask(
        _ provider: ModelProvider, _ service: ModelProvider.Service, _ body: [UInt8], key: Int,
        _ clients: ProviderClients, deadline: NIODeadline
    ) async throws -> ProviderAnswer {
        var request = HTTPClientRequest(url: provider.address(of: service))
        request.method = .POST
        for (name, value) in provider.fields(key: key) { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        let response: HTTPClientResponse
        do {
            response = try await clients.client(provider.patience).execute(request, deadline: deadline)
        } catch {
            throw try failure(error)
        }
        let answer = ProviderAnswer(response: response, provider: provider)
        guard response.status == .ok else { throw try await answer.refusal() }
        return answer
    }

    /// The whole body.
    func whole() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await piece in response.body {
                guard bytes.count + piece.readableBytes <= Self.largest else {
                    throw ModelError(.upstreamFailed, "the provider's answer is too large")
                }
                bytes += piece.readableBytesView
            }
        } catch {
            throw try Self.failure(error)
        }
        // The end of a body looks like its end also to whoever is no longer wanted.
        try Task.checkCancellation()
        return bytes
    }

    /// The body in pieces.
    func pieces() -> HTTPClientResponse.Body.AsyncIterator { response.body.makeAsyncIterator() }

    /// What a failure of the connection means to the caller.
    /// - Throws: `CancellationError` when nobody waits any more.
    static func failure(_ error: any Error) throws -> ModelError {
        if Task.isCancelled || error is CancellationError { throw CancellationError() }
        if let error = error as? ModelError { return error }
        guard let error = error as? HTTPClientError else {
            return ModelError(
                .upstreamFailed, "no connection to the provider can be made, or it broke off")
        }
        if error == .cancelled { throw CancellationError() }
        let late: [HTTPClientError] = [
            .readTimeout, .deadlineExceeded, .connectTimeout, .getConnectionFromPoolTimeout,
        ]
        return late.contains(error)
            ? ModelError(.timeout, "the provider did not answer in time")
            : ModelError(.upstreamFailed, "the connection to the provider failed")
    }

    private func refusal() async throws -> ModelError {
        var bytes: [UInt8] = []
        do {
            for try await piece in response.body {
                bytes += piece.readableBytesView.prefix(Self.largestError - bytes.count)
                if bytes.count >= Self.largestError { break }
            }
        } catch {
            // What has come so far says as much as it can.
            _ = try Self.failure(error)
        }
        let status = Int(response.status.code)
        guard let dialect = provider.dialect else {
            return ModelError(.upstreamFailed, "the provider failed")
        }
        return dialect.decode(errorStatus: status, body: bytes, retryAfter: Self.retryAfter(response.headers))
    }

    /// Seconds until trying again makes sense; dates are not read.
    static func retryAfter(_ fields: HTTPHeaders) -> Int64? {
        if let text = fields.first(name: "retry-after-ms"), let milliseconds = Double(text) {
            return seconds(milliseconds / 1_000)
        }
        return fields.first(name: "retry-after").flatMap { Double($0) }.flatMap(seconds)
    }

    private static func seconds(_ value: Double) -> Int64? {
        guard value.isFinite, value >= 0 else { return nil }
        return Int64(min(value.rounded(.up), 86_400))
    }
}
