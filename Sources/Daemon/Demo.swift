import Blueprint
import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import TokenService

/// The demo's configuration: an API that everybody may use, one that wants a token.
enum DemoConfiguration {
    static func blueprint(port: Int, audience: String) throws -> Blueprint {
        try Blueprint.read(try YAMLDocument.read(document(port: port, audience: audience)))
    }

    private static func document(port: Int, audience: String) -> String {
        """
        providers: { demo: demo }
        models: { demo: { deployments: { provider: demo, model: demo } } }
        upstreams: { demo: http://127.0.0.1:\(port) }
        apis:
          demo-open: { path: /demo/open, methods: GET, upstream: demo, access: anonymous }
          demo-orders:
            path: /demo/orders
            methods: GET
            upstream: demo
            access: { jwt: { issuer: built-in, audience: \(JSONWriter.text(.string(ByteString(audience)))), types: at+jwt, claims: sub } }
          demo-models:
            path: /ai
            models: true
            access: { jwt: { issuer: built-in, audience: \(JSONWriter.text(.string(ByteString(audience)))), types: at+jwt, claims: sub } }
        """
    }
}

/// A small API to protect, on a loopback port of its own: two paths of the tour, and everywhere else what it was asked.
struct DemoUpstream: Service {
    /// The port it listens on.
    let port: Int
    private let channel: any Channel

    /// Its port where nobody else has it: an API that was made before it still leads to it after a restart.
    private static let usualPort = 8_001

    /// Finds a free port by opening it; Hummingbird then serves on it.
    static func open() async throws -> DemoUpstream {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        let channel: any Channel
        do {
            channel = try await bootstrap.bind(host: "127.0.0.1", port: usualPort).get()
        } catch {
            channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
        }
        guard let port = channel.localAddress?.port else { throw StartFailure("the demo API has no port") }
        return DemoUpstream(port: port, channel: channel)
    }

    func run() async throws {
        try await channel.close()
        let router = Router(context: BasicRequestContext.self)
        router.get("/demo/open") { _, _ in
            Response.json(["message": "Everybody may read this."])
        }
        router.get("/demo/orders") { _, _ in
            Response.json([
                "orders": [
                    ["id": 1001, "item": "a lantern", "status": "shipped"],
                    ["id": 1002, "item": "a rope", "status": "packed"],
                ]
            ])
        }
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
            router.on("**", method: method) { request, _ in
                Response.json([
                    "service": "demo", "method": .string(ByteString(method.rawValue)),
                    "path": .string(ByteString(request.uri.path)),
                ])
            }
        }
        let logger = Logger(label: "signet.demo")
        try await HummingbirdListener.application(
            router.buildResponder(), address: .hostname("127.0.0.1", port: port), logger: logger, onOpen: {}
        ).run()
    }
}

/// Five lines that a person can paste to see the whole way of a token: the README's tour, with this server's
/// addresses and password in it.
struct Tour {
    let configuration: DaemonConfiguration
    let account: FirstStart.Account

    var text: String {
        let control = "http://\(configuration.control)"
        let orders = "http://\(configuration.gateway)/demo/orders"
        let bearer = #"-H "Authorization: Bearer $TOKEN""#
        let json = "-H 'Content-Type: application/json'"
        let login = #"{"name":"\#(account.name.text)","password":"\#(account.password)"}"#
        let explain = "\(CommandLine.arguments.first ?? "signet") explain --data \(configuration.dataFolder)"
        return """

            Try it, as user \(account.name.text) with password \(account.password):

            TOKEN=$(curl -s \(control)/login \(json) -d '\(login)' | \(Self.member("access_token")))
            curl -i \(orders) \(bearer)    # 200: two orders
            echo "\(control)/#token=$TOKEN"    # open this: the Studio explains it; its key is at /.well-known/jwks.json
            curl -i \(control)/revoke \(bearer) \(json) -d '{"token":"'"$TOKEN"'"}'    # 200: this token is over
            \(explain) $(curl -s \(orders) \(bearer) | \(Self.member("trace")))    # refused with 401, and why

            """
    }

    /// Takes one member out of a JSON answer with what every machine has.
    private static func member(_ name: String) -> String {
        #"sed 's/.*"\#(name)":"\([^"]*\)".*/\1/'"#
    }
}
