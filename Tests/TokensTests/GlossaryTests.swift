import Codecs
import Testing

@testable import Tokens

/// What the page and the command line say about a name.
@Suite("Glossary") struct GlossaryTests {
    private static let tables = [Glossary.headerTable, Glossary.claimTable, Glossary.vendorTable]

    @Test func `every name of RFC 7515 and RFC 7519 is explained with its section`() {
        for name: ByteString in ["alg", "typ", "cty", "kid", "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "crit"] {
            #expect(Glossary.header(name)?.source.hasPrefix("RFC 7515 §4.1.") == true)
        }
        for name: ByteString in ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"] {
            #expect(Glossary.claim(name)?.source.hasPrefix("RFC 7519 §4.1.") == true)
        }
        #expect(Glossary.isTime("exp") && !Glossary.isTime("jti"))
    }

    @Test(arguments: [
        ("act", "RFC 8693 §4.1", "https://www.rfc-editor.org/rfc/rfc8693.html#section-4.1"),
        ("cnf", "RFC 7800 §3.1", "https://www.rfc-editor.org/rfc/rfc7800.html#section-3.1"),
        ("authorization_details", "RFC 9396 §9.1", "https://www.rfc-editor.org/rfc/rfc9396.html#section-9.1"),
        ("roles", "RFC 9068 §2.2.3.1", "https://www.rfc-editor.org/rfc/rfc9068.html#section-2.2.3.1"),
        ("amr", "RFC 8176", "https://www.rfc-editor.org/rfc/rfc8176.html"),
        ("events", "RFC 8417 §2.2", "https://www.rfc-editor.org/rfc/rfc8417.html#section-2.2"),
        ("_sd", "RFC 9901 §4.2.4.1", "https://www.rfc-editor.org/rfc/rfc9901.html#section-4.2.4.1"),
        ("acr", "OpenID Connect Core §2", "https://openid.net/specs/openid-connect-core-1_0.html#IDToken"),
        (
            "sid", "OpenID Connect Front-Channel Logout §3",
            "https://openid.net/specs/openid-connect-frontchannel-1_0.html"
        ),
    ])
    func `a registered claim names its document and the document's address`(
        name: String, source: String, url: String
    ) throws {
        let entry = try #require(Glossary.claim(ByteString(name)))
        #expect(entry.name == name)
        #expect(entry.source == source)
        #expect(entry.url == url)
    }

    @Test(arguments: [
        (
            "Microsoft Entra ID",
            [
                "tid", "oid", "scp", "wids", "upn", "unique_name", "appid", "appidacr", "azpacr", "ver", "idtyp",
                "xms_cc",
                "xms_never_heard_of", "uti", "rh", "aio", "ipaddr",
            ]
        ),
        ("Keycloak", ["realm_access", "resource_access", "session_state", "allowed-origins"]),
        ("Auth0", ["gty", "permissions", "org_id"]),
        (
            "Amazon Cognito",
            ["cognito:groups", "cognito:username", "token_use", "event_id", "origin_jti", "custom:shoe"]
        ),
        ("Google Identity", ["hd"]), ("Firebase", ["firebase"]), ("Okta", ["cid", "uid"]),
        (
            "GitHub Actions",
            ["repository", "ref", "sha", "workflow", "job_workflow_ref", "environment", "runner_environment", "run_id"]
        ),
        ("Kubernetes", ["kubernetes.io", "kubernetes.io/serviceaccount/namespace"]),
        ("GitLab CI/CD", ["project_path", "namespace_path", "pipeline_source", "ci_config_ref_uri", "ref_protected"]),
    ])
    func `a vendor's claim names the vendor`(vendor: String, names: [String]) throws {
        for name in names {
            let entry = try #require(Glossary.claim(ByteString(name)), "\(name)")
            #expect(entry.source.contains(vendor), "\(name)")
            #expect(entry.url.hasPrefix("https://"), "\(name)")
        }
    }

    @Test func `what is registered goes before what a vendor calls so`() {
        #expect(Glossary.claim("azp")?.source == "OpenID Connect Core §2")
        #expect(Glossary.claim("roles")?.source == "RFC 9068 §2.2.3.1")
        #expect(Glossary.claim("preferred_username")?.source == "OpenID Connect Core §5.1")
    }

    @Test(arguments: [
        "", "*", "#", "|", "# RFC 7519", "exp ", " exp", "EXP", "e\u{301}xp", "exp|", "xms", "custom", "iss\n", "§4.1",
    ])
    func `a name that is no entry has none`(name: String) {
        #expect(Glossary.claim(ByteString(name)) == nil)
        #expect(Glossary.header(ByteString(name)) == nil)
    }

    @Test func `a claim is no header parameter`() {
        #expect(Glossary.header("exp") == nil)
        #expect(Glossary.header("xms_cc") == nil)
    }

    @Test func `every entry is whole: one sentence, a source, an https address, and no name twice`() {
        for table in Self.tables {
            var seen: Set<ByteString> = []
            for entry in table.entries {
                #expect(seen.insert(ByteString(entry.name)).inserted, "\(entry.name) stands twice")
                #expect(!entry.title.isEmpty && entry.title.utf8.count <= 32, "\(entry.name)")
                #expect(entry.about.hasSuffix(".") && entry.about.utf8.count <= 90, "\(entry.name)")
                #expect(!entry.source.isEmpty, "\(entry.name)")
                #expect(entry.url.hasPrefix("https://") && !entry.url.contains(" "), "\(entry.name)")
                if entry.source.hasPrefix("RFC ") {
                    let number = entry.source.dropFirst(4).prefix { $0.isNumber }
                    #expect(entry.url.hasPrefix("https://www.rfc-editor.org/rfc/rfc\(number).html"), "\(entry.name)")
                }
            }
        }
        #expect(Glossary.headerTable.entries.count > 25)
        #expect(Glossary.claimTable.entries.count > 120)
        #expect(Glossary.vendorTable.entries.count > 100)
    }
}
