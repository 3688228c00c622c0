#if Server
    import ArgumentParser
    import Codecs
    import Daemon
    import Foundation

    /// Clients of the running token service.
    struct ClientCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "client", abstract: "Register applications at the running token service, and change them.",
            discussion: ServerOptions.whoMayAsk,
            subcommands: [
                Create.self, List.self, Show.self, Claims.self, RegistrationToken.self, Secret.self, Revoke.self,
                Disable.self, Enable.self,
                Delete.self,
            ])

        struct Create: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Register an application. Its secret, if it has one, is shown only now.",
                discussion: """
                    An app that cannot keep a secret (a page, a phone) is --public. A service that only asks for tokens \
                    for itself takes --grant client_credentials and needs no --redirect-uri.
                    """)

            @Argument(help: "The client's id, as it will stand in requests and tokens.")
            var id: String

            @Option(name: .long, help: "What people are shown. Default: the id.")
            var name: String?

            @Option(name: .long, help: "Where answers may go. May be repeated.")
            var redirectURI: [String] = []

            @Option(name: .long, help: "Where people may be sent after logging out. May be repeated.")
            var postLogoutRedirectURI: [String] = []

            @Option(
                name: .customLong("backchannel-logout-uri"), help: "Where the server tells it that a session is over.")
            var backChannelLogoutURI: String?

            @Flag(name: .long, help: "The client cannot keep a secret; PKCE protects it.")
            var `public` = false

            @Flag(name: .long, help: "The secret comes in the body instead of in HTTP Basic.")
            var post = false

            @Option(name: .long, help: "A file with the client's public keys (JWK set), for private_key_jwt.")
            var jwks: String?

            @Option(
                name: .long,
                help: """
                    What it may do: authorization_code, refresh_token, client_credentials, device_code, token-exchange. \
                    May be repeated.
                    """)
            var grant: [String] = []

            @Option(name: .long, help: "Scopes it may ask for, separated by spaces.")
            var scope: String?

            @Option(name: .long, help: "Whom its access tokens are for. May be repeated.")
            var audience: [String] = []

            @Option(name: .long, help: "A file with rules for further claims in its tokens (JSON array).")
            var claims: String?

            @Flag(name: .long, help: "It is our own: people are not asked for their consent.")
            var firstParty = false

            @Flag(
                name: .long,
                help: "Its tokens manage this server, for users with a role on it; it is our own, too.")
            var management = false

            @Option(name: .customLong("id-token-alg"), help: "What its ID tokens are signed with, as RS256.")
            var idTokenAlgorithm: String?

            @Option(name: .customLong("access-token-alg"), help: "What its access tokens are signed with, as Ed25519.")
            var accessTokenAlgorithm: String?

            @Option(
                name: .customLong("access-token-lifetime"),
                help: "How long its access tokens live, as 20m; 10 seconds to a day. Default: the server's.")
            var accessTokenLifetime: TimeSpan?

            @Flag(name: .long, help: "It must push its authorization requests first (RFC 9126).")
            var requirePushed = false

            @Flag(name: .customLong("require-dpop"), help: "Its tokens must be bound to a key (RFC 9449).")
            var requireDPoP = false

            @OptionGroup var server: ServerOptions

            func validate() throws {
                guard [`public`, post, jwks != nil].filter({ $0 }).count <= 1 else {
                    throw ValidationError("--public, --post and --jwks exclude each other")
                }
            }

            func run() throws {
                try server.tell(
                    try server.ask("POST", "/clients", body: .object(try document())), secret: "client_secret")
            }

            private func document() throws -> JSONObject {
                var document: JSONObject = ["client_id": .string(ByteString(id))]
                if let name { document["client_name"] = .string(ByteString(name)) }
                let method = `public` ? "none" : post ? "client_secret_post" : jwks != nil ? "private_key_jwt" : nil
                if let method { document["token_endpoint_auth_method"] = .string(ByteString(method)) }
                document["redirect_uris"] = Self.strings(redirectURI)
                document["post_logout_redirect_uris"] = Self.strings(postLogoutRedirectURI)
                if let backChannelLogoutURI {
                    document["backchannel_logout_uri"] = .string(ByteString(backChannelLogoutURI))
                }
                if !grant.isEmpty {
                    document["grant_types"] = Self.strings(
                        grant.map { Self.shortGrants.contains($0) ? "urn:ietf:params:oauth:grant-type:\($0)" : $0 })
                }
                if let scope { document["scope"] = .string(ByteString(scope)) }
                if !audience.isEmpty { document["audiences"] = Self.strings(audience) }
                if firstParty || management { document["first_party"] = true }
                if management { document["management"] = true }
                if let claims { document["claims"] = try JSONFile.read(claims, option: "--claims") }
                if let idTokenAlgorithm {
                    document["id_token_signed_response_alg"] = .string(ByteString(idTokenAlgorithm))
                }
                if let accessTokenAlgorithm {
                    document["access_token_signing_alg"] = .string(ByteString(accessTokenAlgorithm))
                }
                if let accessTokenLifetime {
                    document["access_token_lifetime"] = .number(JSONNumber(accessTokenLifetime.seconds))
                }
                if requirePushed { document["require_pushed_authorization_requests"] = true }
                if requireDPoP { document["dpop_bound_access_tokens"] = true }
                if let jwks {
                    document["jwks"] = try JSONFile.read(jwks, option: "--jwks")
                }
                return document
            }

            /// Grants whose whole name is a URN.
            private static let shortGrants: Set<String> = ["token-exchange", "device_code"]

            private static func strings(_ texts: [String]) -> JSON { .array(texts.map { .string(ByteString($0)) }) }
        }

        struct List: ParsableCommand {
            static let configuration = CommandConfiguration(abstract: "List the registered applications.")
            @OptionGroup var server: ServerOptions

            func run() throws {
                let clients = try server.list("/clients", member: "clients")
                if server.json { return try server.tell(clients, as: "clients") }
                for members in clients {
                    let state =
                        (members["built_in"] == true ? "  (built in)" : "")
                        + (members["active"] == true ? "" : "  (disabled)")
                    print(
                        "\(members["client_id"]?.string?.text ?? "")  \(members["client_name"]?.string?.text ?? "")\(state)"
                    )
                }
            }
        }

        struct Show: ParsableCommand {
            static let configuration = CommandConfiguration(abstract: "Show an application.")
            @OptionGroup var client: ClientName
            func run() throws { try client.server.tell(try client.ask("GET", ""), secret: nil) }
        }

        struct Claims: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Show what an application's tokens say of a user.",
                discussion: "With --rules: what they would say by other rules, which are not kept.")
            @OptionGroup var client: ClientName

            @Option(name: .long, help: "Of whom, by name.")
            var user: String

            @Option(name: .long, help: "For which scope. Default: all that the application may ask for.")
            var scope: String?

            @Option(name: .long, help: "A file with rules to try (JSON array).")
            var rules: String?

            func run() throws {
                var body: JSONObject = ["user": .string(ByteString(user))]
                if let scope { body["scope"] = .string(ByteString(scope)) }
                if let rules { body["claims"] = try JSONFile.read(rules, option: "--rules") }
                let answer = try client.ask("POST", "/claims", body: .object(body))
                print(JSONOutput.text(.object(answer), pretty: true))
            }
        }

        struct RegistrationToken: ParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "registration-token",
                abstract: "Make a token with which applications register themselves for a day (RFC 7591).")
            @OptionGroup var server: ServerOptions

            func run() throws {
                try server.tell(try server.ask("POST", "/registration-tokens"), secret: "registration_token")
            }
        }

        struct Secret: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Give an application another secret; the old one is no good from then on.")
            @OptionGroup var client: ClientName
            func run() throws { try client.server.tell(try client.ask("POST", "/secret"), secret: "client_secret") }
        }

        struct Revoke: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Revoke every token that an application holds, and end its sessions.")
            @OptionGroup var client: ClientName
            func run() throws { try client.server.tell(try client.ask("POST", "/revoke"), secret: nil) }
        }

        struct Disable: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Give an application no more tokens, and revoke those that it holds.")
            @OptionGroup var client: ClientName
            func run() throws { try client.server.tell(try client.ask("POST", "/disable"), secret: nil) }
        }

        struct Enable: ParsableCommand {
            static let configuration = CommandConfiguration(abstract: "Let a disabled application go on.")
            @OptionGroup var client: ClientName
            func run() throws { try client.server.tell(try client.ask("POST", "/enable"), secret: nil) }
        }

        struct Delete: ParsableCommand {
            static let configuration = CommandConfiguration(abstract: "Forget an application.")
            @OptionGroup var client: ClientName
            func run() throws { try client.server.tell(try client.ask("DELETE", ""), secret: nil) }
        }
    }

    /// A file that somebody wrote.
    private enum JSONFile {
        static func read(_ path: String, option: String) throws -> JSON {
            let text = try KeyFile.contents(path, option: option)
            guard let json = try? JSONReader.read(text) else {
                throw CommandFailure.usage("\(path) is not JSON")
            }
            return json
        }
    }

    /// Which client is meant.
    struct ClientName: ParsableArguments {
        @Argument(help: "The client's id.")
        var id: String

        @OptionGroup var server: ServerOptions

        func ask(_ method: String, _ rest: String, body: JSON? = nil) throws -> JSONObject {
            try server.ask(method, "/clients/\(FormURLEncoded.encodeComponent(ByteString(id)))\(rest)", body: body)
        }
    }
#endif
