import AsyncHTTPClient
import Blueprint
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What came of asking a provider for the models that it has.
public struct ProviderTrial: Sendable {
    /// Whether it can be used as it is configured.
    public let isGood: Bool
    /// The status of its answer; nil where there was none.
    public let status: Int?
    /// How long it took.
    public let milliseconds: Int64
    /// The models that it lists, 1,000 at the most.
    public let models: [String]
    /// One sentence that says what to do. Nothing of the provider's own words is in it: they may repeat the key.
    public let detail: String
}

extension ModelGateway {
    /// Asks a provider for the models that it has, with its first key.
    /// - Parameter model: one that must be among them.
    /// - Returns: nil when there is no such provider.
    /// - Throws: `CancellationError` when nobody waits any more.
    public func trial(of provider: String, model: String?) async throws -> ProviderTrial? {
        guard let provider = catalogue.providers[provider] else { return nil }
        guard provider.kind != .demo else {
            return ProviderTrial(
                isGood: true, status: nil, milliseconds: 0, models: ["demo"],
                detail: "The demo model is in this process, and answers to every name.")
        }
        let begun = ContinuousClock.now
        let outcome = await TrialOutcome.ask(provider, clients)
        try Task.checkCancellation()
        let took = Int64((ContinuousClock.now - begun) / .milliseconds(1))
        return outcome.judged(provider, model: model, milliseconds: took)
    }
}

/// How a provider answered when it was asked for its models.
enum TrialOutcome: Sendable {
    case listed([String])
    case isNoList
    case isTooLong
    case status(Int)
    case unresolved
    case refused
    case unreachable
    case encryption
    case late

    /// How long all of it may take.
    private static let patience = Duration.seconds(10)
    /// The most bytes that are read.
    private static let largest = 1 << 20

    static func ask(_ provider: ModelProvider, _ clients: ProviderClients) async -> TrialOutcome {
        await withTaskGroup(of: TrialOutcome.self) { group in
            group.addTask { await exchange(provider, clients) }
            group.addTask {
                try? await Task.sleep(for: patience)
                return .late
            }
            defer { group.cancelAll() }
            return await group.next() ?? .late
        }
    }

    private static func exchange(_ provider: ModelProvider, _ clients: ProviderClients) async -> TrialOutcome {
        var request = HTTPClientRequest(url: provider.address(of: .models))
        for (name, value) in provider.fields(key: 0) where name != "content-type" {
            request.headers.add(name: name, value: value)
        }
        do {
            let response = try await clients.client(provider.patience).execute(request, deadline: .now() + .seconds(10))
            guard response.status == .ok else { return .status(Int(response.status.code)) }
            var body: [UInt8] = []
            for try await piece in response.body {
                guard body.count + piece.readableBytes <= largest else { return .isTooLong }
                body += piece.readableBytesView
            }
            return ModelList.read(body, provider.kind).map { .listed($0) } ?? .isNoList
        } catch {
            return TrialOutcome(failure: error)
        }
    }

    init(failure error: any Error) {
        self =
            switch error {
            case let error as HTTPClientError where Self.isLate(error): .late
            case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: .encryption
            // One that was looked up was tried at each of its addresses.
            case let error as NIOConnectionError where error.connectionErrors.isEmpty: .unresolved
            case let error as NIOConnectionError: TrialOutcome(failure: error.connectionErrors[0].error)
            case let error as IOError where error.errnoCode == ECONNREFUSED: .refused
            case .connectTimeout as ChannelError: .late
            default: .unreachable
            }
    }

    private static func isLate(_ error: HTTPClientError) -> Bool {
        let late: [HTTPClientError] = [
            .readTimeout, .deadlineExceeded, .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout,
        ]
        return late.contains(error)
    }

    func judged(_ provider: ModelProvider, model: String?, milliseconds: Int64) -> ProviderTrial {
        var (status, models, isGood) = (Int?.none, [String](), false)
        switch self {
        case .listed(let names):
            (status, models) = (200, names)
            // Ollama's names without a tag mean this one.
            isGood = model.map { names.contains($0) || names.contains("\($0):latest") } ?? true
        case .isNoList, .isTooLong: status = 200
        case .status(let number): status = number
        case .unresolved, .refused, .unreachable, .encryption, .late: break
        }
        return ProviderTrial(
            isGood: isGood, status: status, milliseconds: milliseconds, models: models,
            detail: sentence(provider, isGood ? nil : model))
    }

    /// - Parameter missing: the model that a list does not have.
    private func sentence(_ provider: ModelProvider, _ missing: String?) -> String {
        let address = provider.address
        switch self {
        case .listed(let names):
            let count = names.count == 1 ? "one model" : "\(names.count) models"
            guard let missing else { return "The provider answers, and lists \(count)." }
            return "The provider answers, and \(missing) is not among the \(count) that it lists: choose one of these,"
                + " unless you know that it is another name for one."
        case .isNoList, .isTooLong:
            return "What answers at \(address) gives no list of models: the address likely leads to something else."
        case .status(let status): return Self.sentence(status, provider)
        case .unresolved:
            return "The name in \(address) cannot be resolved: look at how it is spelt, and at this machine's name"
                + " servers."
        case .refused:
            return "Nothing listens at \(address): start the server there, or correct the address."
        case .unreachable:
            return "No connection to \(address) can be made, or it broke off: look at the address, and whether this"
                + " machine may connect there."
        case .encryption:
            return
                "TLS with \(address) is not good: its certificate is not trusted here or is for another name, or there"
                + " is something else than TLS."
        case .late:
            return "Nothing, or not all, came from \(address) in time: look at the address, or try again later."
        }
    }

    private static func sentence(_ status: Int, _ provider: ModelProvider) -> String {
        // Gemini says 400 to a key that is none.
        let isKey = status == 401 || status == 403 || (status == 400 && provider.kind == .gemini)
        switch status {
        case _ where isKey && provider.keys.isEmpty: return "The provider wants a key, and none is configured."
        case _ where isKey: return "The provider refused the key: look whether it is the right one, and still good."
        case 404, 405:
            return "The provider knows no list of models there (\(status)): \(provider.address) is likely wrong"
                + (provider.kind == .openAI ? ", which usually ends in /v1." : ".")
        case 300...399:
            return "The provider leads elsewhere (\(status)), where this server does not follow: give that address."
        case 429:
            return "The provider has had enough of this key for now (429): try again later, or look at its account."
        case 500...599: return "The provider failed (\(status)): try again later."
        default: return "The provider answered with \(status), and no list of models."
        }
    }
}
